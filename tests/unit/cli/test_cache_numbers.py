"""None, one and two of everything that the `cache` verbs count."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from localbuild.cache.manifest import encode_manifest
from localbuild.cli.cache_verbs.removing import removed_lines
from localbuild.units import counted
from tests.unit.cli.cached import CacheHome
from tests.unit.cli.calling import Home

NUMBERS = [(0, "0 entries"), (1, "1 entry"), (2, "2 entries")]


@pytest.fixture
def cache(home: Home) -> CacheHome:
    return CacheHome(home)


def fill(cache: CacheHome, number: int) -> None:
    for each in range(number):
        cache.put(f"k{each}", {"deps/a": b"%d" % each * 50})


def test_counted() -> None:
    found = [counted(number, "object") for number in (0, 1, 2, 1000)]
    assert found == ["0 objects", "1 object", "2 objects", "1,000 objects"]


@pytest.mark.parametrize("verb", ["ls", "verify", "prune", "stats"])
@pytest.mark.parametrize(("number", "told"), NUMBERS)
def test_entries_are_counted(cache: CacheHome, verb: str, number: int, told: str) -> None:
    fill(cache, number)
    out = cache.call(verb).out
    assert f"{cache.store.url}: {told}" in out


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 entries stay"), (1, "1 entry stays"), (2, "2 entries stay")]
)
def test_prune_says_what_stays(cache: CacheHome, number: int, told: str) -> None:
    fill(cache, number)
    assert f": {told}, " in cache.call("prune").out


def test_prune_that_frees_nothing_says_so(cache: CacheHome) -> None:
    assert cache.call("prune").out.splitlines()[-1] == "nothing was freed"


def test_one_object_waits_for_its_day(cache: CacheHome) -> None:
    digest = "ab" * 32
    cache.store.create(f"v1/scopes/{cache.scope}/o/ab/{digest}", [b"12345"])
    told = cache.call("prune").out.splitlines()[-1]
    assert told == "5 B in 1 object that nothing needs waits for its day"
    assert cache.call("prune", "--now").out.splitlines()[-1] == "freed 5 B in 1 object"


@pytest.mark.parametrize(
    ("number", "told"), [(1, "1 entry is of a later version"), (2, "2 entries are of a later")]
)
def test_entries_of_a_later_version(cache: CacheHome, number: int, told: str) -> None:
    for each in range(number):
        manifest = cache.put(f"k{each}", {"deps/a": b"1"})
        later = replace(manifest, format=999)
        cache.store.replace(manifest.name, encode_manifest(later))
    assert told in cache.call("verify").out


def test_pull_from_nothing(cache: CacheHome, tmp_path: Path) -> None:
    there = tmp_path / "there"
    called = cache.call("pull", str(there))
    assert called.out == f"nothing to copy: {there} has no entry of this project\n"


def test_push_of_what_is_there_already(cache: CacheHome, tmp_path: Path) -> None:
    fill(cache, 1)
    cache.call("push", str(tmp_path / "there"))
    out = cache.call("push", str(tmp_path / "there")).out
    assert out.splitlines() == [
        "k0: there already",
        f"nothing was written to {tmp_path / 'there'}",
    ]


def test_rm_of_nothing_and_of_shared_bytes(cache: CacheHome) -> None:
    assert cache.call("rm", "--all").out == "nothing was removed\n"
    assert list(removed_lines((), 0, ())) == ["nothing was removed"]
    cache.put("a", {"deps/a": b"1"})
    cache.put("b", {"deps/a": b"1"})
    told = "nothing was freed yet: what no other entry needs goes with a later prune"
    assert cache.call("rm", "a").out.splitlines() == ["removed a", told]


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ([], "0"),
        (["miss"], "1: 0 hits, 0 fallbacks, 1 miss (0% hits)"),
        (["miss", "hit"], "2: 1 hit, 0 fallbacks, 1 miss (50% hits)"),
        (["miss", "miss"], "2: 0 hits, 0 fallbacks, 2 misses (0% hits)"),
    ],
)
def test_stats_count_builds(cache: CacheHome, outcomes: list[str], told: str) -> None:
    for number, outcome in enumerate(outcomes, 1):
        cache.record(number, outcome=outcome)
    lines = cache.call("stats").out.splitlines()
    assert lines[0] == f"builds    {told}"
    assert lines[1:3] == ["restored  nothing", "saved     nothing"]


def test_a_difference_without_growth(cache: CacheHome) -> None:
    cache.put("a", {"deps/a": b"1"})
    cache.put("b", {"deps/a": b"2"})
    line = cache.call("diff", "a", "b").out.splitlines()[1]
    assert line.startswith("0 added, 0 removed, 1 changed (0 B); ")


def test_show_counts_objects(cache: CacheHome) -> None:
    cache.put("a", {"deps/a": b"1"})
    assert " in 2 objects; " in cache.call("show").out


def test_a_day_and_a_half_are_hours(cache: CacheHome) -> None:
    fill(cache, 1)
    then = time.time() - 1.5 * 86400 - 60
    for path in cache.home.cache.rglob("*"):
        os.utime(path, (then, then))
    assert "36 h" in cache.call("ls").out
