"""`run_cli`: the command line from its words to its exit code; the only last-resort handler."""

import os
from collections.abc import Sequence

import click

from localbuild.cli.process.diagnostics import log_error, open_diagnostics, wants_diagnostics
from localbuild.cli.process.voice import Voice
from localbuild.cli.process.world import World, process_world
from localbuild.errors import ExitCode, LocalbuildError

COMPLETION = "_LOCALBUILD_COMPLETE"
"""A shell's completion asks its questions by this variable."""


def run_cli(argv: Sequence[str], world: World | None = None) -> int:
    """Run the program and return its exit code; nothing is ever raised."""
    try:
        around = world or process_world()
    except LocalbuildError as error:
        return _homeless(error)
    if wants_diagnostics(argv, around.environ):
        with open_diagnostics(around.stderr, around.mask):
            code = _run_guarded(list(argv), around)
    else:
        code = _run_guarded(list(argv), around)
    _flush(around)
    return int(code)


def _run_guarded(argv: list[str], world: World) -> int:
    voice = Voice(stdout=world.stdout, stderr=world.stderr, mask=world.mask)
    try:
        return _run(argv, world, voice)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:
        return _crash(error, argv, world, voice)


def _run(argv: list[str], world: World, voice: Voice) -> int:
    from localbuild.cli.process.complaints import tell_error, tell_usage

    try:
        return _invoke(argv, world)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        voice.say(error.format_message())
        return ExitCode.USAGE
    except click.ClickException as error:
        tell_usage(error, voice)
        return ExitCode.USAGE
    except LocalbuildError as error:
        tell_error(error, voice)
        log_error(error)
        return error.exit_code


def _invoke(argv: list[str], world: World) -> int:
    from localbuild.cli.app import make_app
    from localbuild.cli.options.spread import spread_words

    app = make_app()
    if asked := world.environ.get(COMPLETION):
        from click.shell_completion import shell_complete

        return shell_complete(app, {"obj": world}, "localbuild", COMPLETION, asked)
    with app.make_context("localbuild", spread_words(argv), obj=world) as ctx:
        result: object = app.invoke(ctx)
    return result if isinstance(result, int) else ExitCode.SUCCEEDED


def _crash(error: Exception, argv: list[str], world: World, voice: Voice) -> int:
    from localbuild.cli.process.crash import write_crash

    log_error(error)
    path = write_crash(error, argv, world.user_state_dir() / "crashes", world.mask)
    where = f"; details: {path}" if path else ""
    voice.error(f"this is a bug in localbuild: {type(error).__name__}{where}")
    return ExitCode.INTERNAL


def _flush(world: World) -> None:
    """Python flushes once more at its end: what cannot be written must not be found there."""
    for stream in (world.stdout, world.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            _forget(stream.fileno())


def _forget(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _homeless(error: LocalbuildError) -> int:
    import sys

    if sys.stderr is not None:
        sys.stderr.write(f"error: {error.message}\n")
    return error.exit_code
