"""The four command phases: commands, then `finally`, then what `on-failure` says."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from localbuild.diagnosis.diagnose import diagnose, read_tail
from localbuild.diagnosis.model import Cause, Failure
from localbuild.events.model import CommandList, Output, PhaseRetried
from localbuild.plan.course import Course
from localbuild.plan.model import BuildPlan, PhasePlan
from localbuild.plan.script import command_script
from localbuild.plan.transitions import Outcome
from localbuild.ports.engine import (
    CommandEnd,
    CommandRequest,
    Container,
    EndKind,
    Interrupted,
)
from localbuild.run.docker_daemon import is_unreachable, say_why_unreachable
from localbuild.run.outcome import (
    PhaseOutcome,
    command_failed,
    container_gone,
    interrupted_outcome,
)
from localbuild.run.patterns import is_in
from localbuild.run.reporter import Reporter
from localbuild.run.states import NoStates, States
from localbuild.run.steps import Step, all_steps, steps_of
from localbuild.terms import OnFailureAction, PhaseType

AtEnd = Callable[[PhaseOutcome], PhaseOutcome]
_REMEMBERED_BYTES = 1 << 16
_CUT_OFF = "the end of its output may be missing: something in the build has read it"


def _as_it_is(outcome: PhaseOutcome) -> PhaseOutcome:
    return outcome


class PhaseRunner:
    """Runs the command phases of one build in one container.

    Source: buildspec reference, phases: the first failing command ends its list, `finally` runs
    all the same, and the phase has succeeded only if every command of both lists did.
    """

    def __init__(
        self,
        plan: BuildPlan,
        container: Container,
        reporter: Reporter,
        interrupted: Interrupted,
        states: States | None = None,
    ) -> None:
        self._plan = plan
        self._course = Course(plan)
        self._states = states or NoStates()
        self._container = container
        self._reporter = reporter
        self._interrupted = interrupted
        self._succeeding = plan.resumed is None or plan.resumed.succeeding
        self._tail = bytearray()
        self._said_bytes = 0
        self._docker_explained = False
        self._ran: set[tuple[str, str, int]] = set()

    def run(self, phase: PhasePlan, at_end: AtEnd = _as_it_is) -> PhaseOutcome:
        """Run a phase with its retries; its commands that never ran are said to be skipped.

        `at_end` gets the phase's outcome before the phase is over, and says what to end it with.
        """
        self._reporter.phase_started(phase.type)
        self._states.phase_begins(phase.type)
        outcome = PhaseOutcome() if phase.skipped else self._attempts(phase)
        why = f"--skip {phase.type}" if phase.skipped else f"{phase.type} {outcome.status}"
        self._skip_rest(phase, why)
        outcome = at_end(outcome)
        self._reporter.phase_ended(
            phase.type,
            outcome.status,
            outcome.context,
            continued=outcome.outcome is Outcome.CONTINUED,
        )
        return outcome

    def _skip_rest(self, phase: PhasePlan, reason: str) -> None:
        for step in all_steps(phase, self._plan.buildspec):
            if step.key not in self._ran:
                why = self._why_passed(step) or reason
                self._reporter.emit(step.skipped(*self._reporter.stamp(), why))

    def _why_passed(self, step: Step) -> str:
        return self._course.why_passed(step.phase.type, step.list, step.number)

    def _attempts(self, phase: PhasePlan) -> PhaseOutcome:
        before = self._succeeding
        failure = phase.on_failure
        attempt = 0
        while True:
            self._tail.clear()
            self._succeeding = before
            outcome = self._attempt(phase, attempt)
            if outcome.outcome is not Outcome.FAILED or failure is None:
                return outcome
            if failure.action is not OnFailureAction.RETRY:
                return _forgive_or_abort(failure.action, outcome)
            if attempt >= failure.retries or not self._matches(failure.pattern, outcome):
                return outcome
            attempt += 1
            time, build = self._reporter.stamp()
            self._reporter.emit(
                PhaseRetried(
                    time=time,
                    build=build,
                    phase=phase.type,
                    attempt=attempt,
                    retries=failure.retries,
                    reason=outcome.context.message,
                )
            )

    def _attempt(self, phase: PhasePlan, attempt: int) -> PhaseOutcome:
        first = self._run_list(phase, "commands", attempt)
        if first.outcome is Outcome.BROKEN_OFF:
            return first
        last = self._run_list(phase, "finally", attempt)
        if last.outcome is Outcome.BROKEN_OFF or not first.failed:
            return last
        return first

    def _run_list(self, phase: PhasePlan, list: CommandList, attempt: int) -> PhaseOutcome:
        steps = steps_of(phase, list, self._plan.buildspec, attempt)
        return self.run_steps(step for step in steps if not self._why_passed(step))

    def run_steps(self, steps: Iterable[Step]) -> PhaseOutcome:
        """Run commands, of a phase that has begun, up to the first that fails."""
        for step in steps:
            outcome = self._run_step(step)
            if outcome.failed:
                self._succeeding = False
                self._states.command_failed(step)
                return outcome
        return PhaseOutcome()

    def _run_step(self, step: Step) -> PhaseOutcome:
        if (why := self._interrupted()) is not None:
            return interrupted_outcome(why)
        self._reporter.emit(step.started(*self._reporter.stamp()))
        began, before = self._reporter.clock.monotonic(), self._said_bytes
        end = self._container.run(
            self._request(step), self._output_of(step.phase.type), self._interrupted
        )
        duration = self._reporter.clock.monotonic() - began
        self._ran.add(step.key)
        said = self._said_since(before)
        if end.kind is not EndKind.INTERRUPTED:
            self._reporter.emit(
                step.ended(
                    *self._reporter.stamp(),
                    status=end.exit_status,
                    duration_s=duration,
                    cause=self._cause(end, said),
                )
            )
        self._explain_docker(end, said)
        return self._judge(step, end)

    def _said_since(self, before: int) -> bytes:
        """What is remembered of the output since there were `before` bytes of it."""
        count = self._said_bytes - before
        return bytes(self._tail[-count:]) if count else b""

    def _explain_docker(self, end: CommandEnd, said: bytes) -> None:
        """Tell once why there is no Docker daemon, where a command has failed for want of it."""
        failed = end.kind is EndKind.EXITED and end.exit_status != 0
        if failed and not self._docker_explained and is_unreachable(said):
            self._docker_explained = True
            say_why_unreachable(self._plan.environment, self._reporter)

    def _judge(self, step: Step, end: CommandEnd) -> PhaseOutcome:
        match end.kind:
            case EndKind.INTERRUPTED:
                return interrupted_outcome(self._interrupted())
            case EndKind.CONTAINER_GONE:
                return container_gone(step.command.text, end.exit_status)
            case EndKind.EXITED:
                failed = end.exit_status != 0
                return (
                    command_failed(step.command.text, end.exit_status) if failed else PhaseOutcome()
                )

    def _request(self, step: Step) -> CommandRequest:
        script = command_script(
            step.command.text,
            isolated=self._plan.isolated,
            succeeding=self._succeeding,
            recoverable=self._states.are_wanted,
        )
        return CommandRequest(script=script, shell=self._plan.shell, user=step.phase.user)

    def _matches(self, pattern: str, outcome: PhaseOutcome) -> bool:
        """Whether a retry's pattern is in the phase's message or at the end of its output."""
        said = self._tail[-_REMEMBERED_BYTES:].decode("utf-8", "replace")
        found = is_in(pattern, f"{outcome.context.message}\n{said}")
        if found is None:
            self._reporter.warn(f"on-failure: RETRY-{pattern}: matching took too long: no retry")
        return bool(found)

    def _cause(self, end: CommandEnd, said: bytes) -> Cause:
        if end.kind is EndKind.CONTAINER_GONE and not end.out_of_memory:
            return Cause(note="the build container ended during this command")
        if not end.output_is_whole and not end.out_of_memory:
            return Cause(note=_CUT_OFF)
        if end.exit_status == 0:
            return Cause()
        return diagnose(
            Failure(
                exit_status=end.exit_status,
                said=read_tail(said),
                environment=self._plan.environment,
                shell=self._plan.shell,
                runtimes=tuple(runtime.name for runtime in self._plan.runtime_versions),
                out_of_memory=end.out_of_memory,
            )
        )

    def _output_of(self, phase: PhaseType) -> Callable[[bytes], None]:
        def take(data: bytes) -> None:
            self._tail += data
            self._said_bytes += len(data)
            if len(self._tail) > 4 * _REMEMBERED_BYTES:
                del self._tail[:-_REMEMBERED_BYTES]
            time, build = self._reporter.stamp()
            self._reporter.emit(Output(time=time, build=build, phase=phase, data=data))

        return take


def _forgive_or_abort(action: OnFailureAction, outcome: PhaseOutcome) -> PhaseOutcome:
    abort = action is OnFailureAction.ABORT
    return replace(outcome, outcome=Outcome.ABORTED if abort else Outcome.CONTINUED)
