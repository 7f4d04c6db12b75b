"""build.json: the API's Build, with commands counted once each."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given

from localbuild.events.caching import CacheRestored, CacheSaved, ProjectCache
from localbuild.events.document import (
    build_document,
    build_number_of,
    count_commands,
    read_build_document,
)
from localbuild.events.fold import fold
from localbuild.events.model import (
    BuildEnded,
    BuildPlanned,
    BuildStarted,
    CommandEnded,
    CommandList,
    CommandSkipped,
    Event,
    PhaseContext,
    PhaseEnded,
    PhaseStarted,
    Timing,
    Warned,
)
from localbuild.terms import PhaseType, StatusType
from tests.unit.events.histories import BUILD, START, histories

STARTED = BuildStarted(
    time=START,
    build=BUILD,
    project="my-app",
    number=3,
    arn="arn",
    initiator="me",
    image="an-image",
    source="/src",
    timeout_s=90,
)
NO_CACHE: dict[str, object] = {
    "outcome": "off",
    "key": None,
    "matchedKey": None,
    "why": [],
    "restoredBytes": None,
    "restoredFiles": None,
    "restoreSeconds": None,
    "savedBytes": None,
    "newBytes": None,
    "saveSeconds": None,
    "saved": False,
    "reason": None,
}
CONTEXT = PhaseContext(status_code="COMMAND_EXECUTION_ERROR", message="why")
ENDED = BuildEnded(time=START, build=BUILD, status=StatusType.FAILED, exit_code=1)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def ended(
    number: int, status: int, *, attempt: int = 0, kind: CommandList = "commands"
) -> CommandEnded:
    return CommandEnded(
        time=at(number),
        build=BUILD,
        phase=PhaseType.BUILD,
        list=kind,
        number=number,
        command=f"command {number}",
        file="buildspec.yml",
        line=number,
        exit_status=status,
        duration_s=1.0,
        attempt=attempt,
    )


def phase(status: StatusType = StatusType.FAILED, *commands: Event) -> Iterator[Event]:
    yield PhaseStarted(time=at(1), build=BUILD, phase=PhaseType.BUILD)
    yield from commands
    yield PhaseEnded(
        time=at(3.9), build=BUILD, phase=PhaseType.BUILD, status=status, context=CONTEXT
    )


def planned(count: int) -> BuildPlanned:
    return BuildPlanned(time=START, build=BUILD, buildspec="b.yml", phases=(), planned=count)


def test_a_failed_build() -> None:
    document = build_document(fold([STARTED, planned(2), *phase(), replace(ENDED, time=at(9))]))
    assert document["id"] == BUILD
    assert document["buildStatus"] == "FAILED"
    assert document["currentPhase"] == "COMPLETED"
    assert document["buildComplete"] is True
    assert document["timeoutInMinutes"] == 2
    assert document["endTime"] == "2026-01-02T03:04:14.000006Z"
    assert document["source"] == {"type": "DIRECTORY", "location": "/src", "buildspec": "b.yml"}
    assert document["phases"] == [
        {
            "phaseType": "BUILD",
            "startTime": "2026-01-02T03:04:06.000006Z",
            "phaseStatus": "FAILED",
            "endTime": "2026-01-02T03:04:08.900006Z",
            "durationInSeconds": 2,
            "contexts": [{"statusCode": "COMMAND_EXECUTION_ERROR", "message": "why"}],
        },
        {"phaseType": "COMPLETED", "startTime": "2026-01-02T03:04:14.000006Z"},
    ]


def test_a_build_that_was_cut_off_is_in_progress() -> None:
    document = build_document(
        fold([STARTED, PhaseStarted(time=START, build=BUILD, phase=PhaseType.INSTALL)])
    )
    assert (document["buildStatus"], document["currentPhase"]) == ("IN_PROGRESS", "INSTALL")
    assert document["buildComplete"] is False
    assert "endTime" not in document
    assert document["phases"] == [
        {"phaseType": "INSTALL", "startTime": "2026-01-02T03:04:05.000006Z"}
    ]


def test_a_build_that_has_only_begun_is_submitted() -> None:
    assert build_document(fold([STARTED]))["currentPhase"] == "SUBMITTED"


def test_completed_is_there_once() -> None:
    completed = PhaseStarted(time=START, build=BUILD, phase=PhaseType.COMPLETED)
    phases = build_document(fold([STARTED, completed, ENDED]))["phases"]
    assert phases == [{"phaseType": "COMPLETED", "startTime": "2026-01-02T03:04:05.000006Z"}]


COUNTS: dict[str, tuple[list[Event], tuple[int, int]]] = {
    "none": ([], (0, 0)),
    "one failed": ([ended(1, 0), ended(2, 1)], (2, 1)),
    "a retry counts once": ([ended(1, 1), ended(1, 1, attempt=1)], (1, 1)),
    "a retry that helped": ([ended(1, 1), ended(1, 0, attempt=1), ended(2, 0)], (2, 0)),
    "finally is another list": ([ended(1, 0), ended(1, 1, kind="finally")], (2, 1)),
}


@pytest.mark.parametrize(("events", "expected"), COUNTS.values(), ids=COUNTS.keys())
def test_commands_count_once(events: list[Event], expected: tuple[int, int]) -> None:
    counts = count_commands(fold([STARTED, planned(4), *events]))
    assert counts == {"planned": 4, "ran": expected[0], "failed": expected[1]}


def test_the_command_that_failed_and_why() -> None:
    command = replace(ended(1, 127), note="the output says so", hints=("try this",))
    events = phase(StatusType.FAILED, command)
    own = build_document(fold([STARTED, *events, ENDED]))["localbuild"]
    assert isinstance(own, dict)
    assert own["failedCommand"] == {
        "phase": "BUILD",
        "list": "commands",
        "number": 1,
        "command": command.command,
        "file": command.file,
        "line": command.line,
        "exitStatus": 127,
        "durationInSeconds": command.duration_s,
        "note": "the output says so",
        "hints": ["try this"],
    }


def test_a_debug_session() -> None:
    assert "debugSession" not in build_document(fold([STARTED]))
    document = build_document(fold([replace(STARTED, debug_session=True)]))
    assert document["debugSession"] == {"sessionEnabled": True}


def test_our_own_part() -> None:
    skipped = CommandSkipped(
        time=START,
        build=BUILD,
        phase=PhaseType.BUILD,
        list="commands",
        number=2,
        command="npm test",
        file="buildspec.yml",
        line=7,
        reason="BUILD FAILED",
    )
    timing = Timing(time=START, build=BUILD, name="image", seconds=0.25)
    warned = Warned(time=START, build=BUILD, message="odd", code="LB1")
    document = build_document(fold([STARTED, timing, skipped, warned, timing, ENDED]))
    own = document["localbuild"]
    assert isinstance(own, dict)
    assert (own["exitCode"], own["failedCommand"]) == (1, None)
    assert own["timings"] == {"image": 0.5}
    assert own["cache"] == NO_CACHE
    assert document["cache"] == {"type": "NO_CACHE"}
    assert own["skipped"] == [
        {
            "phase": "BUILD",
            "list": "commands",
            "number": 2,
            "command": "npm test",
            "file": "buildspec.yml",
            "line": 7,
            "reason": "BUILD FAILED",
        }
    ]
    assert own["warnings"][0]["message"] == "odd"


def test_what_became_of_the_cache() -> None:
    cache = ProjectCache(type="S3", location="bucket/p", cache_namespace="team")
    restored = CacheRestored(
        time=START,
        build=BUILD,
        outcome="fallback",
        key="npm-b",
        matched_key="npm-a",
        why=("package-lock.json changed",),
        files=2,
        size_bytes=30,
        seconds=0.5,
    )
    saved = CacheSaved(
        time=START, build=BUILD, saved=True, key="npm-b", size_bytes=40, new_bytes=9, seconds=0.25
    )
    document = build_document(fold([replace(STARTED, cache=cache), restored, saved, ENDED]))
    assert document["cache"] == {
        "type": "S3",
        "location": "bucket/p",
        "cacheNamespace": "team",
    }
    own = document["localbuild"]
    assert isinstance(own, dict)
    assert own["cache"] == {
        "outcome": "fallback",
        "key": "npm-b",
        "matchedKey": "npm-a",
        "why": ["package-lock.json changed"],
        "restoredBytes": 30,
        "restoredFiles": 2,
        "restoreSeconds": 0.5,
        "savedBytes": 40,
        "newBytes": 9,
        "saveSeconds": 0.25,
        "saved": True,
        "reason": None,
    }


def test_what_was_not_done_has_no_numbers() -> None:
    missed = CacheRestored(time=START, build=BUILD, outcome="miss", key="k", seconds=0.5)
    saved = CacheSaved(time=START, build=BUILD, saved=False, key="k", reason="BUILD FAILED")
    own = build_document(fold([STARTED, missed, saved, ENDED]))["localbuild"]
    assert isinstance(own, dict)
    wanted = {"outcome": "miss", "key": "k", "reason": "BUILD FAILED"}
    assert own["cache"] == NO_CACHE | wanted


@pytest.mark.parametrize(
    ("status", "number"),
    [
        (StatusType.FAILED, 2),
        (StatusType.TIMED_OUT, 2),
        (StatusType.STOPPED, 2),
        (StatusType.SUCCEEDED, None),
    ],
)
def test_the_command_to_blame(status: StatusType, number: int | None) -> None:
    commands = (ended(1, 1), ended(1, 0, attempt=1), ended(2, 3, attempt=1), ended(3, 1, attempt=1))
    found = fold([STARTED, *phase(status, *commands)]).failed_command
    assert (found.number if found else None) == number


@given(histories())
def test_a_summary_reads_what_a_document_says(history: tuple[Event, ...]) -> None:
    result = fold(history)
    document = build_document(result)
    summary = read_build_document(document)
    assert summary.number == build_number_of(document) == result.started.number
    assert (summary.status, summary.started) == (result.status, result.started.time)
    assert summary.ended == (result.ended.time if result.ended else None)
    assert summary.exit_code == (result.ended.exit_code if result.ended else None)
    assert 0 <= summary.failed <= summary.ran


@pytest.mark.parametrize("document", [{}, {"localbuild": {"commands": {}}}, {"localbuild": 3}])
def test_a_strange_document_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_build_document(document)
