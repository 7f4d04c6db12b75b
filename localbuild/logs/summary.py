"""The end of a build in words: what failed, where, what it printed last, what to do next."""

from collections.abc import Iterator

from localbuild.errors import ExitCode, StatusCode
from localbuild.events.document import count_commands
from localbuild.events.model import CommandEnded, CommandSkipped, CommandStarted, PhaseContext
from localbuild.events.result import BuildResult
from localbuild.lines import one_line
from localbuild.logs.caching import worth_line
from localbuild.logs.ending import Ending
from localbuild.logs.outputs import artifact_lines
from localbuild.logs.reports import report_lines
from localbuild.logs.stand_ins import stand_in_lines, unforeseen
from localbuild.logs.style import Style
from localbuild.terms import StatusType
from localbuild.units import print_duration

_COMMAND_FAILED = StatusCode.COMMAND_EXECUTION_ERROR
_COMMAND_LINES = 5
_SKIPPED_SHOWN = 5


def summary_lines(ending: Ending, style: Style) -> Iterator[str]:
    """The lines of the end; the last one alone says how it went, how long, and how much ran."""
    result = ending.result
    if result.status is not StatusType.SUCCEEDED:
        yield ""
        yield from _failure(ending, style)
    yield from also_failed(ending, style)
    if result.status is not StatusType.SUCCEEDED:
        yield from _not_run(unforeseen(result), style)
    yield from artifact_lines(result)
    yield from stand_in_lines(result)
    yield from report_lines(result, style)
    if result.failure is not None:
        yield f"{style.paint('bad', 'error:')} {one_line(result.failure.message)}"
    for hint in all_hints(ending):
        yield f"{style.paint('strong', 'hint:')} {one_line(hint)}"
    if worth := worth_line(result):
        yield worth
    yield _last_line(result, style)


def late_lines(ending: Ending, style: Style) -> Iterator[str]:
    """The last line once more, as far as warnings since the build's end have changed it."""
    if ending.late:
        result = ending.result
        count = f"{_count_warnings(result)}, {ending.late} of them since its end"
        yield f"{_painted_status(result, style)} {style.sign('dot')} {count}"


def command_place(command: CommandStarted | CommandEnded | CommandSkipped) -> str:
    """`BUILD 2`, `BUILD finally 1`: a command's phase, list and number."""
    return f"{command.phase} {'finally ' if command.list == 'finally' else ''}{command.number}"


def first_line(command: str, style: Style) -> str:
    """The command, cut after the first line that says something."""
    lines = [line for line in command.splitlines() if line.strip()] or [""]
    return one_line(lines[0]) + (f" {style.sign('more')}" if len(lines) > 1 else "")


def _failure(ending: Ending, style: Style) -> Iterator[str]:
    command = ending.running or ending.result.failed_command
    if command is None:
        return
    yield f"{one_line(command.file)}:{command.line}: {what_failed(command)}"
    yield from _command(command.command, style)
    yield from (f"  {style.paint('faint', style.sign('bar'))} {line}" for line in ending.tail)
    if isinstance(command, CommandEnded) and command.note:
        yield f"{style.paint('strong', 'cause:')} {one_line(command.note)}"


def also_failed(ending: Ending, style: Style) -> Iterator[str]:
    """Every other command whose last try failed: of other phases, forgiven or not."""
    told = None if ending.running else ending.result.failed_command
    last = {(c.phase, c.list, c.number): c for c in ending.result.commands}
    for command in last.values():
        if command.exit_status and command != told:
            place = f"{one_line(command.file)}:{command.line}"
            text = f"{command_place(command)}  {first_line(command.command, style)}"
            word = "also failed" if told else "failed, and was continued"
            yield f"{word}: {text}  exit status {command.exit_status}  ({place})"


def what_failed(command: CommandStarted | CommandEnded) -> str:
    """`BUILD 2 failed with exit status 1 after 1.5s`."""
    place = command_place(command)
    if isinstance(command, CommandStarted):
        return f"{place} did not end"
    seconds = print_duration(command.duration_s)
    return f"{place} failed with exit status {command.exit_status} after {seconds}"


def context_text(context: PhaseContext) -> str:
    """`YAML_FILE_ERROR: YAML file does not exist`: why a phase ended as it did."""
    return one_line(f"{context.status_code}: {context.message}")


def _command(text: str, style: Style) -> Iterator[str]:
    lines = [one_line(line) for line in text.rstrip().splitlines()]
    for index, line in enumerate(lines[:_COMMAND_LINES]):
        yield f"  {'$' if index == 0 else ' '} {line}"
    if len(lines) > _COMMAND_LINES:
        yield f"    {style.sign('more')} {len(lines) - _COMMAND_LINES} more lines"


def _not_run(skipped: tuple[CommandSkipped, ...], style: Style) -> Iterator[str]:
    for command in skipped[:_SKIPPED_SHOWN]:
        place = f"{one_line(command.file)}:{command.line}"
        text = f"{command_place(command)}  {first_line(command.command, style)}  ({place})"
        yield f"not run: {text}"
    if len(skipped) > _SKIPPED_SHOWN:
        yield f"not run: {len(skipped) - _SKIPPED_SHOWN} more commands"


def all_hints(ending: Ending) -> dict[str, None]:
    """Each hint once, in order; those of the command that failed first."""
    result = ending.result
    failed = None if ending.running else result.failed_command
    hints = (*(failed.hints if failed else ()), *(result.failure.hints if result.failure else ()))
    return dict.fromkeys(hints + (result.ended.hints if result.ended else ()))


def _last_line(result: BuildResult, style: Style) -> str:
    counts = count_commands(result)
    status = _painted_status(result, style)
    parts = [status]
    if result.ended is not None:
        seconds = (result.ended.time - result.started.time).total_seconds()
        parts = [f"{status} in {print_duration(max(0.0, seconds))}"]
        parts += _reason(result)
    parts.append(f"{counts['ran']} of {counts['planned']} planned commands ran")
    if result.warnings:
        parts.append(_count_warnings(result))
    if result.started.record:
        parts.append(f"log {one_line(result.started.record)}/build.log")
    return f" {style.sign('dot')} ".join(parts)


def _painted_status(result: BuildResult, style: Style) -> str:
    good = result.status is StatusType.SUCCEEDED
    return style.paint("good" if good else "bad", str(result.status))


def _count_warnings(result: BuildResult) -> str:
    count = len(result.warnings)
    return f"{count} warning{'s' if count > 1 else ''}"


def _is_of_cache(result: BuildResult) -> bool:
    """Only a required cache makes a build fail."""
    failure = result.failure
    return (
        failure is not None
        and failure.exit_code == ExitCode.STORAGE
        and failure.message.startswith("cache: ")
    )


def _reason(result: BuildResult) -> list[str]:
    """Why the build ended so, where neither an error nor a command has said it above."""
    if _is_of_cache(result):
        return ["the cache failed, and it is required"]
    said = {p.context.message for p in result.phases if p.context.status_code == _COMMAND_FAILED}
    reason = result.ended.reason if result.ended else ""
    return [] if not reason or result.failure or reason in said else [one_line(reason)]
