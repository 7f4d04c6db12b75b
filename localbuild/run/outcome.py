"""How a phase came out, and what that makes of the build."""

from dataclasses import dataclass

from localbuild.errors import EngineError, ImageUnavailableError, LocalbuildError, StatusCode
from localbuild.events.model import PhaseContext
from localbuild.plan.transitions import Outcome
from localbuild.ports.engine import Interruption
from localbuild.terms import StatusType


class StoppedError(Exception):
    """Somebody wants the build to end, or its time is over, while no command runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseOutcome:
    """A phase's end: its status, the reason, and which transition follows.

    `exit_status` is that of the command that made it fail, 0 where none did; `trouble` the fault of
    the world's that did.
    """

    status: StatusType = StatusType.SUCCEEDED
    outcome: Outcome = Outcome.SUCCEEDED
    context: PhaseContext = PhaseContext()
    exit_status: int = 0
    trouble: LocalbuildError | None = None

    @property
    def failed(self) -> bool:
        """Whether anything went wrong in it, forgiven or not."""
        return self.status is not StatusType.SUCCEEDED

    @property
    def counts(self) -> bool:
        """Whether it makes the build fail: `on-failure: CONTINUE` forgives."""
        return self.failed and self.outcome is not Outcome.CONTINUED


def worse_of(first: PhaseOutcome, second: PhaseOutcome) -> PhaseOutcome:
    """Which of two phases decides the build: a break-off, else the first failure that counts."""
    if second.outcome is Outcome.BROKEN_OFF or (second.counts and not first.counts):
        return second
    return first


def interrupted_outcome(why: Interruption | None) -> PhaseOutcome:
    """Of a phase that a time limit or a stop has ended."""
    if why is Interruption.TIMEOUT:
        context = PhaseContext(
            status_code=StatusCode.BUILD_TIMED_OUT, message="Build has timed out."
        )
        return PhaseOutcome(
            status=StatusType.TIMED_OUT, outcome=Outcome.BROKEN_OFF, context=context
        )
    return PhaseOutcome(status=StatusType.STOPPED, outcome=Outcome.BROKEN_OFF)


def trouble_outcome(error: LocalbuildError) -> PhaseOutcome:
    """Of a phase that our own or the world's fault has ended: FAULT, or FAILED for the user's."""
    fault = isinstance(error, EngineError) and not isinstance(error, ImageUnavailableError)
    ours = fault or error.status_code in (StatusCode.INTERNAL_ERROR, StatusCode.HOST_RESOURCE_ERROR)
    return PhaseOutcome(
        status=StatusType.FAULT if ours else StatusType.FAILED,
        outcome=Outcome.BROKEN_OFF,
        context=PhaseContext(status_code=error.status_code, message=error.message),
    )


def command_failed(command: str, exit_status: int) -> PhaseOutcome:
    """Of a phase one of whose commands failed."""
    message = f"Error while executing command: {command}. Reason: exit status {exit_status}"
    context = PhaseContext(status_code=StatusCode.COMMAND_EXECUTION_ERROR, message=message)
    return PhaseOutcome(
        status=StatusType.FAILED,
        outcome=Outcome.FAILED,
        context=context,
        exit_status=exit_status,
    )


def container_gone(command: str, exit_status: int) -> PhaseOutcome:
    """Of a phase during which the build's container ended."""
    message = (
        f"The build container ended while executing command: {command}. "
        f"Reason: container exit status {exit_status}; nothing can run after it"
    )
    context = PhaseContext(status_code=StatusCode.CONTAINER_TERMINATED, message=message)
    return PhaseOutcome(status=StatusType.FAILED, outcome=Outcome.BROKEN_OFF, context=context)
