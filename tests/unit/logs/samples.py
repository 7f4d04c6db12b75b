"""Small histories to be rendered, written down event by event."""

from collections.abc import Callable
from datetime import datetime, timedelta

from localbuild.events.model import (
    AgentLine,
    BuildEnded,
    BuildPlanned,
    BuildStarted,
    CommandEnded,
    CommandSkipped,
    CommandStarted,
    Event,
    Output,
    PhaseContext,
    PhaseEnded,
    PhaseStarted,
)
from localbuild.logs.render import Renderer
from localbuild.terms import PhaseType, StatusType
from tests.unit.events.histories import BUILD, START

SCRIPT = "set -e\nnpm test\n"
FAILURE = f"Error while executing command: {SCRIPT}. Reason: exit status 1"


def at(seconds: float) -> datetime:
    """A moment of the sample."""
    return START + timedelta(seconds=seconds)


def started(seconds: float = 0, **more: str) -> BuildStarted:
    """The first event."""
    return BuildStarted(
        time=at(seconds),
        build=BUILD,
        project="my-app",
        number=3,
        arn="arn",
        initiator="me",
        image="an-image",
        source="/home/me/my-app",
        record=more.get("record", ".localbuild/builds/3"),
    )


def phase_started(seconds: float, phase: PhaseType) -> PhaseStarted:
    """A phase begins."""
    return PhaseStarted(time=at(seconds), build=BUILD, phase=phase)


def phase_ended(
    seconds: float,
    phase: PhaseType,
    status: StatusType = StatusType.SUCCEEDED,
    why: tuple[str, str] = ("", ""),
) -> PhaseEnded:
    """A phase ends."""
    context = PhaseContext(status_code=why[0], message=why[1])
    return PhaseEnded(time=at(seconds), build=BUILD, phase=phase, status=status, context=context)


def command_started(seconds: float, number: int, command: str) -> CommandStarted:
    """A command of BUILD begins; there are three."""
    return CommandStarted(
        time=at(seconds),
        build=BUILD,
        phase=PhaseType.BUILD,
        list="commands",
        number=number,
        total=3,
        command=command,
        file="buildspec.yml",
        line=number + 4,
    )


def command_ended(
    seconds: float, number: int, command: str, status: int = 0, *, why: tuple[str, ...] = ()
) -> CommandEnded:
    """A command of BUILD ends after a second and a half. `why`: a note, then hints."""
    return CommandEnded(
        time=at(seconds),
        build=BUILD,
        phase=PhaseType.BUILD,
        list="commands",
        number=number,
        command=command,
        file="buildspec.yml",
        line=number + 4,
        exit_status=status,
        duration_s=1.5,
        note=why[0] if why else "",
        hints=why[1:],
    )


def command_skipped(seconds: float, number: int, command: str) -> CommandSkipped:
    """A command of BUILD does not run."""
    return CommandSkipped(
        time=at(seconds),
        build=BUILD,
        phase=PhaseType.BUILD,
        list="commands",
        number=number,
        command=command,
        file="buildspec.yml",
        line=number + 4,
        reason="BUILD FAILED",
    )


def output(seconds: float, data: bytes) -> Output:
    """A piece of output of BUILD."""
    return Output(time=at(seconds), build=BUILD, phase=PhaseType.BUILD, data=data)


def build_ended(seconds: float, status: StatusType, *hints: str, reason: str = "") -> BuildEnded:
    """The last event."""
    code = 0 if status is StatusType.SUCCEEDED else 1
    return BuildEnded(
        time=at(seconds), build=BUILD, status=status, exit_code=code, reason=reason, hints=hints
    )


def planned(seconds: float, count: int = 3) -> BuildPlanned:
    """The buildspec is read."""
    return BuildPlanned(
        time=at(seconds),
        build=BUILD,
        buildspec="buildspec.yml",
        phases=((PhaseType.BUILD, count), (PhaseType.INSTALL, 0)),
        planned=count,
    )


def failing_build() -> list[Event]:
    """BUILD fails at its second command of three; POST_BUILD has none."""
    return [
        started(),
        phase_started(0, PhaseType.SUBMITTED),
        phase_ended(0, PhaseType.SUBMITTED),
        phase_started(0.1, PhaseType.DOWNLOAD_SOURCE),
        AgentLine(
            time=at(0.2),
            build=BUILD,
            phase=PhaseType.DOWNLOAD_SOURCE,
            text="Registering with agent",
        ),
        planned(0.3),
        phase_ended(0.4, PhaseType.DOWNLOAD_SOURCE),
        phase_started(1, PhaseType.BUILD),
        command_started(1.1, 1, "npm ci"),
        output(2, b"added 120"),
        output(2.1, b" packages"),
        command_ended(2.6, 1, "npm ci"),
        command_started(2.7, 2, SCRIPT),
        output(3, b"\x1b[31mFAIL\x1b[0m cart.spec.js\n"),
        command_ended(4.2, 2, SCRIPT, 1),
        command_skipped(4.2, 3, "npm run lint"),
        phase_ended(4.3, PhaseType.BUILD, StatusType.FAILED, ("COMMAND_EXECUTION_ERROR", FAILURE)),
        phase_started(4.4, PhaseType.POST_BUILD),
        phase_ended(4.5, PhaseType.POST_BUILD),
        phase_started(4.6, PhaseType.UPLOAD_ARTIFACTS),
        phase_ended(4.7, PhaseType.UPLOAD_ARTIFACTS),
        phase_started(4.8, PhaseType.COMPLETED),
        build_ended(5, StatusType.FAILED, "localbuild shell 3", reason=FAILURE),
    ]


def rendered(renderer: Callable[[], Renderer], *events: Event) -> str:
    """What a renderer makes of a history."""
    lines = renderer()
    data = b"".join([lines.render(event) for event in events]) + lines.finish()
    return data.decode(errors="replace")
