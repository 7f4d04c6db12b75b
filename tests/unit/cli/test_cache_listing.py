"""`cache ls`, `cache show` and `cache diff`."""

import pytest

from localbuild.cache.keys import Scope
from tests.unit.cli.cached import CacheHome
from tests.unit.cli.calling import Home


@pytest.fixture
def cache(home: Home) -> CacheHome:
    return CacheHome(home)


def test_an_empty_cache_has_no_entries(cache: CacheHome) -> None:
    called = cache.call("ls")
    assert (called.code, called.out) == (0, f"{cache.store.url}: 0 entries, 0 B\n")
    assert cache.document("ls") == []


def test_entries_are_listed(cache: CacheHome) -> None:
    manifest = cache.put("npm-1", {"deps/a": b"1" * 5000})
    cache.put("", {"deps/a": b"2"})
    cache.put("x", {"deps/a": b"3"}, scope=Scope(project="other").id)
    called = cache.call("ls")
    rows = {line.split()[0]: line for line in called.out.splitlines()[2:]}
    assert set(rows) == {"npm-1", "(no"}
    assert manifest.content[:12] in rows["npm-1"]
    assert "5.0 kB" in rows["npm-1"]
    assert called.out.startswith(f"{cache.store.url}: 2 entries, ")


def test_all_projects_are_listed_when_asked(cache: CacheHome) -> None:
    cache.put("a", {"deps/a": b"1"})
    cache.put("x", {"deps/a": b"3"}, scope=Scope(project="other").id)
    assert {e["key"] for e in cache.document("ls", "--all")} == {"a", "x"}


def test_a_namespace_and_a_name_choose_the_entries(cache: CacheHome) -> None:
    cache.put("shared", {"deps/a": b"1"}, scope=Scope(project="work", namespace="team").id)
    cache.put("named", {"deps/a": b"1"}, scope=Scope(project="other").id)
    found = cache.document("ls", "--cache-namespace", "team")
    assert [e["key"] for e in found] == ["shared"]
    found = cache.document("ls", "--project-name", "other")
    assert [e["key"] for e in found] == ["named"]


def test_the_json_of_an_entry(cache: CacheHome) -> None:
    manifest = cache.put("k", {"deps/a": b"123"})
    (found,) = cache.document("ls")
    assert found["key"] == "k"
    assert found["id"] == manifest.content
    assert (found["files"], found["sizeBytes"]) == (1, 3)
    assert found["storedBytes"] == found["ownBytes"] == manifest.stored_bytes
    assert found["createdTime"].endswith("Z")
    assert found["problem"] is None
    assert found["warm"] is False


def test_an_entry_without_a_key_that_is_gone_is_not_another_one(cache: CacheHome) -> None:
    cache.put("a", {"deps/a": b"1"})
    cache.record(1, outcome="miss", saved=True)
    called = cache.call("diff", "1", "a")
    assert called.code == 2
    assert "there is no entry without a key" in called.err


def test_what_is_damaged_is_listed_as_such(cache: CacheHome) -> None:
    manifest = cache.put("k", {"deps/a": b"123"})
    cache.store.remove(manifest.name)
    cache.store.create(manifest.name, [b"damaged"])
    assert "damaged: its checksum does not fit" in cache.call("ls").out
    (found,) = cache.document("ls")
    assert found["problem"] == "its checksum does not fit"
    assert found["files"] is None
    assert cache.call("show").code == 0


def test_an_entry_is_shown_with_the_parts_of_its_key(cache: CacheHome) -> None:
    manifest = cache.put_evaluated("20", "ab" * 32)
    called = cache.call("show", "npm-20")
    assert called.code == 0
    lines = [line.split() for line in called.out.splitlines()]
    assert ["key", manifest.key] in lines
    assert ["$NODE", "20"] in lines
    assert ["abababababab", "lock"] in lines
    found = cache.document("show", manifest.content[:8])
    assert found["key"] == manifest.key
    assert found["parts"][3]["files"] == [{"path": "lock", "sha256": "ab" * 32}]


