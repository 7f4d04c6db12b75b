"""Which past build a cache's worth is told against, and what is told of one build's cache."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from localbuild.cli.records.deaths import end_dead_builds
from localbuild.cli.records.folders import builds_directory
from localbuild.cli.records.history import find_baseline, read_document, read_history
from localbuild.events.caching import Baseline, CacheOutcome, CacheRestored, CacheSaved
from localbuild.events.model import BuildEnded, BuildStarted, Event, Warned
from localbuild.terms import PhaseType, StatusType
from tests.unit.cli.calling import Home
from tests.unit.cli.recorded import record, running_build
from tests.unit.events.histories import BUILD
from tests.unit.logs.samples import at, build_ended, phase_ended, phase_started, started


def build(
    outcome: CacheOutcome | None = None,
    *,
    seconds: float = 10,
    status: StatusType = StatusType.SUCCEEDED,
    project: str = "my-app",
) -> Iterable[Event]:
    """A build whose commands took that long."""
    yield replace(started(), project=project)
    if outcome:
        baseline = Baseline(number=1, seconds=99)
        yield CacheRestored(
            time=at(1), build=BUILD, outcome=outcome, key="k", seconds=0.5, baseline=baseline
        )
    yield phase_started(1, PhaseType.INSTALL)
    yield phase_ended(2, PhaseType.INSTALL)
    yield phase_started(3, PhaseType.POST_BUILD)
    if outcome:
        yield CacheSaved(time=at(4), build=BUILD, saved=False, reason="there already")
    yield phase_ended(1 + seconds, PhaseType.POST_BUILD)
    yield build_ended(60, status)


@pytest.mark.parametrize(
    ("builds", "number"),
    [
        ([], 0),
        ([build()], 1),
        ([build(), build("miss")], 2),
        ([build(), build("hit"), build("fallback")], 1),
        ([build(), build(status=StatusType.FAILED)], 1),
        ([build(), build(project="other")], 1),
        ([build(), *(build("hit") for _ in range(18))], 1),
        ([build(), *(build("hit") for _ in range(19))], 0),
    ],
)
def test_the_newest_good_build_without_a_cache(
    builds: list[Iterable[Event]], number: int, tmp_path: Path
) -> None:
    for events in builds:
        record(tmp_path, events)
    record(tmp_path, running_build())
    found = find_baseline(builds_directory(tmp_path), "my-app")
    assert found.number == number
    assert found.seconds == (10 if found.number else 0)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"projectName": "my-app"}'])
def test_a_record_that_is_none_is_passed_over(text: str, tmp_path: Path) -> None:
    record(tmp_path, build())
    (record(tmp_path, build()) / "build.json").write_text(text)
    assert find_baseline(builds_directory(tmp_path), "my-app").number == 1


def test_show_tells_of_the_cache(home: Home) -> None:
    record(home.cwd, build("hit"))
    lines = home.call("show").out.splitlines()
    assert "  Cache hit: key k (0 B, 0 files) in 0.5 s" in lines
    assert "  Cache not saved: there already" in lines
    assert "  this build was 1m28s faster than build 1, which had no cache" in lines


def test_a_warning_after_the_end_is_no_sign_of_death(tmp_path: Path) -> None:
    late = Warned(time=at(61), build=BUILD, message="cache: the upload failed")
    path = record(tmp_path, [*build(), late])
    document = read_document(path)
    assert document["buildStatus"] == "SUCCEEDED"
    text = (path / "build.json").read_text()
    assert "cache: the upload failed" in text
    (path / "build.json").write_text(text.replace("SUCCEEDED", "IN_PROGRESS"))
    end_dead_builds(path.parent)
    assert read_document(path)["buildStatus"] == "SUCCEEDED"
    ends = [e for e in read_history(path) if isinstance(e, BuildEnded)]
    assert [e.status for e in ends] == [StatusType.SUCCEEDED]
    assert isinstance(next(read_history(path)), BuildStarted)
