"""`cache why` and `cache stats`."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from localbuild.cache.keys import Scope
from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.template import key_of
from localbuild.events.caching import CacheRestored
from tests.unit.cache.cupboard import put_entry
from tests.unit.cli.cached import PATHS, SPEC, CacheHome, parts_of
from tests.unit.cli.calling import Home

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LOCK = b"dependencies\n"
DIGEST = hashlib.sha256(LOCK).hexdigest()


@pytest.fixture
def cache(home: Home) -> CacheHome:
    home.write("buildspec.yml", SPEC)
    home.write("lock", LOCK.decode())
    return CacheHome(home)


def test_the_reasons_of_the_last_build(cache: CacheHome) -> None:
    cache.record(1, outcome="miss", key="a", why=["nothing has been saved here yet"], saved=True)
    cache.record(
        2, outcome="fallback", key="b", matchedKey="a", why=["lock changed (1… → 2…)"],
        saved=False, reason="the build failed",
    )  # fmt: skip
    called = cache.call("why")
    assert called.code == 0
    assert called.out.splitlines() == [
        "build 2: a fallback: an entry with another key",
        "key        b",
        "used       a",
        f"looked in  {cache.store.url}",
        "saved      no: the build failed",
        "parts      not known: no entry that is within reach has this key",
        "because lock changed (1… → 2…)",
    ]
    found = cache.document("why", "1")
    assert (found["buildNumber"], found["outcome"], found["saved"]) == (1, "miss", "yes")
    assert found["why"] == ["nothing has been saved here yet"]


@pytest.mark.parametrize("asked", ["1", "latest"])
def test_any_build_tells_from_where_and_part_by_part(cache: CacheHome, asked: str) -> None:
    cache.put_evaluated("18", "cd" * 32)
    key = cache.put_evaluated("20", "ab" * 32).key
    hit = CacheRestored(
        time=NOW, build="b", outcome="hit", key=key, matched_key=key, store="s3://team/cache"
    )
    cache.record(1, events=(hit,), outcome="hit", key=key, matchedKey=key)
    if asked != "latest":
        cache.record(2, outcome="miss", key="b")
    called = cache.call("why", asked)
    lines = [line.split() for line in called.out.splitlines()]
    assert ["from", "s3://team/cache"] in lines
    assert ["$NODE", "20"] in lines
    assert ["abababababab", "lock"] in lines
    found = cache.document("why", asked)
    assert found["store"] == "s3://team/cache"
    assert found["parts"][3]["files"] == [{"path": "lock", "sha256": "ab" * 32}]


def test_the_parts_of_a_key_that_has_no_entry_any_more(cache: CacheHome) -> None:
    cache.record(1, outcome="miss", key="gone", saved=True)
    found = cache.document("why", "1")
    assert (found["parts"], found["lookedIn"]) == ([], [cache.store.url])


def test_the_parts_of_a_miss_are_those_that_were_saved(cache: CacheHome) -> None:
    key = cache.put_evaluated("20", DIGEST).key
    cache.record(1, location="team/cache", outcome="miss", key=key, saved=True)
    found = cache.document("why", "1")
    assert found["parts"][1]["value"] == "20"
    assert found["lookedIn"] == ["s3://team/cache"]
    assert "looked in" in cache.call("why", "1").out


def test_the_parts_are_looked_for_where_the_build_looked(cache: CacheHome, tmp_path: Path) -> None:
    other = DirectoryStore(tmp_path / "other")
    scope = Scope(project="work", namespace="team").id
    parts = parts_of("20", DIGEST)
    key = key_of(parts)
    put_entry(other, key, {"deps/f": b"1"}, scope=scope, paths=PATHS, parts=parts)
    cache.record(
        1, location=other.url, namespace="team", outcome="miss", key=key, reason="the build failed"
    )
    assert cache.document("why", "1")["parts"][1]["value"] == "20"
    assert "$NODE" in cache.call("why", "1").out


def test_no_bucket_is_asked_only_because_a_record_names_it(cache: CacheHome) -> None:
    cache.record(1, location="team/cache", outcome="miss", key="gone", saved=True)
    called = cache.call("why", "1", "-v", environ={"LOCALBUILD_ENDPOINT_URL": "http://127.0.0.1:1"})
    assert called.code == 0
    assert "parts      not known: no entry that is within reach has this key" in called.out
    assert "127.0.0.1" not in called.err


def test_the_parts_are_not_needed(cache: CacheHome) -> None:
    cache.record(1, outcome="hit", key="k", matchedKey="k")
    called = cache.call("why", "--cache", "off", "-v")
    assert called.code == 0
    assert "the parts of the key are not known: the cache is off" in called.err


def test_a_cache_that_could_not_be_had_is_a_reason(cache: CacheHome) -> None:
    sick = CacheRestored(time=NOW, build="b", outcome="miss", key="k", failure="the disk is gone")
    cache.record(1, events=(sick,), outcome="miss", key="k")
    assert cache.document("why")["why"] == ["the disk is gone"]


def test_where_nothing_was_looked_for_there_is_no_place(cache: CacheHome) -> None:
    cache.record(1, outcome="off")
    assert cache.document("why")["lookedIn"] == []


def test_without_builds_there_is_nothing_to_explain(cache: CacheHome) -> None:
    assert cache.call("why").code == 2


def test_the_next_build_would_miss(cache: CacheHome) -> None:
    called = cache.call("why", "--next")
    assert called.code == 0
    assert called.out.startswith("the next build: a miss\n")
    assert "because nothing has been saved here yet" in called.out


def test_the_next_build_would_hit(cache: CacheHome) -> None:
    manifest = cache.put_evaluated("20", DIGEST)
    found = cache.document("why", "--next")
    assert (found["outcome"], found["key"], found["matchedKey"]) == (
        "hit", manifest.key, manifest.key,
    )  # fmt: skip
    assert found["why"] == []
    assert found["parts"][3]["files"] == [{"path": "lock", "sha256": DIGEST}]


def test_the_next_build_would_fall_back_as_a_file_has_changed(cache: CacheHome) -> None:
    old = cache.put_evaluated("20", "ab" * 32)
    found = cache.document("why", "--next")
    assert (found["outcome"], found["matchedKey"]) == ("fallback", old.key)
    assert found["why"][0] == f"lock changed (abab… → {DIGEST[:4]}…)"


def test_the_options_of_a_build_count(cache: CacheHome) -> None:
    cache.put_evaluated("18", DIGEST)
    assert cache.document("why", "--next")["why"][0] == "NODE was 18, is 20"
    assert cache.document("why", "--next", "-e", "NODE=18")["outcome"] == "hit"


def test_a_command_in_a_key_is_not_run(cache: CacheHome) -> None:
    cache.home.write("buildspec.yml", SPEC.replace("$NODE-$(", "$(touch ran)-$("))
    found = cache.document("why", "--next")
    assert found["outcome"] == "unknown"
    assert found["why"] == ["$(touch ran) is evaluated in the container"]
    assert not (cache.home.cwd / "ran").exists()


def test_a_variable_that_nobody_sets_may_be_the_image_s(cache: CacheHome) -> None:
    cache.home.write("buildspec.yml", SPEC.replace("$NODE-$(", "$NOBODY-$("))
    assert cache.document("why", "--next")["why"][-1].startswith("NOBODY is not set here")


def test_a_buildspec_without_a_cache(cache: CacheHome) -> None:
    cache.home.write("buildspec.yml", SPEC[: SPEC.index("cache:")])
    assert cache.document("why", "--next")["outcome"] == "off"


def test_next_is_about_no_build(cache: CacheHome) -> None:
    assert cache.call("why", "3", "--next").code == 2


def test_stats_count_the_builds(cache: CacheHome) -> None:
    cache.put("a", {"deps/a": b"1"})
    cache.record(1, outcome="miss", saved=True, savedBytes=10, newBytes=5, saveSeconds=1.5)
    cache.record(2, outcome="hit", restoredBytes=10, restoreSeconds=0.5)
    found = cache.document("stats")
    assert found["outcomes"] == {"hit": 1, "fallback": 0, "miss": 1}
    assert found["hitRate"] == 0.5
    assert (found["restoredBytes"], found["saveSeconds"]) == (10, 1.5)
    assert found["stores"][0]["entries"] == 1
    called = cache.call("stats")
    assert "2: 1 hit, 0 fallbacks, 1 miss (50% hits)" in called.out
    assert called.out.splitlines()[-1].startswith("there are no good builds")


def test_stats_without_builds(cache: CacheHome) -> None:
    called = cache.call("stats")
    assert called.code == 0
    assert called.out.splitlines()[-1] == "no build has looked for a cache yet"
