"""What a cache was worth, from the records of builds."""

import pytest

from localbuild.cache.stats import fold_stats


def build(
    outcome: str, took_s: float, restore_s: float = 0, save_s: float = 0, status: str = "SUCCEEDED"
) -> dict[str, object]:
    minutes, seconds = divmod(int(took_s), 60)
    end = f"2026-01-01T00:{minutes:02d}:{seconds:02d}Z"
    restored = outcome in ("hit", "fallback")
    return {
        "buildNumber": 1,
        "buildStatus": status,
        "cache": {"type": "S3"},
        "phases": [
            {"phaseType": "INSTALL", "startTime": "2026-01-01T00:00:00Z", "endTime": end},
            {"phaseType": "POST_BUILD", "startTime": end, "endTime": end},
        ],
        "localbuild": {
            "cache": {
                "outcome": outcome,
                "restoredBytes": 1000 if restored else None,
                "restoreSeconds": restore_s if restored else None,
                "savedBytes": 2000 if save_s else None,
                "newBytes": 500 if save_s else None,
                "saveSeconds": save_s or None,
            }
        },
    }


def test_builds_are_counted_by_outcome() -> None:
    stats = fold_stats(
        [build("miss", 60, save_s=5), build("hit", 20, 1), build("hit", 22, 1),
         build("fallback", 30, 2, 3), build("off", 60)]
    )  # fmt: skip
    assert stats.outcomes == {"hit": 2, "fallback": 1, "miss": 1}
    assert (stats.builds, stats.looked, stats.hit_rate) == (5, 4, 0.5)
    assert (stats.restored_bytes, stats.saved_bytes, stats.new_bytes) == (3000, 4000, 1000)
    assert (stats.restore_s, stats.save_s) == (4, 8)


def test_time_is_held_against_builds_without_a_cache() -> None:
    stats = fold_stats([build("miss", 65, save_s=5), build("hit", 20, 1), build("fallback", 40, 2)])
    assert stats.baseline_s == 60
    assert stats.compared == 2
    assert stats.won_s == (60 - 21) + (60 - 42) - 5
    assert stats.verdict == "the cache saved about 52.0s in 2 builds"


def test_a_cache_that_costs_more_than_it_saves_is_said_so() -> None:
    stats = fold_stats([build("miss", 20, save_s=10), build("hit", 9, 3)])
    assert stats.won_s == -12
    assert stats.verdict == "the cache costs more than it saves: about 12.0s lost in 1 build"


@pytest.mark.parametrize(("without", "took"), [(1, 1.5), (100, 99), (100, 101)])
def test_what_builds_differ_by_anyway_is_no_difference(without: float, took: float) -> None:
    stats = fold_stats([build("off", without), build("hit", 0, took)])
    assert stats.verdict == "the cache made no difference that can be told in 1 build"


def test_failed_builds_are_not_held_against_others() -> None:
    stats = fold_stats([build("miss", 10, status="FAILED"), build("hit", 5, status="FAILED")])
    assert stats.baseline_s is None
    assert stats.compared == 0
    assert stats.won_s is None
    assert "no good builds" in stats.verdict


def test_without_builds_there_is_nothing_to_say() -> None:
    stats = fold_stats([])
    assert stats.hit_rate is None
    assert stats.verdict == "no build has looked for a cache yet"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"localbuild": 3},
        {"localbuild": {"cache": []}},
        {"localbuild": {"cache": {"outcome": "hit", "restoredBytes": "x"}}, "phases": 7},
        {"localbuild": {"cache": {"outcome": "hit"}}, "buildStatus": "SUCCEEDED", "phases": [{}]},
        {
            "localbuild": {"cache": {"outcome": "hit"}},
            "buildStatus": "SUCCEEDED",
            "phases": [
                {"phaseType": "INSTALL", "startTime": "never"},
                {"phaseType": "POST_BUILD", "endTime": 3},
            ],
        },
    ],
)
def test_strange_records_count_for_nothing(document: dict[str, object]) -> None:
    stats = fold_stats([document])
    assert stats.won_s is None
    assert stats.restored_bytes == 0
