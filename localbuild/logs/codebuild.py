"""CodeBuild's own log format, line for line.

Source: reference of CodeBuild's behaviour, section 4 (rows 109 to 117). Output is not touched:
its bytes are the log's bytes. The service prints no `Entering phase` for UPLOAD_ARTIFACTS. Ours
are the lines that say what a cache did: `Cache hit: …`, `Cache saved: …`, and what it was worth;
and what a report says: `Report …`.
"""

from datetime import UTC, datetime
from typing import assert_never

from localbuild.events.caching import CacheRestored, CacheSaved
from localbuild.events.containers import ContainerKept, ContainerStarted
from localbuild.events.fold import Folding
from localbuild.events.model import (
    AgentLine,
    BuildEnded,
    BuildPlanned,
    BuildStarted,
    CommandEnded,
    CommandSkipped,
    CommandStarted,
    Event,
    Failed,
    Output,
    PhaseEnded,
    PhaseRetried,
    PhaseStarted,
    Timing,
    VariablesExported,
    Warned,
)
from localbuild.events.outputs import ArtifactUploaded
from localbuild.events.reports import ReportMade
from localbuild.events.stand_ins import StandIns
from localbuild.logs.caching import cache_line, worth_line
from localbuild.logs.reports import report_line
from localbuild.terms import COMMAND_PHASES, PhaseType

LOGGED_PHASES = (PhaseType.DOWNLOAD_SOURCE, *COMMAND_PHASES, PhaseType.UPLOAD_ARTIFACTS)
"""The phases that leave lines in the service's log."""


class CodeBuildLines:
    """Renders a history as the service's log."""

    def __init__(self) -> None:
        self._at_line_start = True
        self._folding = Folding()

    def render(self, event: Event) -> bytes:
        """The lines of an event: none, where the service prints none for such a thing."""
        if isinstance(event, Output):
            if event.data:
                self._at_line_start = event.data.endswith(b"\n")
            return event.data
        self._folding.accept(event)
        lines = _end(event, self._folding) if isinstance(event, BuildEnded) else _lines(event)
        if not lines:
            return b""
        start = b"" if self._at_line_start else b"\n"
        self._at_line_start = True
        return start + lines.encode(errors="backslashreplace")

    def finish(self) -> bytes:
        """A log ends where its events end."""
        return b""


def _lines(event: Event) -> str:
    """The service's lines for an event; it has none for what is only ours."""
    match event:
        case AgentLine():
            return _line(event.time, event.text)
        case CommandStarted():
            return _line(event.time, f"Running command {event.command}")
        case CommandEnded():
            return _command_ended(event)
        case PhaseStarted() | PhaseEnded():
            return _phase(event) if event.phase in LOGGED_PHASES else ""
        case BuildPlanned():
            return _planned(event)
        case CacheRestored() | CacheSaved() | ReportMade():
            return _line(event.time, _own(event))
        case (
            BuildStarted()
            | PhaseRetried()
            | CommandSkipped()
            | Output()
            | Warned()
            | Failed()
            | VariablesExported()
            | ArtifactUploaded()
            | StandIns()
            | ContainerStarted()
            | ContainerKept()
            | Timing()
            | BuildEnded()
        ):
            return ""
        case _:
            assert_never(event)


def _own(event: CacheRestored | CacheSaved | ReportMade) -> str:
    return report_line(event) if isinstance(event, ReportMade) else cache_line(event)


def _end(event: BuildEnded, folding: Folding) -> str:
    worth = worth_line(folding.result()) if folding.cache_restored else ""
    return _line(event.time, worth[:1].upper() + worth[1:]) if worth else ""


def _line(time: datetime, text: str) -> str:
    stamp = time.astimezone(UTC).isoformat(" ", "microseconds")[:26].replace("-", "/")
    return f"[Container] {stamp} {text}\n"


def _command_ended(event: CommandEnded) -> str:
    if event.exit_status == 0:
        return "\n"
    return "\n" + _line(
        event.time,
        f"Command did not exit successfully {event.command} exit status {event.exit_status}",
    )


def _phase(event: PhaseStarted | PhaseEnded) -> str:
    match event:
        case PhaseStarted():
            entered = event.phase in COMMAND_PHASES
            return _line(event.time, f"Entering phase {event.phase}") if entered else ""
        case PhaseEnded():
            why = event.context
            return _line(
                event.time, f"Phase complete: {event.phase} State: {event.status}"
            ) + _line(
                event.time, f"Phase context status code: {why.status_code} Message: {why.message}"
            )
        case _:
            assert_never(event)


def _planned(event: BuildPlanned) -> str:
    counts = (_line(event.time, f" {phase}: {count} commands") for phase, count in event.phases)
    return _line(event.time, f"Phases found in YAML: {len(event.phases)}") + "".join(counts)
