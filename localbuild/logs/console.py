"""What the console shows of a build: the log on stdout, notes beside it on stderr."""

from dataclasses import dataclass
from typing import BinaryIO, Literal, assert_never

from localbuild.logs.codebuild import CodeBuildLines
from localbuild.logs.door import open_stream
from localbuild.logs.guard import NoteGuard, TerminalGuard, WorkflowGuard
from localbuild.logs.jsonl import JsonLines
from localbuild.logs.notes import NoteLines
from localbuild.logs.pretty import PrettyLines
from localbuild.logs.render import Renderer
from localbuild.logs.stream import RenderedSink
from localbuild.logs.style import Style
from localbuild.ports.sink import Sink

LogFormat = Literal["pretty", "codebuild", "json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleView:
    """How a build is shown.

    `guard_token` is a random word where the reader is GitHub Actions, '' elsewhere. `quiet` leaves
    only the end of the build, `verbose` adds CodeBuild's own lines to `pretty`.
    """

    log_format: LogFormat
    style: Style = Style()
    quiet: bool = False
    verbose: bool = False
    guard_token: str = ""


def open_console(stream: BinaryIO, view: ConsoleView) -> Sink:
    """The sink of stdout, which stays open; where nobody reads it any more it goes quiet."""
    outlet = open_stream(stream, name="the standard output")
    if view.log_format == "json":
        return JsonLines(outlet, guarded=bool(view.guard_token))
    lines = _log_lines(view.log_format, view)
    return RenderedSink(
        WorkflowGuard(lines, view.guard_token) if view.guard_token else lines, outlet
    )


def open_notes(stream: BinaryIO, view: ConsoleView) -> Sink:
    """The sink of stderr: warnings, and the end of the build where stdout does not tell it."""
    ending = view.log_format == "json" or (view.log_format == "codebuild" and not view.quiet)
    lines = NoteLines(view.style, warnings=not view.quiet, ending=ending)
    outlet = open_stream(stream, name="the standard error")
    return RenderedSink(NoteGuard(lines) if view.guard_token else lines, outlet)


def _log_lines(log_format: Literal["pretty", "codebuild"], view: ConsoleView) -> Renderer:
    if view.quiet:
        return PrettyLines(view.style, quiet=True)
    match log_format:
        case "pretty":
            return PrettyLines(view.style, verbose=view.verbose)
        case "codebuild":
            lines = CodeBuildLines()
            return TerminalGuard(lines) if view.style.terminal else lines
        case _:
            assert_never(log_format)
