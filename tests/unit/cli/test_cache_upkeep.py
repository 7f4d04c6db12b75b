"""`cache verify`, `prune`, `rm`, `push` and `pull`."""

import os
import time
from pathlib import Path

import pytest

from localbuild.cache.entries import list_entries
from localbuild.cache.keys import Scope
from localbuild.cache.lock import hold_shared, try_alone
from localbuild.cache.stores.directory import DirectoryStore
from tests.unit.cli.cached import CacheHome
from tests.unit.cli.calling import Home

DAY = 86400.0


@pytest.fixture
def cache(home: Home) -> CacheHome:
    return CacheHome(home)


def keys(cache: CacheHome, url: str = "") -> list[str]:
    store = DirectoryStore(Path(url)) if url else cache.store
    return sorted(e.key for e in list_entries(store, cache.scope))


def make_older(cache: CacheHome, days: float) -> None:
    """Everything in the store as if it were written that long ago."""
    then = time.time() - days * DAY
    for path in cache.home.cache.rglob("*"):
        os.utime(path, (then, then))


def objects(cache: CacheHome) -> int:
    return len(list(cache.store.list(f"v1/scopes/{cache.scope}/o/")))


def test_a_sound_cache_is_verified(cache: CacheHome) -> None:
    cache.put("a", {"deps/a": b"1"})
    called = cache.call("verify")
    assert called.code == 0
    assert called.out.splitlines()[-1] == "all of it is as it was written"
    assert cache.document("verify")["damage"] == []


def test_damage_is_a_finding_and_can_be_repaired(cache: CacheHome) -> None:
    path = cache.damage(cache.put("a", {"deps/a": b"1" * 100}))
    called = cache.call("verify")
    assert called.code == 1
    told = "damaged: a: one of its objects: its bytes are not those that were written"
    assert called.out.splitlines()[1] == told
    assert "localbuild cache verify --repair" in called.err
    assert path.exists()
    found = cache.document("verify", "--repair", code=1)
    assert found["spoiledKeys"] == ["a"]
    assert len(found["removed"]) == 2
    assert not path.exists()
    assert cache.call("verify").code == 0


def test_old_entries_are_pruned_and_the_last_one_stays(cache: CacheHome) -> None:
    cache.put("a", {"deps/a": b"1"})
    cache.put("b", {"deps/a": b"2"})
    make_older(cache, 40)
    cache.put("c", {"deps/a": b"3"})
    dry = cache.document("prune", "--older-than", "30d", "--dry-run")
    assert sorted(r["key"] for r in dry["removed"]) == ["a", "b"]
    assert keys(cache) == ["a", "b", "c"]
    called = cache.call("prune", "--older-than", "30d")
    assert called.code == 0
    assert "removed a: not used for 40 days" in called.out
    assert keys(cache) == ["c"]


def test_bytes_wait_for_their_day_or_go_at_once(cache: CacheHome) -> None:
    cache.put("a", {"deps/a": b"1"})
    make_older(cache, 40)
    cache.put("b", {"deps/a": b"2"})
    found = cache.document("prune", "--older-than", "30d")
    assert (found["freedObjects"], found["waitingObjects"]) == (0, 2)
    assert objects(cache) == 4
    found = cache.document("prune", "--now")
    assert (found["freedObjects"], found["waitingObjects"]) == (2, 0)
    assert objects(cache) == 2


def test_nothing_goes_at_once_while_a_build_runs(cache: CacheHome) -> None:
    cache.put("a", {"deps/a": b"1"})
    cache.store.remove(list_entries(cache.store, cache.scope)[0].name)
    with hold_shared(cache.home.cache):
        called = cache.call("prune", "--now")
    assert "a build runs" in called.err
    assert objects(cache) == 2


def test_too_many_bytes_are_pruned(cache: CacheHome) -> None:
    for number in range(3):
        cache.put(str(number), {"deps/a": os.urandom(3000)})
    make_older(cache, 2)
    found = cache.document("prune", "--max-size", "1k", "--keep-last", "2")
    assert (len(found["removed"]), found["kept"]) == (1, 2)


def test_why_too_many_bytes_stay_is_said(cache: CacheHome) -> None:
    for number in range(2):
        cache.put(str(number), {"deps/a": os.urandom(3000)})
    for words in ((), ("--dry-run",), ("--now",)):
        assert (
            "that is more than 1.0 kB: what was used within a day stays"
            in cache.call("prune", "--max-size", "1k", *words).out
        )
    assert "more than" not in cache.call("prune", "--max-size", "1m").out


@pytest.mark.parametrize("words", [("--older-than", "soon"), ("--max-size", "big")])
def test_a_limit_that_is_none_is_wrong_usage(cache: CacheHome, words: tuple[str, str]) -> None:
    called = cache.call("prune", *words)
    assert called.code == 2
    assert words[0] in called.err


def test_other_projects_are_not_pruned(cache: CacheHome) -> None:
    other = Scope(project="other").id
    cache.put("x", {"deps/a": b"1"}, scope=other)
    make_older(cache, 40)
    cache.call("prune", "--older-than", "1d", "--keep-last", "0")
    assert [e.key for e in list_entries(cache.store, other)] == ["x"]
    cache.call("prune", "--older-than", "1d", "--keep-last", "0", "--all")
    assert list_entries(cache.store, other) == ()


