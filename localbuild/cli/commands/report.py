"""`localbuild report`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from localbuild.cli.call import Call, read_call
from localbuild.cli.options.run import global_options
from localbuild.cli.options.verbs import Verb
from localbuild.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from localbuild.events.reports import ReportMade


def report(ctx: click.Context) -> int:
    """Print a build's test and coverage reports.

    Failed tests first, with what they say; with -v every test and every covered file. BUILD is a
    number, an id, `latest` (the default) or a record's folder.
    """
    from localbuild.cli.records.history import find_record, read_history
    from localbuild.events.document_reports import report_document
    from localbuild.events.fold import fold

    call = read_call(ctx)
    record = find_record(call.argument("build"), call.world.cwd)
    try:
        reports = fold(read_history(record, with_output=False)).reports
    except ValueError as error:
        raise UsageError(f"{record}: {error}") from None
    if call.flag("json"):
        call.voice.document([report_document(each) for each in reports])
    elif reports:
        call.voice.lines("\n".join(_lines(reports, call)))
    else:
        call.voice.note("this build has no reports")
    return ExitCode.SUCCEEDED


def _lines(reports: "tuple[ReportMade, ...]", call: Call) -> Iterator[str]:
    from localbuild.cli.records.report_lines import print_report
    from localbuild.logs.style import choose_style

    out = call.world.stdout
    color = call.text("color") or "auto"
    style = choose_style(color, call.world.environ, out.isatty(), out.encoding or "utf-8")
    for number, each in enumerate(reports):
        if number:
            yield ""
        yield from print_report(each, style, everything=call.voice.verbose > 0)


COMMAND = Verb(
    "report",
    report,
    params=[click.Argument(["build"], required=False, metavar="[BUILD]")],
    global_options=global_options(),
)
