"""Past builds: finds their records and reads them back."""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from localbuild.cli.process.paths import is_dir, is_file
from localbuild.cli.records.folders import (
    STATE_DIR,
    builds_directory,
    is_held,
    is_number,
    record_numbers,
)
from localbuild.errors import UsageError
from localbuild.events.baseline import read_baseline
from localbuild.events.caching import Baseline
from localbuild.events.codec import read_events
from localbuild.events.document import BuildSummary, build_document, read_build_document
from localbuild.events.fold import fold
from localbuild.events.model import Event

_POLL_S = 0.2
_COMPARED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record's folder and what its build.json says in short."""

    path: Path
    summary: BuildSummary


def find_builds(cwd: Path) -> Path:
    """The records' folder of this folder or the nearest one above. Raises UsageError."""
    for folder in (cwd, *cwd.parents):
        if is_dir(builds_directory(folder)):
            return builds_directory(folder)
    raise UsageError(
        "there are no builds here or above", hints=("localbuild run", "localbuild -C DIR ls")
    )


def list_records(builds: Path) -> Iterator[Record]:
    """All records that can be read, newest first."""
    for number in reversed(record_numbers(builds)):
        found = _record(builds / str(number))
        if found is not None:
            yield found


def find_baseline(builds: Path, project: str) -> Baseline:
    """The newest good build of a project that restored no cache, of those that are looked at."""
    for number in reversed(record_numbers(builds)[-_COMPARED:]):
        with suppress(UsageError, ValueError):
            document = read_document(builds / str(number))
            found = read_baseline(document) if document.get("projectName") == project else None
            if found is not None:
                return found
    return Baseline()


def find_record(asked: str, cwd: Path) -> Path:
    """The folder of a build: `latest`, a number, an id, or a folder. Raises UsageError."""
    if asked and is_file(cwd / asked / "events.jsonl"):
        return cwd / asked
    builds = find_builds(cwd)
    if asked in ("", "latest"):
        for number in reversed(record_numbers(builds)):
            return builds / str(number)
        raise UsageError("there are no builds yet", hints=("localbuild run",))
    if is_number(asked) and is_dir(builds / asked):
        return builds / asked
    for record in list_records(builds):
        if asked in (record.summary.id, record.summary.id.rpartition(":")[2]):
            return record.path
    raise _no_such_build(asked)


def read_document(record: Path) -> dict[str, object]:
    """A record's build.json. Raises UsageError where there is none."""
    try:
        found = json.loads((record / "build.json").read_bytes())
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise UsageError(f"there is no build.json to be read in {record}")
    return found


def current_document(record: Path) -> dict[str, object]:
    """As `read_document`; that of a build that runs is made anew: build.json is a phase behind."""
    found = read_document(record)
    if found.get("buildComplete") is False:
        with suppress(UsageError, ValueError):
            return build_document(fold(read_history(record, with_output=False)))
    return found


def read_history(record: Path, *, with_output: bool = True) -> Iterator[Event]:
    """A record's events. Raises UsageError where they cannot be read."""
    with _open_events(record) as file:
        lines = file if with_output else (line for line in file if not _is_output(line))
        try:
            yield from begun(read_events(lines), record)
        except ValueError as error:
            raise UsageError(f"{record / 'events.jsonl'}: {error}") from None


def begun(events: Iterable[Event], record: Path) -> Iterator[Event]:
    """The same events. Raises UsageError where there are none."""
    any_event = False
    for event in events:
        any_event = True
        yield event
    if not any_event:
        raise _no_history(record)


def follow_lines(record: Path) -> Iterator[bytes]:
    """The whole lines of events.jsonl, and then those that come; it ends with the build, or its
    process."""
    with _open_events(record) as file:
        rest = b""
        while True:
            alive = is_held(record)
            rest += file.readline()
            if not rest.endswith(b"\n"):
                if not alive:
                    return
                time.sleep(_POLL_S)
                continue
            yield rest
            if b'"type":"build-ended"' in rest[:80]:
                return
            rest = b""


def _open_events(record: Path) -> BinaryIO:
    try:
        return open(record / "events.jsonl", "rb")
    except FileNotFoundError:
        raise _no_history(record) from None
    except OSError as error:
        raise UsageError(f"cannot read {record / 'events.jsonl'}: {error.strerror}") from None


def _is_output(line: bytes) -> bool:
    return b'"type":"output"' in line[:80]


def _record(path: Path) -> Record | None:
    try:
        return Record(path=path, summary=read_build_document(current_document(path)))
    except (UsageError, ValueError):
        return None


def _no_history(record: Path) -> UsageError:
    return UsageError(
        f"{record} has no history: its build never began", hints=("localbuild ls", "localbuild run")
    )


def _no_such_build(asked: str) -> UsageError:
    return UsageError(
        f"there is no build '{asked}' in {STATE_DIR}/builds", hints=("localbuild ls",)
    )
