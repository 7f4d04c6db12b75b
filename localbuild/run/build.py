"""`run_build`: a plan becomes events; the imperative shell's spine."""

from contextlib import suppress

from localbuild.errors import LocalbuildError
from localbuild.plan.course import Course
from localbuild.plan.environment import BuildIdentity
from localbuild.plan.model import BuildPlan, PhasePlan, PlannedVariable
from localbuild.plan.transitions import Outcome
from localbuild.ports.engine import Container, Engine
from localbuild.run.boundary import build_started, report_end, report_failure
from localbuild.run.caching import CacheUse
from localbuild.run.credentials import close_credentials, fetch_credentials, give_credentials
from localbuild.run.deadline import Deadline
from localbuild.run.docker_daemon import start_docker
from localbuild.run.download import Download
from localbuild.run.ending import export_variables, give_back_files
from localbuild.run.keeping import drop_container, is_to_stay, keep_container
from localbuild.run.opening import Opening
from localbuild.run.outcome import (
    PhaseOutcome,
    StoppedError,
    interrupted_outcome,
    trouble_outcome,
    worse_of,
)
from localbuild.run.phases import PhaseRunner
from localbuild.run.reporter import Reporter
from localbuild.run.resuming import resume_source
from localbuild.run.runtimes import Runtimes
from localbuild.run.secrets import fetch_secrets
from localbuild.run.services import Services
from localbuild.run.stand_ins import report_stand_ins
from localbuild.run.states import KeptStates, NoStates
from localbuild.run.steps import Step, all_steps
from localbuild.run.upload import Upload
from localbuild.run.verdict import verdict
from localbuild.terms import PhaseType, StatusType


def run_build(plan: BuildPlan, identity: BuildIdentity, services: Services) -> int:
    """Run a plan to its end and return the exit code; every outcome is in the events.

    Only a bug raises, after the record says so: engine and image trouble, a full disk, timeouts
    and stops all end as a build with their own status and exit code.
    """
    return _Build(plan, identity, services).run()


