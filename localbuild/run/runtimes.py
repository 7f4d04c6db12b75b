"""`runtime-versions`: the image's own commands switch to the versions that a build asks for.

They run in DOWNLOAD_SOURCE, before the source's directory is entered and the cache restored; what
they export reaches the build. Source: reference of CodeBuild's behaviour, 4.2 and 10.3.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from localbuild.container.said import Said
from localbuild.documents.source import MAX_BYTES
from localbuild.errors import BuildspecError
from localbuild.events.model import Output
from localbuild.plan.environment import BuildIdentity, compose_environment
from localbuild.plan.model import BuildPlan, Notice, PhasePlan, PlannedCommand
from localbuild.plan.notices import NOT_SELECTED, not_selected
from localbuild.plan.runtime_versions import ImageRuntime
from localbuild.plan.runtimes import (
    RuntimeRefusal,
    SelectedRuntime,
    Selection,
    select_runtimes,
)
from localbuild.plan.runtimes_file import RUNTIMES_FILE, read_runtimes
from localbuild.plan.script import command_script, quote
from localbuild.ports.engine import CommandRequest, Container, EndKind, Image, Interrupted
from localbuild.run.outcome import (
    PhaseOutcome,
    command_failed,
    container_gone,
    interrupted_outcome,
)
from localbuild.run.phases import PhaseRunner
from localbuild.run.reporter import Reporter
from localbuild.run.steps import steps_of
from localbuild.terms import PhaseType

REFUSED = "LB605"
_PHASE = PhaseType.DOWNLOAD_SOURCE
_NONE_ASKED = "No runtime version selected in buildspec."
_UNSUPPORTED = (
    "[WARN] Skipping install of runtimes. Runtime version selection is not supported by this "
    "build image."
)
_CURATED = "aws/codebuild/"
_MOST_BYTES = MAX_BYTES + 2
"""Enough to see that the file is longer than any that is read."""
_DIRECTORY = "/codebuild/readonly"
_WAY_ROUND = "localbuild run --runtimes image  # builds with the versions that the image has"
_READ = f"""\
if [ -f {RUNTIMES_FILE} ]; then
  echo && cat {RUNTIMES_FILE} && cd {_DIRECTORY}
fi"""
_SET_VERSION = """\
[ -z "${{VERSION+x}}" ] || __localbuild_version=$VERSION
VERSION={}"""
_RESTORE_VERSION = """\
if [ "${__localbuild_version+x}" ]; then VERSION=$__localbuild_version; else unset VERSION; fi
unset __localbuild_version"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtimes:
    """Installs the runtimes of one build. `known` are the variables that a version may name."""

    plan: BuildPlan
    reporter: Reporter
    interrupted: Interrupted
    known: Mapping[str, str] = field(default_factory=dict, repr=False)

    def knowing(self, told: BuildPlan, identity: BuildIdentity, image: Image) -> "Runtimes":
        """The same with the variables that the container begins with. `told`: with secrets."""
        if not self.plan.runtime_versions:
            return self
        variables = compose_environment(told, identity, image.variables)
        return replace(self, known={v.name: v.value for v in variables})

    def install(self, container: Container) -> PhaseOutcome:
        """Run the commands of the selected versions; says what CodeBuild says.

        Raises BuildspecError where one cannot be selected, after a warning for each.
        """
        if not self.plan.runtime_versions:
            if self.plan.environment.image.startswith(_CURATED):
                self.reporter.line(_PHASE, _NONE_ASKED)
            return PhaseOutcome()
        outcome, data = self._quietly(container, _READ, f"cat {RUNTIMES_FILE}")
        if outcome.failed:
            return outcome
        if not data:
            self._say_unsupported()
            return PhaseOutcome()
        selection = select_runtimes(self.plan.runtime_versions, _read(data[1:]), self.known)
        for line in selection.lines:
            self.reporter.line(_PHASE, line)
        if selection.refusals:
            raise self._refusal(selection.refusals)
        return self._run(container, selection)

    def _run(self, container: Container, selection: Selection) -> PhaseOutcome:
        """All of it, in CodeBuild's directory, from which the build then goes to its source."""
        plan = replace(self.plan, isolated=False)
        runner = PhaseRunner(plan, container, self.reporter, self.interrupted)
        steps = steps_of(_phase_of(selection), "commands", plan.buildspec)
        for runtime in selection.runtimes:
            own = islice(steps, len(runtime.found.commands))
            outcome = self._switch(container, runtime, partial(runner.run_steps, own))
            if outcome.failed:
                return outcome
        back = f"cd {quote(plan.source.directory)}"
        return self._quietly(container, back, back)[0]

    def _switch(
        self, container: Container, runtime: SelectedRuntime, run: Callable[[], PhaseOutcome]
    ) -> PhaseOutcome:
        """Run a runtime's commands; of one that is not listed with its version in VERSION."""
        if not runtime.custom:
            return run()
        told = _SET_VERSION.format(quote(runtime.found.version))
        outcome, _ = self._quietly(container, told, "export VERSION")
        if not outcome.failed:
            outcome = run()
        if outcome.failed:
            return outcome
        return self._quietly(container, _RESTORE_VERSION, "unset VERSION")[0]

    def _quietly(self, container: Container, command: str, name: str) -> tuple[PhaseOutcome, bytes]:
        """A command of ours, of which the log has nothing unless it fails; and what it printed."""
        said = Said(_MOST_BYTES)
        request = CommandRequest(script=command_script(command), shell=self.plan.shell)
        end = container.run(request, said.take, self.interrupted)
        if end.kind is EndKind.INTERRUPTED:
            return interrupted_outcome(self.interrupted()), b""
        if end.kind is EndKind.CONTAINER_GONE:
            return container_gone(name, end.exit_status), b""
        if end.exit_status:
            time, build = self.reporter.stamp()
            self.reporter.emit(Output(time=time, build=build, phase=_PHASE, data=said.data()))
            return command_failed(name, end.exit_status), b""
        return PhaseOutcome(), said.data()

    def _say_unsupported(self) -> None:
        self.reporter.line(_PHASE, _UNSUPPORTED)
        asked = self.plan.runtime_versions
        image = self.plan.environment.image
        message = f"{not_selected(asked)}: {image} has no {RUNTIMES_FILE}"
        notice = Notice(code=NOT_SELECTED, message=message, line=asked[0].line)
        self.reporter.notice(notice, self.plan.buildspec)

    def _refusal(self, refusals: tuple[RuntimeRefusal, ...]) -> BuildspecError:
        """What to end the build with: the first, as the service does; all have been told."""
        for refusal in refusals:
            notice = Notice(
                code=REFUSED, message=refusal.message, line=refusal.line, hints=refusal.hints
            )
            self.reporter.notice(notice, self.plan.buildspec)
        return BuildspecError(refusals[0].message, hints=(_WAY_ROUND,))


def _phase_of(selection: Selection) -> PhasePlan:
    commands = tuple(c for runtime in selection.runtimes for c in _commands(runtime))
    return PhasePlan(type=_PHASE, declared=True, commands=commands)


def _commands(runtime: SelectedRuntime) -> Iterable[PlannedCommand]:
    """They stand in the image; the place that is told is the one that asks for them."""
    return (PlannedCommand(text=text, line=runtime.line) for text in runtime.found.commands)


def _read(data: bytes) -> tuple[ImageRuntime, ...]:
    try:
        return read_runtimes(data)
    except BuildspecError as error:
        place = error.problems[0].place
        message = f"{place.file}:{place.line} in the build image: {error.message}"
        raise BuildspecError(message, hints=(_WAY_ROUND,)) from None
