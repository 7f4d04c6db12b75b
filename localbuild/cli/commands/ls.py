"""`localbuild ls`."""

import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from localbuild.cli.call import read_call
from localbuild.cli.options.run import global_options
from localbuild.cli.options.verbs import Option, Verb
from localbuild.errors import ExitCode
from localbuild.terms import StatusType

if TYPE_CHECKING:
    from localbuild.events.document import BuildSummary

_DEFAULT_COUNT = 20


def ls(ctx: click.Context) -> int:
    """List past builds, newest first."""
    from localbuild.cli.records.deaths import end_dead_builds
    from localbuild.cli.records.history import find_builds, list_records

    call = read_call(ctx)
    end_dead_builds(find_builds(call.world.cwd))
    wanted = call.text("status")
    asked = call.value("number")
    records = (
        r
        for r in list_records(find_builds(call.world.cwd))
        if not wanted or r.summary.status == wanted
    )
    summaries = [
        r.summary
        for r in itertools.islice(records, asked if isinstance(asked, int) else _DEFAULT_COUNT)
    ]
    if call.flag("json"):
        call.voice.document([_as_object(s) for s in summaries])
    elif summaries:
        call.voice.lines("\n".join(_table(_row(s) for s in summaries)))
    return ExitCode.SUCCEEDED


def _as_object(summary: "BuildSummary") -> dict[str, object]:
    from localbuild.events.shapes import print_time

    return {
        "buildNumber": summary.number,
        "id": summary.id,
        "projectName": summary.project,
        "buildStatus": summary.status.value,
        "currentPhase": summary.phase.value,
        "startTime": print_time(summary.started),
        "endTime": print_time(summary.ended) if summary.ended else None,
        "exitCode": summary.exit_code,
        "commands": {
            "planned": summary.planned,
            "ran": summary.ran,
            "failed": summary.failed,
        },
    }


def _row(summary: "BuildSummary") -> tuple[str, ...]:
    from localbuild.units import print_duration

    took = (summary.ended - summary.started).total_seconds() if summary.ended else None
    return (
        str(summary.number),
        summary.status.value,
        summary.started.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
        "" if took is None else print_duration(max(0.0, took)),
        f"{summary.ran}/{summary.planned}",
        summary.id,
    )


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    head = ("BUILD", "STATUS", "STARTED", "TOOK", "COMMANDS", "ID")
    table = [head, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    for row in table:
        yield "  ".join(f"{cell:{w}}" for cell, w in zip(row, widths, strict=True)).rstrip()


COMMAND = Verb(
    "ls",
    ls,
    params=[
        Option("-n", "--number", type=click.IntRange(min=1), metavar="N", help="At most N (20)."),
        Option(
            "--status",
            type=click.Choice([s.value for s in StatusType], case_sensitive=False),
            help="Only builds with that status.",
        ),
    ],
    global_options=global_options(),
)
