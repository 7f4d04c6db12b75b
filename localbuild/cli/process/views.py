"""How a build is shown on the two streams: which format, which style, which guard."""

import secrets
from typing import TextIO, cast

from localbuild.cli.process.voice import Voice
from localbuild.cli.process.world import World
from localbuild.logs.console import ConsoleView, LogFormat, open_console, open_notes
from localbuild.logs.style import choose_style
from localbuild.ports.sink import Sink


def open_log(world: World, voice: Voice, log_format: str, color: str) -> Sink:
    """The log on stdout; '' is pretty on a terminal and CodeBuild's format elsewhere."""
    view = _view(world, voice, log_format, color, world.stdout)
    return open_console(world.stdout.buffer, view)


def open_asides(world: World, voice: Voice, log_format: str, color: str) -> Sink:
    """Warnings and, where the log does not tell it, the build's end: on stderr."""
    view = _view(world, voice, log_format, color, world.stderr)
    return open_notes(world.stderr.buffer, view)


def _view(world: World, voice: Voice, log_format: str, color: str, stream: TextIO) -> ConsoleView:
    default = "pretty" if world.stdout.isatty() else "codebuild"
    encoding = stream.encoding or "utf-8"
    return ConsoleView(
        log_format=cast(LogFormat, log_format or default),
        style=choose_style(color or "auto", world.environ, stream.isatty(), encoding),
        quiet=voice.quiet,
        verbose=voice.verbose > 0,
        guard_token=_guard_token(world),
    )


def _guard_token(world: World) -> str:
    """A word that no build can guess, where GitHub Actions reads along."""
    return secrets.token_hex(16) if world.environ.get("GITHUB_ACTIONS") == "true" else ""
