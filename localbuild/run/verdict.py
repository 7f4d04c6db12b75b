"""What a build came to: its status and its exit code."""

from localbuild.errors import ExitCode, LocalbuildError
from localbuild.run.outcome import PhaseOutcome
from localbuild.run.services import Services
from localbuild.terms import StatusType


def verdict(
    worst: PhaseOutcome, trouble: LocalbuildError | None, services: Services
) -> tuple[StatusType, int]:
    """A build's end by the phase that decides it. `trouble`: what has broken it off.

    Source: a timed-out build is FAILED, its phase TIMED_OUT; a stopped one is STOPPED.
    """
    trouble = trouble or worst.trouble
    if trouble is not None:
        return worst.status, trouble.exit_code
    if not worst.counts:
        return StatusType.SUCCEEDED, ExitCode.SUCCEEDED
    if worst.status is StatusType.TIMED_OUT:
        return StatusType.FAILED, ExitCode.TIMED_OUT
    if worst.status is StatusType.STOPPED:
        return StatusType.STOPPED, services.stop_code()
    if services.exit_code_from == "command" and worst.exit_status:
        return StatusType.FAILED, worst.exit_status
    return StatusType.FAILED, ExitCode.FAILED
