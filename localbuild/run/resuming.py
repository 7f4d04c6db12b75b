"""Goes on in the container of an earlier build: started again, with the state that it begins with.

Its files are as they are: as the earlier build and whoever has entered it since have left them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from localbuild.errors import ContainerStartError, EngineError
from localbuild.plan.environment import BuildIdentity, codebuild_variables
from localbuild.plan.model import BuildPlan
from localbuild.plan.resumption import Resumption
from localbuild.plan.script import ENV_FILE, is_shell_name, quote, state_file
from localbuild.plan.states import restore_script, revive_script
from localbuild.ports.engine import CommandRequest, Container, EndKind, Engine
from localbuild.ports.kept import Kept
from localbuild.run.deadline import Deadline
from localbuild.run.download import Download, begin_download, register
from localbuild.run.outcome import PhaseOutcome
from localbuild.run.reporter import Reporter
from localbuild.terms import PhaseType

_PATIENCE_S = 20.0
_PHASE = PhaseType.DOWNLOAD_SOURCE
_OWN = (
    "CODEBUILD_BUILD_ARN",
    "CODEBUILD_BUILD_ID",
    "CODEBUILD_BUILD_NUMBER",
    "CODEBUILD_BUILD_URL",
    "CODEBUILD_LOG_PATH",
    "CODEBUILD_START_TIME",
)
"""What the variables of two builds in one container differ in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resuming:
    """A build that goes on: `plan` says where, and has the values of its secrets."""

    plan: BuildPlan
    resumed: Resumption
    identity: BuildIdentity
    reporter: Reporter

    @contextmanager
    def reopen(self, engine: Engine) -> Iterator[Container]:
        """The container, ready for the first command. Raises ContainerStartError."""
        if not isinstance(engine, Kept):
            raise EngineError("this engine cannot start a container again that was kept")
        began = self.reporter.clock.monotonic()
        with engine.reopen_container(self.resumed.container) as container:
            self._prepare(container)
            self.reporter.measured("container", self.reporter.clock.monotonic() - began)
            self.reporter.container_started(self.resumed.container)
            yield container

    def _prepare(self, container: Container) -> None:
        """The state of that moment, with this build's identity and its secrets."""
        text = state_file((n, v) for n, v in self._variables() if is_shell_name(n))
        script = (
            f"{revive_script()}{restore_script(self.resumed.state)}"
            f"[ -s {ENV_FILE} ] && printf %s {quote(text)} >> {ENV_FILE}\n"
        )
        limit = Deadline(self.reporter.clock, _PATIENCE_S, lambda: None)
        request = CommandRequest(script=script, shell=self.plan.shell)
        end = container.run(request, lambda _: None, limit)
        if end.kind is not EndKind.EXITED or end.exit_status != 0:
            raise ContainerStartError(
                f"the variables of build {self.resumed.number} are not in its container any more",
                hints=("localbuild run",),
            )

    def _variables(self) -> Iterator[tuple[str, str]]:
        found = codebuild_variables(self.plan, self.identity)
        yield from ((name, found[name]) for name in _OWN)
        secrets = {secret.name for secret in self.plan.secrets}
        yield from ((v.name, v.value) for v in self.plan.variables if v.name in secrets)


def resume_source(resumed: Resumption, download: Download, container: Container) -> PhaseOutcome:
    """What DOWNLOAD_SOURCE has to do for a build that goes on: nothing, or to copy the source."""
    plan, reporter = download.plan, download.reporter
    begin_download((plan.source, *plan.secondary_sources), reporter)
    where = f"Going on in the container of build {resumed.number}"
    if resumed.update_source:
        download.copy(container)
        reporter.line(_PHASE, f"{where}: the source is copied over its files")
    else:
        reporter.line(_PHASE, f"{where}: its files are as they are")
    register(plan, reporter)
    return PhaseOutcome()
