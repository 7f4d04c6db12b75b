"""Builds whose localbuild was killed: their records get the end that nobody could write."""

import json
from contextlib import suppress
from pathlib import Path

from localbuild.cli.records.folders import is_held
from localbuild.cli.records.history import list_records, read_document, read_history
from localbuild.events.codec import encode_json, event_to_json
from localbuild.events.document import build_document
from localbuild.events.fold import fold
from localbuild.events.model import BuildEnded, Event
from localbuild.logs.door import replace_file
from localbuild.terms import StatusType

UNKNOWN = -1
_LOOKED_AT = 50


def end_dead_builds(builds: Path) -> None:
    """Write the end of every build that is IN_PROGRESS and whose process is gone."""
    for record, _ in zip(list_records(builds), range(_LOOKED_AT), strict=False):
        if record.summary.status is StatusType.IN_PROGRESS:
            with suppress(OSError, ValueError):
                _end_if_dead(record.path)


def _end_if_dead(record: Path) -> None:
    if is_held(record):
        return
    events = list(read_history(record, with_output=False))
    if events:
        _write_end(record, events)
    else:
        _mark(record)


def _write_end(record: Path, events: list[Event]) -> None:
    """FAULT, at the time of the last thing that is known."""
    last = events[-1]
    if not any(isinstance(event, BuildEnded) for event in events):
        end = BuildEnded(
            time=last.time,
            build=last.build,
            status=StatusType.FAULT,
            exit_code=UNKNOWN,
            reason="the record ends here: localbuild was killed, or could not write on",
        )
        with open(record / "events.jsonl", "r+b") as file:
            file.seek(_whole_lines(record / "events.jsonl"))
            file.truncate()
            file.write(encode_json(event_to_json(end)) + b"\n")
        events = [*events, end]
    text = json.dumps(build_document(fold(events)), indent=2) + "\n"
    replace_file(record / "build.json", text.encode())


def _mark(record: Path) -> None:
    """Killed before its first event was written: build.json alone can say so."""
    document = read_document(record)
    document |= {"buildStatus": StatusType.FAULT.value, "buildComplete": True}
    replace_file(record / "build.json", (json.dumps(document, indent=2) + "\n").encode())


def _whole_lines(path: Path) -> int:
    """Where the last whole line of a file ends: a kill may leave half of one."""
    data = path.read_bytes()
    return data.rfind(b"\n") + 1
