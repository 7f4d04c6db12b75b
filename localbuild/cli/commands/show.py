"""`localbuild show`."""

import os

import click

from localbuild.cli.call import read_call
from localbuild.cli.options.run import global_options
from localbuild.cli.options.verbs import Verb
from localbuild.errors import ExitCode, UsageError
from localbuild.lines import plain


def show(ctx: click.Context) -> int:
    """Show one past build.

    BUILD is a number, an id, `latest` (the default) or a record's folder.
    """
    from localbuild.cli.records.deaths import end_dead_builds
    from localbuild.cli.records.history import find_record, read_document, read_history
    from localbuild.cli.records.showing import build_lines
    from localbuild.events.fold import fold

    call = read_call(ctx)
    record = find_record(call.argument("build"), call.world.cwd)
    end_dead_builds(record.parent)
    if call.flag("json"):
        call.voice.document(read_document(record))
        return ExitCode.SUCCEEDED
    try:
        result = fold(read_history(record, with_output=False))
    except ValueError as error:
        raise UsageError(f"{record}: {error}") from None
    files = sorted(p for p in record.iterdir() if p.is_file())
    listed = [f"  {os.path.relpath(p, call.shell_cwd)}" for p in files]
    lines = [*build_lines(result), "files", *listed]
    call.voice.data("\n".join(plain(line) for line in lines))
    return ExitCode.SUCCEEDED


COMMAND = Verb(
    "show",
    show,
    params=[click.Argument(["build"], required=False, metavar="[BUILD]")],
    global_options=global_options(),
)
