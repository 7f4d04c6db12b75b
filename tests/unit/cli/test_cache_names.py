"""The names within a store stay out of what people read: they are for --json and -v."""

from pathlib import Path

import pytest

from localbuild.cache.manifest import Manifest
from tests.unit.cli.cached import SPEC, CacheHome
from tests.unit.cli.calling import Home

KEY = "npm/20 ü"


@pytest.fixture
def cache(home: Home) -> CacheHome:
    return CacheHome(home)


def cut_manifest(cache: CacheHome, manifest: Manifest) -> None:
    cache.store.replace(manifest.name, b"damaged")


def test_a_damaged_object_goes_by_its_entries(cache: CacheHome) -> None:
    cache.put(KEY, {"deps/a": b"1"})
    path = cache.damage(cache.put("", {"deps/a": b"1"}))
    lines = cache.call("verify", "--repair").out.splitlines()
    whose, _, problem = lines[1].removeprefix("damaged: ").partition(": ")
    assert sorted(whose.split(", ")) == ["(no key)", KEY]
    assert problem == "one of its objects: its bytes are not those that were written"
    assert sorted(lines[2:4]) == ["removed (no key)", f"removed {KEY}"]
    assert lines[4] == "removed 1 damaged object"
    assert not path.exists()


def test_a_damaged_manifest_goes_by_its_key(cache: CacheHome) -> None:
    cut_manifest(cache, cache.put(KEY, {"deps/a": b"1"}))
    assert f"damaged: {KEY}: its checksum does not fit" in cache.call("verify").out.splitlines()
    assert KEY in cache.call("ls").out
    assert cache.call("rm", KEY).out.splitlines()[0] == f"removed {KEY}"


def test_damage_that_no_entry_needs(cache: CacheHome) -> None:
    cache.store.create(f"v1/scopes/{cache.scope}/o/ab/{'ab' * 32}", [b"damaged"])
    told = "damaged: needed by no entry: its bytes are not those that were written"
    assert told in cache.call("verify").out.splitlines()


def test_the_names_are_there_for_who_asks(cache: CacheHome) -> None:
    path = cache.damage(cache.put("a", {"deps/a": b"1"}))
    name = str(path.relative_to(cache.store.url))
    quiet, told = cache.call("verify"), cache.call("verify", "-v")
    assert path.name not in quiet.out + quiet.err
    assert f"{name}: its bytes are not those that were written" in told.err
    assert cache.document("verify", code=1)["damage"][0]["name"] == name


def test_push_tells_of_damage_without_names(cache: CacheHome, tmp_path: Path) -> None:
    path = cache.damage(cache.put("a", {"deps/a": b"1"}))
    out = cache.call("push", str(tmp_path / "there")).out
    told = "a: damaged: one of its objects: its bytes are not those that were written"
    assert out.splitlines()[0] == told
    (entry,) = cache.document("push", str(tmp_path / "there"), code=1)["entries"]
    assert entry["object"] == str(path.relative_to(cache.store.url))


def test_push_leaves_no_damaged_manifest_out_without_a_word(
    cache: CacheHome, tmp_path: Path
) -> None:
    cut_manifest(cache, cache.put("a", {"deps/a": b"1"}))
    called = cache.call("push", str(tmp_path / "there"))
    assert called.code == 1
    assert called.out.splitlines()[0] == "a: damaged: its checksum does not fit"


def test_why_tells_of_damage_without_names(cache: CacheHome) -> None:
    cache.home.write("buildspec.yml", SPEC[: SPEC.index("  key:")] + '  paths: ["deps/**/*"]\n')
    manifest = cache.put("", {"deps/a": b"1"})
    cut_manifest(cache, manifest)
    out = cache.call("why", "--next").out
    assert "because (no key) is damaged: its checksum does not fit" in out.splitlines()
    assert "v1/scopes/" not in out
