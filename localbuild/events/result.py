"""What a build came to: the value that `fold` makes of its events."""

from dataclasses import dataclass
from datetime import datetime

from localbuild.events.caching import CacheRestored, CacheSaved
from localbuild.events.containers import ContainerKept
from localbuild.events.model import (
    BuildEnded,
    BuildStarted,
    CommandEnded,
    CommandSkipped,
    Failed,
    PhaseContext,
    Warned,
)
from localbuild.events.outputs import ArtifactUploaded
from localbuild.events.reports import ReportMade
from localbuild.events.stand_ins import StandIns
from localbuild.terms import PhaseType, StatusType

_NO_FAILURE = (StatusType.SUCCEEDED, StatusType.IN_PROGRESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseResult:
    """One phase as the API's `BuildPhase` has it; a running phase has no `ended`."""

    type: PhaseType
    status: StatusType
    started: datetime
    ended: datetime | None = None
    context: PhaseContext = PhaseContext()
    continued: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """The whole of a build. `ended` is None while it runs or where it was cut off."""

    started: BuildStarted
    ended: BuildEnded | None = None
    buildspec: str = ""
    phases: tuple[PhaseResult, ...] = ()
    planned: int = 0
    commands: tuple[CommandEnded, ...] = ()
    skipped: tuple[CommandSkipped, ...] = ()
    exported: tuple[tuple[str, str], ...] = ()
    warnings: tuple[Warned, ...] = ()
    failure: Failed | None = None
    timings: tuple[tuple[str, float], ...] = ()
    cache_restored: CacheRestored | None = None
    cache_saved: CacheSaved | None = None
    reports: tuple[ReportMade, ...] = ()
    stand_ins: StandIns | None = None
    artifacts: tuple[ArtifactUploaded, ...] = ()
    container: str = ""
    kept: ContainerKept | None = None

    @property
    def status(self) -> StatusType:
        """The build's status; IN_PROGRESS where its end is not recorded."""
        return self.ended.status if self.ended else StatusType.IN_PROGRESS

    def phase(self, type: PhaseType) -> PhaseResult | None:
        """A phase, None where it was not entered."""
        return next((phase for phase in self.phases if phase.type is type), None)

    @property
    def failed_command(self) -> CommandEnded | None:
        """The command that made the build fail, None where none did.

        Of the first phase that failed for good: the first failure of its last attempt. A command
        that a time limit or a stop has killed is to blame too, where its exit status is known.
        """
        failed = {
            phase.type
            for phase in self.phases
            if phase.status not in _NO_FAILURE and not phase.continued
        }
        failures = [c for c in self.commands if c.exit_status and c.phase in failed]
        first = [c for c in failures if c.phase is failures[0].phase]
        last_attempt = max((c.attempt for c in first), default=0)
        return next((c for c in first if c.attempt == last_attempt), None)