class _Build:
    """One build on its way; `_worst` is the outcome that decides it."""

    def __init__(self, plan: BuildPlan, identity: BuildIdentity, services: Services) -> None:
        self._plan = plan
        self._course = Course(plan)
        self._states: KeptStates | NoStates = NoStates()
        self._identity = identity
        self._services = services
        self._reporter = Reporter(identity.id_in(plan.project), services.clock, services.emit)
        self._deadline = Deadline(services.clock, plan.timeout_s, services.interrupted)
        self._worst = PhaseOutcome()
        self._trouble: LocalbuildError | None = None
        self._waiting = {phase.type: phase for phase in plan.phases}
        self._outcomes: dict[PhaseType, PhaseOutcome] = {}
        self._cache = CacheUse(plan, services, self._reporter, self._deadline)
        self._engine: Engine | None = None
        self._opening = Opening(
            plan=plan,
            identity=identity,
            services=services,
            reporter=self._reporter,
            cache=self._cache,
            runtimes=Runtimes(plan=plan, reporter=self._reporter, interrupted=self._deadline),
            check=self._check,
        )
        self._secrets: tuple[PlannedVariable, ...] = ()

    def run(self) -> int:
        try:
            code = self._run_to_its_end()
            self._cache.finish()
            return code
        finally:
            with suppress(StoppedError):  # the build has its end already
                self._cache.close()
            if self._engine is not None:
                self._engine.close()

    def _run_to_its_end(self) -> int:
        self._reporter.emit(build_started(self._plan, self._identity, self._services))
        self._reporter.empty_phase(PhaseType.SUBMITTED)
        self._reporter.empty_phase(PhaseType.QUEUED)
        try:
            self._run_on_engine()
        except LocalbuildError as error:
            self._break_off(error)
        except StoppedError:
            self._end_open_phase(interrupted_outcome(self._deadline()))
        except Exception as bug:
            said = LocalbuildError(f"a bug in localbuild: {type(bug).__name__}: {bug}")
            self._trouble = said
            self._end_open_phase(trouble_outcome(said))
            self._end()
            raise
        return self._end()

    def _run_on_engine(self) -> None:
        self._secrets = fetch_secrets(
            self._plan, self._identity, self._services, self._reporter, self._check
        )
        self._reporter.phase_started(PhaseType.PROVISIONING)
        fetch_credentials(self._services, self._check)
        engine = self._engine = self._services.open_engine()
        with self._reporter.timed("leftovers"):
            engine.remove_leftovers()
        self._run_in_container(engine)
        if self._plan.cache.required:
            self._cache.finish()

    def _run_in_container(self, engine: Engine) -> None:
        with self._opening.open(engine, self._secrets) as container:
            try:
                start_docker(self._plan.environment, container, self._reporter, self._deadline)
                give_credentials(self._plan, self._services, container, self._reporter)
                self._reporter.phase_ended(PhaseType.PROVISIONING, StatusType.SUCCEEDED)
                self._run_phases(container)
            finally:
                close_credentials(self._services, self._reporter)
                stays = is_to_stay(self._services, failed=self._failed())
                if stays:
                    keep_container(container, self._states, self._services, self._reporter)
            self._reporter.phase_started(PhaseType.FINALIZING)
        if self._plan.resumed and not stays:
            drop_container(engine, self._plan.resumed.container)

    def _run_phases(self, container: Container) -> None:
        if self._services.keep != "never":
            mask = self._services.mask
            self._states = KeptStates(self._plan, container, self._reporter, mask)
        runner = PhaseRunner(self._plan, container, self._reporter, self._deadline, self._states)
        phase = PhaseType.DOWNLOAD_SOURCE
        while phase is not PhaseType.FINALIZING:
            outcome = self._run_phase(phase, self._waiting.pop(phase, None), runner, container)
            if outcome.trouble is not None:
                report_failure(self._reporter, outcome.trouble)
            self._outcomes[phase] = outcome
            self._worst = worse_of(self._worst, outcome)
            phase = self._course.after(phase, outcome.outcome)
        self._cache.save(container, self._outcomes)
        if self._worst.outcome is not Outcome.BROKEN_OFF:
            export_variables(self._plan, container, self._reporter, self._deadline)
        report_stand_ins(self._plan, self._services.fake_secrets, container, self._reporter)
        give_back_files(self._plan, self._services.owner, container, self._reporter)

    def _run_phase(
        self, type: PhaseType, phase: PhasePlan | None, runner: PhaseRunner, container: Container
    ) -> PhaseOutcome:
        if type is PhaseType.POST_BUILD and phase is not None:
            return runner.run(phase, lambda outcome: self._end_commands(container, outcome))
        if phase is not None:
            return runner.run(phase)
        if type is PhaseType.DOWNLOAD_SOURCE:
            return self._download(container)
        if type is PhaseType.UPLOAD_ARTIFACTS:
            return self._upload(container)
        self._reporter.empty_phase(type)
        return PhaseOutcome()

    def _upload(self, container: Container) -> PhaseOutcome:
        return Upload(
            plan=self._plan,
            identity=self._identity,
            services=self._services,
            reporter=self._reporter,
            interrupted=self._deadline,
            check=self._check,
        ).run(container)

    def _download(self, container: Container) -> PhaseOutcome:
        download = Download(
            plan=self._plan,
            sources=(self._services.source, *self._services.secondary_sources),
            fetch_s=self._services.fetch_s,
            cache=self._cache,
            runtimes=self._opening.runtimes,
            reporter=self._reporter,
            check=self._check,
        )
        self._reporter.phase_started(PhaseType.DOWNLOAD_SOURCE)
        if self._plan.resumed is None:
            outcome = download.run(container)
        else:
            outcome = resume_source(self._plan.resumed, download, container)
        self._reporter.phase_ended(PhaseType.DOWNLOAD_SOURCE, outcome.status, outcome.context)
        return outcome

    def _end_commands(self, container: Container, outcome: PhaseOutcome) -> PhaseOutcome:
        """The end of POST_BUILD, where the cache is saved: a stop meanwhile stops the build.

        A time limit does not: all commands have had their time.
        """
        waits = self._services.interrupted() is None
        self._cache.save(container, {**self._outcomes, PhaseType.POST_BUILD: outcome})
        asked = self._services.interrupted()
        return interrupted_outcome(asked) if waits and asked is not None else outcome

    def _check(self) -> None:
        """Raise StoppedError where the build must not go on."""
        if self._deadline() is not None:
            raise StoppedError

    def _break_off(self, error: LocalbuildError) -> None:
        """End with an error, or with the stop that somebody asked for while it was waited for."""
        report_failure(self._reporter, error)
        asked = self._services.interrupted()
        self._trouble = error if asked is None else None
        self._end_open_phase(
            trouble_outcome(error) if asked is None else interrupted_outcome(asked)
        )

    def _end_open_phase(self, outcome: PhaseOutcome) -> None:
        self._worst = outcome
        if self._reporter.open_phase is not None:
            self._reporter.phase_ended(self._reporter.open_phase, outcome.status, outcome.context)

    def _failed(self) -> bool:
        return self._worst.counts

    def _skip_what_waits(self) -> None:
        """Say of every command of the phases that were never entered that it will not run."""
        for phase in self._waiting.values():
            for step in all_steps(phase, self._plan.buildspec):
                own = f"{phase.type} was not entered: the build {self._worst.status}"
                reason = self._why_left_out(step) or own
                self._reporter.emit(step.skipped(*self._reporter.stamp(), reason))

    def _why_left_out(self, step: Step) -> str:
        """Why the user wants it so, or an earlier build has done it."""
        type = step.phase.type
        passed = self._course.why_passed(type, step.list, step.number)
        return passed or self._course.why_not_entered(type)

    def _end(self) -> int:
        self._skip_what_waits()
        status, code = verdict(self._worst, self._trouble, self._services)
        reason = self._worst.context.message if self._failed() else ""
        return report_end(self._reporter, status, code, reason)
