"""`localbuild logs`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from localbuild.cli.call import Call, read_call
from localbuild.cli.options.run import global_options
from localbuild.cli.options.verbs import Option, Verb
from localbuild.errors import ExitCode, UsageError
from localbuild.lines import harmless_json
from localbuild.terms import PhaseType

if TYPE_CHECKING:
    from localbuild.events.model import Event


def logs(ctx: click.Context) -> int:
    """Print a past or running build's log.

    It is made anew from the record's events, in any format. BUILD is a number, an id, `latest`
    (the default) or a record's folder. With --json it is one list of all events.
    """
    from localbuild.cli.records.history import begun, find_record, follow_lines, read_history
    from localbuild.events.codec import read_events

    call = read_call(ctx)
    record = find_record(call.argument("build"), call.world.cwd)
    if call.flag("follow"):
        events = begun(read_events(follow_lines(record)), record)
    else:
        events = read_history(record)
    phase = call.text("phase").upper()
    chosen = (event for event in events if not phase or _belongs(event, phase))
    try:
        (_list if call.flag("json") else _print)(chosen, call)
    except ValueError as error:
        raise UsageError(f"the record cannot be read: {error}") from None
    return ExitCode.SUCCEEDED


def _print(events: "Iterable[Event]", call: Call) -> None:
    from localbuild.cli.process.views import open_log

    sink = open_log(call.world, call.voice, call.text("format"), call.text("color"))
    try:
        for event in events:
            sink.accept(event)
    finally:
        sink.close()


def _list(events: "Iterable[Event]", call: Call) -> None:
    """One JSON document, an event a line; a record's events are masked already."""
    from localbuild.events.codec import encode_json, event_to_json

    before = "["
    for event in events:
        text = harmless_json(encode_json(event_to_json(event)).decode())
        call.voice.masked_data(f"{before}{text}")
        before = ","
    call.voice.masked_data("]" if before == "," else "[]")


def _belongs(event: "Event", phase: str) -> bool:
    """Of a phase, or the beginning, which every view needs."""
    return getattr(event, "phase", phase if hasattr(event, "project") else "") == phase


COMMAND = Verb(
    "logs",
    logs,
    params=[
        click.Argument(["build"], required=False, metavar="[BUILD]"),
        Option(
            "--format",
            envvar="LOCALBUILD_LOG_FORMAT",
            type=click.Choice(["pretty", "codebuild", "json"]),
            help="Default: pretty on a terminal, else codebuild.",
        ),
        Option(
            "--phase",
            type=click.Choice([p.value for p in PhaseType], case_sensitive=False),
            help="Only what belongs to that phase.",
        ),
        Option("-f", "--follow", is_flag=True, help="Wait for more until the build has ended."),
    ],
    global_options=global_options(),
)
