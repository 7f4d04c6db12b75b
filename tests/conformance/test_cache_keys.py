"""Rows 123 to 135: which entry a build finds, and which one it leaves."""

from pathlib import Path

import pytest

from tests.conformance.caches import SHOW, Caching, cached, facts, make, restored, saved
from tests.conformance.rows import row


@pytest.fixture
def caching(tmp_path: Path) -> Caching:
    """An empty cache."""
    return Caching(folder=tmp_path / "cache")


def keyed(key: str, *, text: str = "", paths: tuple[str, ...] = ("deps/**/*",)) -> str:
    """A buildspec with a key; with `text` it leaves that."""
    install = make(text) if text else [SHOW]
    return cached(install=install, cache={"key": key, "paths": list(paths)})


def fall_back(*keys: str, key: str = "none") -> str:
    return cached(cache={"key": key, "fallback-keys": list(keys), "action": "restore"})


@row(
    123,
    feature="failed PRE_BUILD",
    expectation="no cache is saved",
    decided="Documented for the phases; of a failed BUILD it is not. Ours: only if every phase so "
    "far has succeeded, unless `--cache-save` says otherwise.",
)
@pytest.mark.parametrize(
    ("phase", "text"),
    [
        ("PRE_BUILD", cached(install=make("half"), pre_build=["false"])),
        ("BUILD", cached(install=make("half"), build=["false"])),
        ("POST_BUILD", cached(install=make("half"), post_build=["false"])),
    ],
)
def test_row_123_failed(phase: str, text: str, caching: Caching) -> None:
    built = caching.build(text)
    assert built.exit_code == 1
    assert saved(built).reason == f"{phase} FAILED"
    assert restored(caching.build(cached())).outcome == "miss"


def test_a_failed_build_saves_where_it_is_told_to(caching: Caching) -> None:
    text = cached(install=make("half"), pre_build=["false"])
    assert saved(caching.build(text, "--cache-save", "install")).saved
    assert caching.build(cached()).said == ["half\n"]


@row(
    124,
    feature="cache without a key",
    expectation="one for the project; the next build's content takes its place",
)
def test_row_124_replaced(caching: Caching) -> None:
    for text in ("one", "two"):
        assert saved(caching.build(cached(install=make(text)))).saved
    assert caching.build(cached()).said == ["two\n"]


@row(125, feature="cache with a key", expectation="what is saved under a key is never changed")
def test_row_125_immutable(caching: Caching) -> None:
    assert saved(caching.build(keyed("k", text="one"))).saved
    second = caching.build(keyed("k", text="two"))
    assert (second.said[0], saved(second).saved) == ("one\n", False)
    assert saved(second).reason
    assert caching.build(keyed("k")).said == ["one\n"]


@row(
    126,
    feature="key of a cache",
    expectation="variables, `$(codebuild-hash-files …)` and other commands in it are evaluated",
)
@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("k-$STAGE-${STAGE}", "k-dev-dev"),
        ("k-$(cat lock)-$STAGE", "k-locked-dev"),
        ("k }", "k }"),
    ],
)
def test_row_126_evaluated(key: str, found: str, caching: Caching) -> None:
    built = caching.build(keyed(key, text="x"), "-e", "STAGE=dev", files={"lock": "locked\n"})
    assert (restored(built).key, saved(built).key) == (found, found)
    again = caching.build(keyed(key), "-e", "STAGE=dev", files={"lock": "locked\n"})
    assert (restored(again).outcome, again.said) == ("hit", ["x\n"])


@row(
    126,
    feature="key of a cache",
    expectation="variables, `$(codebuild-hash-files …)` and other commands in it are evaluated",
)
@pytest.mark.parametrize("shell_only", ["", "$(true)"])
def test_row_126_hash_files(shell_only: str, caching: Caching) -> None:
    key = f"k-$(codebuild-hash-files 'lock*'){shell_only}"
    text = cached(install=[*make("x"), "codebuild-hash-files 'lock*'"], cache={"key": key})
    built = caching.build(text, files={"lock": "1"})
    assert saved(built).key == f"k-{built.said[-1].strip()}"
    assert len(saved(built).key) == 66
    assert restored(caching.build(text, files={"lock": "1", "other": "2"})).outcome == "hit"
    assert restored(caching.build(text, files={"lock": "2"})).outcome == "miss"