def test_damage_of_other_projects_is_found_when_asked_for(cache: CacheHome) -> None:
    cache.damage(cache.put("x", {"deps/a": b"1"}, scope=Scope(project="other").id))
    assert cache.call("verify").code == 0
    assert cache.document("verify", "--all", code=1)["spoiledKeys"] == ["x"]


def test_an_entry_is_removed_with_its_bytes(cache: CacheHome) -> None:
    cache.put("a", {"deps/a": b"1"})
    cache.put("b", {"deps/a": b"2"})
    called = cache.call("rm", "a")
    assert called.code == 0
    assert called.out.splitlines()[0] == "removed a"
    assert keys(cache) == ["b"]
    assert objects(cache) == 2


def test_bytes_stay_while_a_build_runs(cache: CacheHome) -> None:
    cache.put("a", {"deps/a": b"1"})
    with hold_shared(cache.home.cache):
        called = cache.call("rm", "a")
    assert "a build runs" in called.err
    assert objects(cache) == 2


@pytest.mark.parametrize("words", [("npm-",), ("npm-1", "npm-2"), ("--all",)])
def test_several_are_removed_only_when_that_is_meant(
    cache: CacheHome, words: tuple[str, ...]
) -> None:
    cache.put("npm-1", {"deps/a": b"1"})
    cache.put("npm-2", {"deps/a": b"2"})
    called = cache.call("rm", *words)
    assert called.code == 2
    assert "2 entries would be removed" in called.err
    assert len(keys(cache)) == 2
    assert cache.document("rm", *words, "--yes")["removed"] != []
    assert keys(cache) == []


def test_rm_needs_to_know_what(cache: CacheHome) -> None:
    assert cache.call("rm").code == 2
    assert cache.call("rm", "a", "--all").code == 2
    assert cache.call("rm", "a").code == 2


@pytest.mark.parametrize("verb", [("rm",), ("push", "there"), ("pull", "there"), ("diff", "")])
def test_an_empty_key_means_nothing(cache: CacheHome, verb: tuple[str, ...]) -> None:
    manifest = cache.put("", {"deps/a": b"1"})
    cache.call("push", "there")
    called = cache.call(*verb, "", "--json")
    assert (called.code, called.out) == (2, "")
    told = f"the one without a key goes by its id: {manifest.content[:12]}"
    assert f"an empty KEY names no entry; {told}" in called.err
    assert keys(cache) == [""]


def test_the_entry_without_a_key_is_removed_by_its_id(cache: CacheHome) -> None:
    manifest = cache.put("", {"deps/a": b"1"})
    called = cache.call("rm", manifest.content[:12])
    assert called.out.splitlines()[0] == "removed (no key)"
    assert keys(cache) == []


def test_entries_are_pushed_and_pulled(cache: CacheHome, tmp_path: Path) -> None:
    cache.put("a", {"deps/a": b"1" * 100})
    cache.put("b", {"deps/a": b"2"})
    there = str(tmp_path / "there")
    found = cache.document("push", there, "a")
    assert [(e["key"], e["outcome"]) for e in found["entries"]] == [("a", "copied")]
    assert keys(cache, there) == ["a"]
    called = cache.call("push", there)
    lines = called.out.splitlines()[:2]
    assert {line.split(",")[0] for line in lines} == {"a: there already", "b: copied"}
    cache.call("rm", "--all", "--yes")
    assert cache.call("pull", there, "b").code == 0
    assert keys(cache) == ["b"]
    assert cache.call("verify").code == 0


def test_a_damaged_entry_is_not_pushed(cache: CacheHome, tmp_path: Path) -> None:
    cache.damage(cache.put("a", {"deps/a": b"1"}))
    called = cache.call("push", str(tmp_path / "there"))
    assert called.code == 1
    assert "a: damaged: " in called.out
    assert keys(cache, str(tmp_path / "there")) == []


def test_a_cache_is_not_copied_to_itself(cache: CacheHome) -> None:
    cache.put("a", {"deps/a": b"1"})
    assert cache.call("push", cache.store.url).code == 2
    assert cache.call("push", "ftp://x").code == 2
    assert cache.call("pull", str(cache.home.cwd), "nobody").code == 2


@pytest.mark.parametrize("removing", ["source", "target"])
def test_nothing_is_copied_while_somebody_removes(
    cache: CacheHome, tmp_path: Path, removing: str
) -> None:
    cache.put("a", {"deps/a": b"1"})
    there = tmp_path / "there"
    root = cache.home.cache if removing == "source" else there
    with try_alone(root) as alone:
        called = cache.call("push", str(there))
    assert alone
    assert called.code == 5
    assert f"{root}: entries are being removed just now" in called.err
    assert keys(cache, str(there)) == []


def test_nothing_is_put_where_nothing_is_copied(cache: CacheHome, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert cache.call("pull", str(tmp_path / "empty")).code == 0
    assert cache.call("push", str(tmp_path / "none")).code == 0
    assert list((tmp_path / "empty").iterdir()) == []
    assert not (tmp_path / "none").exists()


def test_lower_tiers_are_left_alone(cache: CacheHome, tmp_path: Path) -> None:
    cache.put("a", {"deps/a": b"1"})
    second = str(tmp_path / "second")
    cache.call("push", second)
    called = cache.call("rm", "a", "--cache", cache.store.url, "--cache", second)
    assert f"{second} is left as it is" in called.err
    assert keys(cache, second) == ["a"]
