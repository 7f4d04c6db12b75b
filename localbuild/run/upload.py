"""UPLOAD_ARTIFACTS: the outputs and the reports of a build leave its container."""

from collections.abc import Callable
from dataclasses import dataclass

from localbuild.plan.environment import BuildIdentity
from localbuild.plan.model import BuildPlan
from localbuild.ports.engine import Container, Interrupted
from localbuild.run.artifacts import ArtifactUse
from localbuild.run.outcome import PhaseOutcome, StoppedError, interrupted_outcome
from localbuild.run.report_discovery import Discovery
from localbuild.run.reporter import Reporter
from localbuild.run.reports import ReportUse
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

    def run(self, container: Container) -> PhaseOutcome:
        """Hand out what the plan names and say what CodeBuild says."""
        self.reporter.phase_started(PhaseType.UPLOAD_ARTIFACTS)
        try:
            outcome = self._hand_out_artifacts(container)
            self._make_reports(container)
        except StoppedError:
            outcome = interrupted_outcome(self.interrupted())
        self.reporter.phase_ended(PhaseType.UPLOAD_ARTIFACTS, outcome.status, outcome.context)
        return outcome

    def _hand_out_artifacts(self, container: Container) -> PhaseOutcome:
        opening = self.services.open_artifacts
        if opening is None or not self.plan.artifacts:
            return PhaseOutcome()
        return ArtifactUse(
            plan=self.plan,
            identity=self.identity,
            artifacts=opening(self.check),
            collector=self.services.open_collector(self.check),
            reporter=self.reporter,
            interrupted=self.interrupted,
            check=self.check,
        ).run(container)

    def _make_reports(self, container: Container) -> None:
        """Those that the buildspec names; where it names none, those that are found."""
        reports = self.services.reports
        if reports is None:
            return
        use = ReportUse(
            plan=self.plan,
            identity=self.identity,
            reports=reports,
            collector=self.services.open_collector(self.check),
            reporter=self.reporter,
            interrupted=self.interrupted,
            check=self.check,
            unattended=self.services.unattended,
        )
        if self.plan.reports:
            use.make(container)
        else:
            Discovery(use=use).run(container)
