"""How entries are written: as rows and lines for people, as objects for programs. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from localbuild.cache.entries import Listed
from localbuild.cache.manifest import KeyPart
from localbuild.cli.cache_verbs.plain import NO_KEY
from localbuild.events.shapes import print_time
from localbuild.lines import plain
from localbuild.units import print_age, print_bytes

ID_DIGITS = 12
_KEY_LENGTH = 80


def shown_key(entry: Listed) -> str:
    """An entry's key on one line."""
    key = plain(entry.key) or NO_KEY
    return key if len(key) <= _KEY_LENGTH else f"{key[: _KEY_LENGTH - 1]}…"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows in columns below a heading."""
    lines = [tuple(head), *(tuple(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(f"{cell:{w}}" for cell, w in zip(line, widths, strict=True)).rstrip()


def fields(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Names and values below each other."""
    found = list(rows)
    width = max((len(name) for name, _ in found), default=0)
    for name, value in found:
        yield f"{name:{width}}  {plain(value)}".rstrip()


def entry_object(entry: Listed, url: str) -> dict[str, object]:
    """An entry as an object; times are the store's. Fields of what cannot be read are null."""
    manifest = entry.manifest
    return {
        "key": entry.key,
        "store": url,
        "name": entry.name,
        "id": manifest.content if manifest else None,
        "version": manifest.version if manifest else None,
        "paths": list(manifest.paths) if manifest else None,
        "createdTime": shown_time(entry.stored.modified_s),
        "usedTime": shown_time(entry.used_s),
        "files": manifest.files if manifest else None,
        "sizeBytes": manifest.size_bytes if manifest else None,
        "storedBytes": manifest.stored_bytes if manifest else None,
        "problem": entry.problem or None,
    }


def shown_time(seconds: float) -> str:
    """Unix seconds as a time of the API."""
    return print_time(datetime.fromtimestamp(seconds, UTC))


def part_objects(parts: Iterable[KeyPart]) -> list[dict[str, object]]:
    """The parts of a key as objects."""
    return [
        {
            "kind": part.kind,
            "text": part.text,
            "value": part.value,
            "files": [{"path": f.path, "sha256": f.sha256} for f in part.files],
        }
        for part in parts
    ]


def part_rows(parts: Iterable[KeyPart]) -> Iterator[tuple[str, str]]:
    """The parts of a key, and below a hash the files that it is of."""
    for part in parts:
        if part.kind != "literal":
            yield f"  {plain(part.text)}", part.value or "(empty)"
        for file in part.files:
            yield "", f"{file.sha256[:ID_DIGITS]}  {file.path}"


def size_cells(entry: Listed, own_bytes: int, now_s: float) -> tuple[str, ...]:
    """Size, what it takes up, what of that is its own, files, age and last use of an entry."""
    manifest = entry.manifest
    ages = print_age(now_s - entry.stored.modified_s), print_age(now_s - entry.used_s)
    if manifest is None:
        return ("", "", "", "", *ages)
    return (
        print_bytes(manifest.size_bytes),
        print_bytes(manifest.stored_bytes),
        print_bytes(own_bytes),
        f"{manifest.files:,}",
        *ages,
    )
