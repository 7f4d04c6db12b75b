"""`run_build`: a plan becomes events; the imperative shell's spine."""

from contextlib import suppress
from dataclasses import replace
from functools import partial

from localbuild.errors import LocalbuildError
from localbuild.plan.environment import BuildIdentity
from localbuild.plan.model import BuildPlan, PhasePlan, PlannedVariable
from localbuild.plan.transitions import TRANSITIONS, Outcome
from localbuild.ports.engine import Container, Engine
from localbuild.run.boundary import build_started, report_end, report_failure
from localbuild.run.caching import CacheUse
from localbuild.run.credentials import close_credentials, fetch_credentials, give_credentials
from localbuild.run.deadline import Deadline
from localbuild.run.docker_daemon import start_docker
from localbuild.run.download import Download
from localbuild.run.ending import export_variables, give_back_files, keep_container
from localbuild.run.outcome import (
    PhaseOutcome,
    StoppedError,
    interrupted_outcome,
    trouble_outcome,
    worse_of,
)
from localbuild.run.phases import PhaseRunner
from localbuild.run.privilege import NOT_FULL, open_build_container
from localbuild.run.provision import container_spec, fit_to_engine, provide_image
from localbuild.run.reporter import Reporter
from localbuild.run.runtimes import Runtimes
from localbuild.run.secrets import fetch_secrets, with_values
from localbuild.run.services import Services
from localbuild.run.stand_ins import report_stand_ins
from localbuild.run.steps import all_steps
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
        self._runtimes = Runtimes(plan=plan, reporter=self._reporter, interrupted=self._deadline)
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
        with self._reporter.timed("image"):
            image = provide_image(engine, self._plan.environment, self._check)
        environment, said = fit_to_engine(engine, self._plan.environment)
        if said:
            self._reporter.warn(said)
        plan = replace(self._plan, environment=environment)
        chosen = self._cache.prepare(plan, self._identity, image, engine)
        told = with_values(plan, self._secrets)
        self._runtimes = self._runtimes.knowing(told, self._identity, image)
        spec = container_spec(told, self._identity, chosen, self._services)
        self._check()
        began = self._services.clock.monotonic()
        on_less = partial(self._reporter.warn, code=NOT_FULL)
        give_up = self._cache.give_up
        with open_build_container(engine, spec, image, on_less, give_up) as container:
            self._reporter.measured("container", self._services.clock.monotonic() - began)
            try:
                start_docker(environment, container, self._reporter, self._deadline)
                give_credentials(self._plan, self._services, container, self._reporter)
                self._reporter.phase_ended(PhaseType.PROVISIONING, StatusType.SUCCEEDED)
                self._run_phases(container)
            finally:
                close_credentials(self._services, self._reporter)
                self._keep_where_asked(container, spec.name)
            self._reporter.phase_started(PhaseType.FINALIZING)

    def _run_phases(self, container: Container) -> None:
        runner = PhaseRunner(self._plan, container, self._reporter, self._deadline)
        phase = PhaseType.DOWNLOAD_SOURCE
        while phase is not PhaseType.FINALIZING:
            outcome = self._run_phase(phase, self._waiting.pop(phase, None), runner, container)
            self._outcomes[phase] = outcome
            self._worst = worse_of(self._worst, outcome)
            phase = TRANSITIONS[outcome.outcome][phase]
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
        self._reporter.phase_started(PhaseType.DOWNLOAD_SOURCE)
        outcome = Download(
            plan=self._plan,
            sources=(self._services.source, *self._services.secondary_sources),
            fetch_s=self._services.fetch_s,
            cache=self._cache,
            runtimes=self._runtimes,
            reporter=self._reporter,
            check=self._check,
        ).run(container)
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

    def _keep_where_asked(self, container: Container, name: str) -> None:
        keep = self._services.keep
        if keep == "always" or (keep == "failure" and self._failed()):
            keep_container(container, name, self._reporter)

    def _skip_what_waits(self) -> None:
        """Say of every command of the phases that were never entered that it will not run."""
        for phase in self._waiting.values():
            for step in all_steps(phase, self._plan.buildspec):
                reason = f"{phase.type} was not entered: the build {self._worst.status}"
                self._reporter.emit(step.skipped(*self._reporter.stamp(), reason))

    def _end(self) -> int:
        self._skip_what_waits()
        status, code = verdict(self._worst, self._trouble, self._services)
        reason = self._worst.context.message if self._failed() else ""
        return report_end(self._reporter, status, code, reason)
