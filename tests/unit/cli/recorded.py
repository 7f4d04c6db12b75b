"""Records on disk, made from written-down histories by the sinks that make real ones."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from localbuild.cli.records.folders import allocate_record
from localbuild.events.model import BuildStarted, Event
from localbuild.logs.bus import Bus
from localbuild.logs.files import CodeBuildLogSink, JsonlSink, RecordSink
from localbuild.terms import PhaseType, StatusType
from tests.unit.logs.samples import (
    build_ended,
    command_ended,
    command_started,
    failing_build,
    output,
    phase_ended,
    phase_started,
    planned,
    started,
)


def record(source: Path, events: Iterable[Event], build: str = "") -> Path:
    """Record a history as the next build of a source; `build` is another id for it."""
    folder = allocate_record(source)
    bus = Bus(
        [
            JsonlSink(folder.path / "events.jsonl"),
            CodeBuildLogSink(folder.path / "build.log"),
            RecordSink(folder.path / "build.json"),
        ]
    )
    for event in events:
        numbered = _numbered(event, folder.number)
        bus.emit(replace(numbered, build=build) if build else numbered)
    bus.close()
    return folder.path


def good_build() -> list[Event]:
    """One command, and it works."""
    return [
        started(),
        planned(0.3, 1),
        phase_started(1, PhaseType.BUILD),
        command_started(1.1, 1, "npm ci"),
        output(2, b"added\n"),
        command_ended(2.6, 1, "npm ci"),
        phase_ended(2.7, PhaseType.BUILD),
        build_ended(3, StatusType.SUCCEEDED),
    ]


def running_build() -> list[Event]:
    """A build that has not ended."""
    return failing_build()[:11]


def _numbered(event: Event, number: int) -> Event:
    return replace(event, number=number) if isinstance(event, BuildStarted) else event
