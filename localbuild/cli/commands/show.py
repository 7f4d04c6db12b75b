"""`localbuild show`."""

import os
from pathlib import Path

import click

from localbuild.cli.call import Call, read_call
from localbuild.cli.options.run import global_options
from localbuild.cli.options.verbs import Option, Verb
from localbuild.errors import ExitCode, UsageError
from localbuild.lines import plain


def show(ctx: click.Context) -> int:
    """Show one past build.

    BUILD is a number, an id, `latest` (the default) or a record's folder. --html and --trace write
    a file each in place of the text, and say where.
    """
    from localbuild.cli.records.deaths import end_dead_builds
    from localbuild.cli.records.history import current_document, find_record

    call = read_call(ctx)
    _refuse_number(call)
    record = find_record(call.argument("build"), call.world.cwd)
    end_dead_builds(record.parent)
    if call.value("html") is not None or call.value("trace") is not None:
        from localbuild.cli.records.pages import write_views

        write_views(record, call)
    elif call.flag("json"):
        call.voice.document(current_document(record))
    else:
        _tell(record, call)
    return ExitCode.SUCCEEDED


def _tell(record: Path, call: Call) -> None:
    from localbuild.cli.records.history import read_history
    from localbuild.cli.records.showing import build_lines
    from localbuild.events.fold import fold

    try:
        result = fold(read_history(record, with_output=False))
    except ValueError as error:
        raise UsageError(f"{record}: {error}") from None
    files = sorted(p for p in record.iterdir() if p.is_file() or p.is_dir())
    listed = [f"  {os.path.relpath(p, call.shell_cwd)}{'/' * p.is_dir()}" for p in files]
    lines = [*build_lines(result), "files", *listed]
    call.voice.lines("\n".join(plain(line) for line in lines))


def _refuse_number(call: Call) -> None:
    """`show --html 3` would write a page of the newest build into a file that is called 3."""
    from localbuild.cli.records.folders import is_number

    name = call.text("html")
    if is_number(name) or name == "latest":
        raise UsageError(
            f"--html {name}: name the build before --html",
            hints=(f"localbuild show {name} --html", f"localbuild show --html ./{name}"),
        )


COMMAND = Verb(
    "show",
    show,
    params=[
        click.Argument(["build"], required=False, metavar="[BUILD]"),
        Option(
            "--html",
            metavar="[FILE]",
            is_flag=False,
            flag_value="",
            from_environ=False,
            help="Write one page that shows everything (default: build-<number>.html in the "
            "record's folder; - is stdout).",
        ),
        Option(
            "--trace",
            metavar="FILE",
            from_environ=False,
            help="Write a trace for Perfetto or chrome://tracing; - is stdout.",
        ),
    ],
    global_options=global_options(),
)
