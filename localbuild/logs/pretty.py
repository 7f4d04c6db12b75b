"""A build for people: one line a phase and a command, output untouched below, the end in words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, assert_never

from localbuild.errors import StatusCode
from localbuild.events.caching import CacheRestored, CacheSaved
from localbuild.events.containers import ContainerKept, ContainerStarted
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
from localbuild.lines import one_line
from localbuild.logs.ansi import AnsiFilter
from localbuild.logs.ending import Watch
from localbuild.logs.outputs import side_line
from localbuild.logs.style import Style
from localbuild.logs.summary import (
    command_place,
    context_text,
    first_line,
    late_lines,
    summary_lines,
)
from localbuild.terms import COMMAND_PHASES, PhaseType, StatusType
from localbuild.units import print_duration

_MINOR_PHASES = (
    PhaseType.SUBMITTED,
    PhaseType.QUEUED,
    PhaseType.FINALIZING,
    PhaseType.COMPLETED,
)
"""Phases that nobody wants to read of, unless they failed."""

_WORTH_TELLING_S = 1.0


class PrettyLines:
    """Renders a history for people; `quiet` leaves only the end, `verbose` adds CodeBuild's lines.

    Of the container's own control sequences at most colours pass.
    """

    def __init__(self, style: Style, *, quiet: bool = False, verbose: bool = False) -> None:
        self._style = style
        self._quiet = quiet
        self._verbose = verbose
        self._watch = Watch()
        self._filter = AnsiFilter(keep_sgr=style.color)
        self._counts: dict[PhaseType, int] = {}
        self._phase_started: datetime | None = None
        self._at_line_start = True
        self._colored = False
        self._printed = False

    def render(self, event: Event) -> bytes:
        """The lines of an event."""
        total = self._watch.running.total if self._watch.running else 0
        self._watch.accept(event)
        if isinstance(event, Output):
            return b"" if self._quiet else self._output(event.data)
        if isinstance(event, BuildEnded):
            return self._lines("\n".join(summary_lines(self._watch.ending(), self._style)))
        text = self._text(event, total)
        return self._lines(text) if text and not self._quiet else b""

    def finish(self) -> bytes:
        """A history that was cut off ends without words, but at a line's end."""
        newline = b"" if self._at_line_start else b"\n"
        if not self._watch.late:
            return newline
        return newline + self._lines("\n".join(late_lines(self._watch.ending(), self._style)))

    def _text(self, event: Event, total: int) -> str:
        match event:
            case BuildStarted():
                return self._header(event)
            case CommandStarted() | CommandEnded():
                return self._command(event, total)
            case PhaseStarted() | PhaseEnded() | PhaseRetried() | BuildPlanned():
                return self._phase(event)
            case AgentLine() | Timing():
                return self._detail(event) if self._verbose else ""
            case VariablesExported():
                return self._exported(event)
            case CacheRestored() | CacheSaved() | ArtifactUploaded():
                return f"  {side_line(event)}"
            case (
                CommandSkipped()
                | Warned()
                | Failed()
                | Output()
                | ReportMade()
                | StandIns()
                | BuildEnded()
                | ContainerStarted()
                | ContainerKept()
            ):
                return ""
            case _:
                assert_never(event)

    def _output(self, data: bytes) -> bytes:
        shown = self._filter.feed(data)
        if shown:
            self._printed = True
            self._at_line_start = shown.endswith(b"\n")
            self._colored = self._colored or b"\x1b" in shown
        return shown

    def _output_end(self) -> bytes:
        """The byte that the filter may hold where the output ends within a character."""
        held = self._filter.finish()
        self._at_line_start = self._at_line_start and not held
        return held

    def _lines(self, text: str) -> bytes:
        """A text of ours, on a line of its own and in colours of its own."""
        before = self._output_end() + (b"\x1b[0m" if self._colored else b"")
        if not self._at_line_start:
            before += b"\n"
        self._at_line_start = True
        self._colored = False
        return before + self._style.encode(text + "\n")

    def _header(self, event: BuildStarted) -> str:
        name = self._style.paint("strong", f"{one_line(event.project)} #{event.number}")
        parts = ["localbuild", name, one_line(event.image), one_line(event.source)]
        return f" {self._style.sign('dot')} ".join(part for part in parts if part)

    def _command(self, event: CommandStarted | CommandEnded, total: int) -> str:
        if isinstance(event, CommandStarted):
            return self._command_started(event)
        return self._command_ended(event, total)

    def _command_started(self, event: CommandStarted) -> str:
        style = self._style
        self._printed = False
        where = style.paint("faint", f"({one_line(event.file)}:{event.line})")
        text = style.paint("strong", first_line(event.command, style))
        return f"{style.sign('run')} {command_place(event)}/{event.total}  {text}  {where}"

    def _command_ended(self, event: CommandEnded, total: int) -> str:
        """A line of its own where it says more than the next line will."""
        told_next = total == 1 or not (self._printed or event.duration_s >= _WORTH_TELLING_S)
        if event.exit_status == 0 and told_next:
            return ""
        time = self._style.paint("faint", print_duration(event.duration_s))
        status = f"exit status {event.exit_status}  " if event.exit_status else ""
        return f"{self._mark(not status)} {command_place(event)}/{total}  {status}{time}"

    def _exported(self, event: VariablesExported) -> str:
        pairs = (one_line(f"{name}={value}") for name, value in event.variables)
        return "\n".join(f"  {self._style.paint('faint', 'exported')} {pair}" for pair in pairs)

    def _phase(self, event: PhaseStarted | PhaseEnded | PhaseRetried | BuildPlanned) -> str:
        match event:
            case PhaseStarted():
                self._phase_started = event.time
                return ""
            case BuildPlanned():
                self._counts = dict(event.phases)
                return ""
            case PhaseRetried():
                count = f"retry {event.attempt} of {event.retries}"
                return (
                    f"{self._style.sign('retry')} {event.phase}  {count}  {one_line(event.reason)}"
                )
            case PhaseEnded():
                return self._phase_ended(event)
            case _:
                assert_never(event)

    def _phase_ended(self, event: PhaseEnded) -> str:
        good = event.status is StatusType.SUCCEEDED
        if good and event.phase in _MINOR_PHASES:
            return ""
        name = str(event.phase) if good else f"{event.phase} {event.status}"
        since = self._phase_started or event.time
        time = print_duration(max(0.0, (event.time - since).total_seconds()))
        notes = f" {self._style.sign('dot')} ".join(self._notes(event))
        return f"{self._mark(good)} {name:<18}{time:>7}  {notes}".rstrip()

    def _notes(self, event: PhaseEnded) -> Iterator[str]:
        if event.phase in COMMAND_PHASES and not self._counts.get(event.phase):
            yield self._style.paint("faint", "no commands")
        if (
            event.context.message
            and event.context.status_code != StatusCode.COMMAND_EXECUTION_ERROR
        ):
            yield context_text(event.context)
        if event.continued:
            yield "on-failure: CONTINUE"

    def _mark(self, good: bool) -> str:
        sign: Literal["good", "bad"] = "good" if good else "bad"
        return self._style.paint(sign, self._style.sign(sign))

    def _detail(self, event: AgentLine | Timing) -> str:
        if isinstance(event, AgentLine):
            return self._style.paint("faint", f"  {one_line(event.text)}")
        text = f"  {event.name}  {print_duration(event.seconds)}  {one_line(event.detail)}"
        return self._style.paint("faint", text.rstrip())
