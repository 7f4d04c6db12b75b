"""Commands in build.json: those that never ran, and the one that made the build fail."""

from localbuild.events.model import CommandEnded, CommandSkipped
from localbuild.events.result import BuildResult


def failed_command(result: BuildResult) -> dict[str, object] | None:
    """The command that made the build fail, why, and what to do; None where none did."""
    command = result.failed_command
    if command is None:
        return None
    return {
        **_place(command),
        "exitStatus": command.exit_status,
        "durationInSeconds": command.duration_s,
        "note": command.note,
        "hints": list(command.hints),
    }


def skipped_command(command: CommandSkipped) -> dict[str, object]:
    """A command that did not run, and why."""
    return {**_place(command), "reason": command.reason}


def _place(command: CommandEnded | CommandSkipped) -> dict[str, object]:
    return {
        "phase": command.phase.value,
        "list": command.list,
        "number": command.number,
        "command": command.command,
        "file": command.file,
        "line": command.line,
    }