@row(127, feature="exact key", expectation="a longer key with the same beginning is no hit")
def test_row_127_exact(caching: Caching) -> None:
    caching.build(keyed("npm-10", text="ten"))
    built = caching.build(keyed("npm-1"))
    assert (restored(built).outcome, built.said) == ("miss", ["nothing\n"])


@row(
    128,
    feature="fallback key",
    expectation="the beginning of a stored key is a match; the newest entry is taken",
    decided="Which of several entries is taken is not documented.",
)
def test_row_128_prefix(caching: Caching) -> None:
    for text in ("b", "a"):
        caching.build(keyed(f"npm-{text}", text=text))
    built = caching.build(fall_back("npm-"))
    assert (restored(built).outcome, restored(built).matched_key) == ("fallback", "npm-a")
    assert built.said == ["a\n"]
    assert facts(built)["matchedKey"] == "npm-a"


@row(
    129,
    feature="order of fallback keys",
    expectation="asked one after the other; a sixth one is refused",
)
def test_row_129_order(caching: Caching) -> None:
    for text in ("a-1", "b-1"):
        caching.build(keyed(text, text=text))
    assert caching.build(fall_back("c", "a-", "b-")).said == ["a-1\n"]
    assert caching.build(fall_back("b-", "a-")).said == ["b-1\n"]
    assert caching.build(fall_back("1", "2", "3", "4", "a-")).said == ["a-1\n"]
    refused = caching.build(fall_back("1", "2", "3", "4", "5", "a-"))
    assert (refused.exit_code, refused.ran) == (3, [])


@row(
    130,
    feature="fallback keys without a key",
    expectation="ignored",
)
def test_row_130_no_key(caching: Caching) -> None:
    caching.build(keyed("npm-a", text="a"))
    built = caching.build(cached(cache={"fallback-keys": ["npm-"]}))
    assert (restored(built).outcome, built.said) == ("miss", ["nothing\n"])


@row(131, feature="action: restore", expectation="nothing is saved")
def test_row_131_restore(caching: Caching) -> None:
    built = caching.build(cached(install=make("x"), cache={"action": "restore"}))
    assert not saved(built).saved
    assert restored(caching.build(cached())).outcome == "miss"


@row(132, feature="action: save", expectation="nothing is restored")
def test_row_132_save(caching: Caching) -> None:
    caching.build(cached(install=make("one")))
    built = caching.build(cached(install=make("two"), cache={"action": "save"}))
    assert (restored(built).outcome, built.said[0]) == ("off", "nothing\n")
    assert saved(built).saved
    assert caching.build(cached()).said == ["two\n"]


@row(
    133,
    feature="other paths",
    expectation="a miss, though the key is the same",
    decided="How the service makes a version of the paths is not documented. Ours: in their order.",
)
def test_row_133_version(caching: Caching) -> None:
    caching.build(keyed("k", text="x"))
    built = caching.build(keyed("k", paths=("deps/**/*", "more/**/*")))
    assert (restored(built).outcome, built.said) == ("miss", ["nothing\n"])
    assert restored(caching.build(keyed("k"))).outcome == "hit"


@row(
    134,
    feature="cache namespace",
    expectation="projects with the same namespace, key and paths share a cache",
)
def test_row_134_namespace(caching: Caching) -> None:
    shared = ("--cache-namespace", "team")
    caching.build(keyed("k", text="x"), "--project-name", "one", *shared)
    toml = {"localbuild.toml": 'name = "two"\ncache-namespace = "team"\n'}
    assert caching.build(keyed("k"), files=toml).said == ["x\n"]
    other = caching.build(keyed("k"), "--project-name", "two", "--cache-namespace", "others")
    assert other.said == ["nothing\n"]


@row(135, feature="no namespace", expectation="each project has its own cache")
def test_row_135_isolated(caching: Caching) -> None:
    caching.build(keyed("k", text="x"), "--project-name", "one")
    for name, said in (("two", "nothing\n"), ("one", "x\n")):
        assert caching.build(keyed("k"), "--project-name", name).said == [said]
