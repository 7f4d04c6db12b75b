"""`fold`: a build's events become its result, one step an event."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import singledispatchmethod

from localbuild.events.caching import CacheRestored, CacheSaved
from localbuild.events.containers import ContainerKept, ContainerStarted
from localbuild.events.model import (
    BuildEnded,
    BuildPlanned,
    BuildStarted,
    CommandEnded,
    CommandSkipped,
    Event,
    Failed,
    PhaseEnded,
    PhaseStarted,
    Timing,
    VariablesExported,
    Warned,
)
from localbuild.events.outputs import ArtifactUploaded
from localbuild.events.reports import ReportMade
from localbuild.events.result import BuildResult, PhaseResult
from localbuild.events.stand_ins import StandIns
from localbuild.terms import StatusType


def fold(events: Iterable[Event]) -> BuildResult:
    """The result of a history. A history cut off at any point has one too.

    Raises ValueError where the history does not begin with `BuildStarted`.
    """
    folding = Folding()
    for event in events:
        folding.accept(event)
    return folding.result()


@dataclass(slots=True)
class Folding:
    """A fold in progress: keeps what counts, forgets the output."""

    started: BuildStarted | None = None
    ended: BuildEnded | None = None
    buildspec: str = ""
    planned: int = 0
    failure: Failed | None = None
    phases: list[PhaseResult] = field(default_factory=list)
    commands: list[CommandEnded] = field(default_factory=list)
    skipped: list[CommandSkipped] = field(default_factory=list)
    exported: tuple[tuple[str, str], ...] = ()
    warnings: list[Warned] = field(default_factory=list)
    timings: list[tuple[str, float]] = field(default_factory=list)
    cache_restored: CacheRestored | None = None
    cache_saved: CacheSaved | None = None
    reports: list[ReportMade] = field(default_factory=list)
    stand_ins: StandIns | None = None
    artifacts: list[ArtifactUploaded] = field(default_factory=list)
    container: str = ""
    kept: ContainerKept | None = None

    def accept(self, event: Event) -> None:
        """Take the next event of the history."""
        self._take(event)

    def result(self) -> BuildResult:
        """What the history so far came to."""
        if self.started is None:
            raise ValueError("a build's history begins with build-started")
        return BuildResult(
            started=self.started,
            ended=self.ended,
            buildspec=self.buildspec,
            phases=tuple(self.phases),
            planned=self.planned,
            commands=tuple(self.commands),
            skipped=tuple(self.skipped),
            exported=self.exported,
            warnings=tuple(self.warnings),
            failure=self.failure,
            timings=tuple(self.timings),
            cache_restored=self.cache_restored,
            cache_saved=self.cache_saved,
            reports=tuple(self.reports),
            stand_ins=self.stand_ins,
            artifacts=tuple(self.artifacts),
            container=self.container,
            kept=self.kept,
        )

    @singledispatchmethod
    def _take(self, event: Event) -> None:
        """Events that leave no trace in the result: output, lines of text, beginnings."""

    @_take.register
    def _(self, event: BuildStarted) -> None:
        self.started = event
        self.planned = event.planned

    @_take.register
    def _(self, event: BuildPlanned) -> None:
        self.buildspec = event.buildspec
        self.planned = event.planned

    @_take.register
    def _(self, event: PhaseStarted) -> None:
        self.phases.append(
            PhaseResult(type=event.phase, status=StatusType.IN_PROGRESS, started=event.time)
        )

    @_take.register
    def _(self, event: PhaseEnded) -> None:
        running = self.phases.pop()
        self.phases.append(
            replace(
                running,
                status=event.status,
                ended=event.time,
                context=event.context,
                continued=event.continued,
            )
        )

    @_take.register
    def _(self, event: CommandEnded) -> None:
        self.commands.append(event)

    @_take.register
    def _(self, event: CommandSkipped) -> None:
        self.skipped.append(event)

    @_take.register
    def _(self, event: VariablesExported) -> None:
        self.exported = event.variables

    @_take.register
    def _(self, event: Warned) -> None:
        if not event.is_note:
            self.warnings.append(event)

    @_take.register
    def _(self, event: Failed) -> None:
        self.failure = event

    @_take.register
    def _(self, event: CacheRestored) -> None:
        self.cache_restored = event

    @_take.register
    def _(self, event: CacheSaved) -> None:
        self.cache_saved = event

    @_take.register
    def _(self, event: ReportMade) -> None:
        self.reports.append(event)

    @_take.register
    def _(self, event: ArtifactUploaded) -> None:
        self.artifacts.append(event)

    @_take.register
    def _(self, event: StandIns) -> None:
        self.stand_ins = event

    @_take.register
    def _(self, event: ContainerStarted) -> None:
        self.container = event.name

    @_take.register
    def _(self, event: ContainerKept) -> None:
        self.kept = event

    @_take.register
    def _(self, event: Timing) -> None:
        self.timings.append((event.name, event.seconds))

    @_take.register
    def _(self, event: BuildEnded) -> None:
        self.ended = event
