"""The settings of a cache: options, variables, TOML in the API's shape, start-build's spelling."""

import json
from pathlib import Path

import pytest

from localbuild.cli.caching import WantedCache, read_cache, read_override
from tests.unit.cli.calling import SPEC, Home

HERE = Path("/base")


def cache(home: Home, *words: str, environ: dict[str, str] | None = None) -> dict[str, object]:
    """The cache of a call's plan."""
    home.write("buildspec.yml", SPEC)
    called = home.call("plan", "--json", *words, environ=environ)
    assert called.code == 0, called.err
    found = json.loads(called.out)["cache"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("dir", WantedCache(tiers=("/base/dir",))),
        ("/a/../b", WantedCache(tiers=("/b",))),
        ("s3://bucket", WantedCache(tiers=("s3://bucket",))),
        ("s3://bucket/a/b/", WantedCache(tiers=("s3://bucket/a/b",))),
        (("dir", "s3://bucket/p"), WantedCache(tiers=("/base/dir", "s3://bucket/p"))),
        (["dir"], WantedCache(tiers=("/base/dir",))),
        ("off", WantedCache(type="NO_CACHE")),
        (("off",), WantedCache(type="NO_CACHE")),
        ({}, WantedCache()),
        ({"type": "S3"}, WantedCache()),
        ({"type": "S3", "location": "b-b/p"}, WantedCache(tiers=("s3://b-b/p",))),
        ({"type": "S3", "location": "b-b/p", "modes": ["?"]}, WantedCache(tiers=("s3://b-b/p",))),
        ({"type": "NO_CACHE", "location": "b-b/p"}, WantedCache(type="NO_CACHE")),
        (
            {"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE", "LOCAL_SOURCE_CACHE"]},
            WantedCache(type="LOCAL", modes=("LOCAL_CUSTOM_CACHE", "LOCAL_SOURCE_CACHE")),
        ),
        (
            {"type": "LOCAL", "location": "ignored", "cacheNamespace": "n"},
            WantedCache(type="LOCAL"),
        ),
    ],
)
def test_what_a_cache_may_be(value: object, wanted: WantedCache) -> None:
    assert read_cache(value, HERE) == wanted


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "'' is no place for a cache"),
        (1, "1 is no place for a cache"),
        ([], "no place is named"),
        (["a", "./a"], "a place is named twice"),
        (["a", "off"], "'off' stands alone"),
        ("s3://", "'s3://' is no bucket: write s3://BUCKET/PREFIX"),
        ("s3:bucket", "'s3:bucket' is no bucket"),
        ("s3://b b/x", "is no bucket"),
        ("gs://bucket", "'gs://bucket' is neither a directory nor s3://BUCKET/PREFIX"),
        ({"Type": "S3"}, "unknown key 'Type'; did you mean 'type'?"),
        ({"type": "s3"}, "'s3' is no type of a cache; did you mean 'S3'?"),
        ({"type": "EFS"}, "'EFS' is no type of a cache; there are: S3, LOCAL, NO_CACHE"),
        ({"type": "LOCALE"}, "'LOCALE' is no type of a cache; did you mean 'LOCAL'?"),
        ({"type": "LOCAL", "modes": ["CUSTOM_CACHE"]}, "did you mean 'LOCAL_CUSTOM_CACHE'?"),
        ({"type": "S3", "location": 1}, "location: 1 is no text"),
        ({"type": "S3", "location": "/p"}, "'s3:///p' is no bucket"),
    ],
)
def test_what_is_no_cache(value: object, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_cache(value, HERE)
    assert message in str(caught.value)


def test_the_default_is_the_user_s_directory(home: Home) -> None:
    found = cache(home)
    assert (found["type"], found["tiers"]) == ("S3", [str(home.cache)])
    assert (found["mode"], found["save"], found["namespace"]) == ("rw", "success", "")
    assert (found["required"], found["failOnMiss"]) == (False, False)


def test_every_option_reaches_the_plan(home: Home) -> None:
    words = ["--cache", "a", "--cache", "s3://bkt/p", "--cache-mode", "wo", "--cache-save"]
    words += ["always", "--cache-namespace", "team", "--fail-on-cache-miss", "--cache-required"]
    found = cache(home, *words, "--cache-layers", "wait")
    assert found["tiers"] == [str(home.cwd / "a"), "s3://bkt/p"]
    assert (found["mode"], found["save"], found["namespace"]) == ("wo", "always", "team")
    assert (found["required"], found["failOnMiss"]) == (True, True)


def test_a_variable_names_a_place_a_line(home: Home) -> None:
    found = cache(home, environ={"LOCALBUILD_CACHE": "/a\ns3://bkt", "LOCALBUILD_CACHE_MODE": "ro"})
    assert (found["tiers"], found["mode"]) == (["/a", "s3://bkt"], "ro")
    found = cache(home, "--cache", "/b", environ={"LOCALBUILD_CACHE": "off"})
    assert found["tiers"] == ["/b"]


@pytest.mark.parametrize(
    ("toml", "wanted"),
    [
        ('cache = "store"', {"tiers": ["CWD/store"]}),
        ('cache = ["store", "s3://bkt/p"]', {"tiers": ["CWD/store", "s3://bkt/p"]}),
        ('cache = "off"', {"type": "NO_CACHE", "tiers": []}),
        (
            'cache = {type = "S3", location = "bkt/p", cacheNamespace = "team"}',
            {"type": "S3", "tiers": ["s3://bkt/p"], "namespace": "team"},
        ),
        (
            '[cache]\ntype = "LOCAL"\nmodes = ["LOCAL_CUSTOM_CACHE"]',
            {"type": "LOCAL", "tiers": [], "modes": ["LOCAL_CUSTOM_CACHE"]},
        ),
        (
            'cache-namespace = "mine"\ncache = {cacheNamespace = "team"}',
            {"type": "S3", "tiers": ["CACHE"], "namespace": "mine"},
        ),
        ('cache-save = "install"\ncache-required = true', {"save": "install", "required": True}),
    ],
)
def test_a_toml_file_has_it_in_every_form(toml: str, wanted: dict[str, object], home: Home) -> None:
    home.write("localbuild.toml", toml + "\n")
    found = cache(home)
    text = json.dumps({key: found[key] for key in wanted})
    assert (
        json.loads(text.replace(str(home.cwd), "CWD").replace(str(home.cache), "CACHE")) == wanted
    )


def test_an_option_takes_the_place_but_not_the_namespace_of_a_project(home: Home) -> None:
    home.write("localbuild.toml", 'cache = {location = "bkt", cacheNamespace = "team"}\n')
    found = cache(home, "--cache", "/b")
    assert (found["tiers"], found["namespace"]) == (["/b"], "team")


NO_ENTRIES = "LOCAL, which has no entries to miss"
MISS, REQUIRED = "--fail-on-cache-miss", "--cache-required"


@pytest.mark.parametrize(
    ("words", "toml", "said"),
    [
        (("--cache", "off", MISS), "", f"{MISS} needs a cache, and --cache switches it off"),
        (
            ("--cache", "off", REQUIRED, MISS),
            "",
            f"{MISS} and {REQUIRED} need a cache, and --cache switches it off",
        ),
        (
            (REQUIRED,),
            'cache = {type = "LOCAL", modes = ["LOCAL_CUSTOM_CACHE"]}',
            f"{REQUIRED} needs a cache, and localbuild.toml:1: cache makes it {NO_ENTRIES}",
        ),
        (
            ("--cache", "off"),
            "cache-required = true",
            "localbuild.toml:1: cache-required needs a cache, and --cache switches it off",
        ),
    ],
)
def test_what_only_a_cache_can_do_is_wrong_usage_without_one(
    words: tuple[str, ...], toml: str, said: str, home: Home
) -> None:
    home.write("buildspec.yml", SPEC)
    home.write("localbuild.toml", toml + "\n")
    called = home.call("run", *words)
    first, second = called.err.splitlines()
    assert (called.code, first) == (2, f"error: {said}")
    assert second.strip() == "hint: localbuild run --cache DIR"
    assert not (home.cwd / ".localbuild").exists()


def test_a_wrong_table_is_told_with_its_line(home: Home) -> None:
    home.write("localbuild.toml", 'image = "x"\n[cache]\ntyp = "S3"\n')
    home.write("buildspec.yml", SPEC)
    called = home.call("plan")
    assert called.code == 2
    assert called.err.startswith("error: localbuild.toml:2: cache: unknown key 'typ'; did you mean")


@pytest.mark.parametrize(
    "words",
    [
        ("type=S3,location=bkt/p,cacheNamespace=team",),
        ('{"type": "S3", "location": "bkt/p", "cacheNamespace": "team"}',),
    ],
)
def test_start_build_s_override(words: tuple[str, ...], home: Home) -> None:
    found = cache(home, "--cache-override", *words)
    assert (found["tiers"], found["namespace"]) == (["s3://bkt/p"], "team")


@pytest.mark.parametrize("modes", ["[A,B]", "A,B"])
def test_the_shorthand_s_lists(modes: str) -> None:
    wanted = {"type": "LOCAL", "location": "x", "modes": ["A", "B"]}
    assert read_override(f"type=LOCAL,location=x,modes={modes}") == wanted


@pytest.mark.parametrize("text", ["LOCAL", "{", "type=XY", "typ=S3"])
def test_an_override_that_is_none(text: str, home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("plan", "--cache-override", text)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("error: --cache-override: ")


PATHS = SPEC + "cache: {key: npm-$A, fallback-keys: [npm-], paths: [deps/**/*, .m2/**/*]}\n"


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (
            ("--cache", "/a", "--cache", "s3://bkt"),
            [
                "cache      /a, then s3://bkt  (--cache)",
                "           deps/**/*, .m2/**/*",
                "           key npm-$A, else npm-…",
                "           restored, saved when every phase has succeeded",
            ],
        ),
        (("--cache-mode", "ro"), ["           restored, never saved"]),
        (
            ("--cache-mode", "wo", "--cache-save", "always"),
            ["           never restored, saved however the build ends"],
        ),
        (("--cache", "off"), ["cache      NO_CACHE  (--cache)"]),
    ],
)
def test_the_plan_for_people(words: tuple[str, ...], lines: list[str], home: Home) -> None:
    home.write("buildspec.yml", PATHS)
    found = home.call("plan", "--docker-host", "tcp://127.0.0.1:1", *words).out
    assert "\n".join(lines) + "\n" in found


def test_a_plan_without_paths_says_so(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    found = home.call("plan", "--docker-host", "tcp://127.0.0.1:1").out
    assert f"cache      {home.cache}  (default)\n           the buildspec names no paths" in found