def test_an_unknown_key_gets_a_guess(cache: CacheHome) -> None:
    cache.put("npm-1", {"deps/a": b"1"})
    called = cache.call("show", "nmp-1")
    assert called.code == 2
    assert "did you mean 'npm-1'?" in called.err


def test_without_entries_there_is_no_guess(cache: CacheHome) -> None:
    called = cache.call("show")
    assert called.code == 2
    assert "the cache has no entry of this project" in called.err


@pytest.mark.parametrize("words", [("--cache", "off"), ("--cache", "ftp://x")])
def test_what_is_no_cache_is_said_so(cache: CacheHome, words: tuple[str, ...]) -> None:
    assert cache.call("ls", *words).code == 2


def test_a_local_cache_has_no_entries(cache: CacheHome) -> None:
    cache.home.write("localbuild.toml", '[cache]\ntype = "LOCAL"\nmodes = ["LOCAL_CUSTOM_CACHE"]\n')
    called = cache.call("ls")
    assert called.code == 2
    assert "LOCAL" in called.err


def test_a_store_that_cannot_be_read_is_a_storage_failure(cache: CacheHome) -> None:
    cache.home.cache.mkdir(exist_ok=True)
    cache.home.cache.chmod(0o777)
    assert cache.call("ls").code == 5


def test_several_stores_are_listed_one_after_the_other(cache: CacheHome) -> None:
    cache.put("a", {"deps/a": b"1"})
    second = str(cache.home.cwd / "second")
    called = cache.call("ls", "--cache", cache.store.url, "--cache", second)
    heads = [line for line in called.out.splitlines() if ": " in line]
    assert [line.split(":")[0] for line in heads] == [cache.store.url, second]


def test_entries_are_compared(cache: CacheHome) -> None:
    cache.put("one", {"deps/lib/a/x": b"1" * 1000, "deps/lib/b": b"2", "deps/gone": b"3"})
    cache.put("two", {"deps/lib/a/x": b"1" * 9000, "deps/lib/b": b"2", "deps/new": b"4"})
    called = cache.call("diff", "one", "two")
    assert called.code == 0
    assert called.out.splitlines()[:2] == [
        "one -> two",
        "1 added, 1 removed, 1 changed (+8.0 kB); 1 the same, 0 of them touched",
    ]
    found = cache.document("diff", "one", "two", "--depth", "1")
    assert {c["path"]: c["how"] for c in found["changes"]} == {
        "deps/lib/a/x": "changed", "deps/gone": "removed", "deps/new": "added",
    }  # fmt: skip
    assert [d["path"] for d in found["directories"]] == ["deps"]
    assert found["directories"][0]["growthBytes"] == 8000


def test_a_build_stands_for_its_entry(cache: CacheHome) -> None:
    cache.put("one", {"deps/a": b"1"})
    cache.put("two", {"deps/a": b"2"})
    cache.record(1, outcome="miss", key="one", saved=True)
    cache.record(2, outcome="fallback", key="two", matchedKey="one", saved=False)
    cache.record(3, outcome="miss", key="x", saved=False)
    found = cache.document("diff", "1", "two")
    assert (found["a"], found["b"]) == ("one", "two")
    assert cache.document("diff", "1", "2")["changes"] == []
    called = cache.call("diff", "1", "3")
    assert called.code == 2
    assert "build 3 neither used nor saved an entry" in called.err


def test_a_damaged_entry_cannot_be_compared(cache: CacheHome) -> None:
    manifest = cache.put("one", {"deps/a": b"1"})
    cache.store.remove(manifest.name)
    cache.store.create(manifest.name, [b"damaged"])
    cache.put("two", {"deps/a": b"2"})
    assert cache.call("diff", manifest.name.rpartition("/")[2], "two").code == 2
