"""The run's voice: stamps events with time and build, and hands them on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from localbuild.events.containers import ContainerStarted
from localbuild.events.model import (
    AgentLine,
    Event,
    PhaseContext,
    PhaseEnded,
    PhaseStarted,
    Timing,
    Warned,
)
from localbuild.plan.model import Notice
from localbuild.ports.clock import Clock
from localbuild.terms import PhaseType, StatusType


class Reporter:
    """Says what happens in one build."""

    def __init__(self, build: str, clock: Clock, emit: Callable[[Event], None]) -> None:
        self.build = build
        self.clock = clock
        self.emit = emit
        self.open_phase: PhaseType | None = None
        self.container = ""

    def stamp(self) -> tuple[datetime, str]:
        """What every event has: its time and its build."""
        return self.clock.now(), self.build

    def phase_started(self, phase: PhaseType) -> None:
        """A phase is entered."""
        self.open_phase = phase
        self.emit(PhaseStarted(time=self.clock.now(), build=self.build, phase=phase))

    def phase_ended(
        self,
        phase: PhaseType,
        status: StatusType,
        context: PhaseContext | None = None,
        *,
        continued: bool = False,
    ) -> None:
        """A phase is over."""
        self.open_phase = None
        self.emit(
            PhaseEnded(
                time=self.clock.now(),
                build=self.build,
                phase=phase,
                status=status,
                context=context or PhaseContext(),
                continued=continued,
            )
        )

    def empty_phase(self, phase: PhaseType) -> None:
        """A phase that has nothing to do."""
        self.phase_started(phase)
        self.phase_ended(phase, StatusType.SUCCEEDED)

    def container_started(self, name: str) -> None:
        """The build has a container."""
        self.container = name
        self.emit(ContainerStarted(time=self.clock.now(), build=self.build, name=name))

    def line(self, phase: PhaseType, text: str) -> None:
        """A line of CodeBuild's own."""
        self.emit(AgentLine(time=self.clock.now(), build=self.build, phase=phase, text=text))

    def warn(self, message: str, *, code: str = "", hints: tuple[str, ...] = ()) -> None:
        """Something that the user should know."""
        self.emit(
            Warned(time=self.clock.now(), build=self.build, message=message, code=code, hints=hints)
        )

    def note(self, message: str, *, hints: tuple[str, ...] = ()) -> None:
        """Something that was asked for."""
        time, build = self.stamp()
        self.emit(Warned(time=time, build=build, message=message, hints=hints, is_note=True))

    def notice(self, notice: Notice, file: str) -> None:
        """A notice of the plan, with its place. `file`: the buildspec's."""
        self.emit(
            Warned(
                time=self.clock.now(),
                build=self.build,
                message=notice.message,
                code=notice.code,
                file=(notice.file or file) if notice.line else "",
                line=notice.line,
                hints=notice.hints,
            )
        )

    @contextmanager
    def timed(self, name: str, detail: Callable[[], str] = str) -> Iterator[None]:
        """Measure a step of ours."""
        start = self.clock.monotonic()
        yield
        self.measured(name, self.clock.monotonic() - start, detail())

    def measured(self, name: str, seconds: float, detail: str = "") -> None:
        """A step of ours took that long."""
        time, build = self.stamp()
        rounded = round(seconds, 6)
        self.emit(Timing(time=time, build=build, name=name, seconds=rounded, detail=detail))
