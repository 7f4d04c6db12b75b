"""`localbuild cache diff`."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from localbuild.cli.cache_verbs.places import (
    Caches,
    cache_verb,
    choose_entry,
    empty_key,
    open_caches,
    plain_option,
)
from localbuild.cli.cache_verbs.plain import on_terminal
from localbuild.cli.call import Call, read_call
from localbuild.errors import ExitCode, UsageError
from localbuild.lines import plain
from localbuild.units import print_bytes

if TYPE_CHECKING:
    from localbuild.cache.diff import Change, Diff
    from localbuild.cache.entries import Listed
    from localbuild.cache.index import Index
    from localbuild.ports.store import ByteStore

_DEPTH = 2
_MOST_FOLDERS = 15
_MOST_GROWERS = 10


def cache_diff(ctx: click.Context) -> int:
    """Compare two entries: what came, what went, what changed, where, and what grew most.

    A and B are keys, beginnings of keys or of ids, or numbers of builds, which stand for the entry
    that the build saved, or else used.
    """
    from localbuild.cache.diff import compare

    call = read_call(ctx)
    asked = call.value("depth")
    depth = asked if isinstance(asked, int) else _DEPTH
    with open_caches(call) as caches:
        found = caches.entries()
        old, new = (_chosen(call.argument(name), found, caches) for name in ("a", "b"))
        diff = compare(_index(old), _index(new))
    if call.flag("json"):
        call.voice.document(_as_object(old[1], new[1], diff, depth))
    else:
        call.voice.data(on_terminal(_lines(old[1], new[1], diff, depth)))
    return ExitCode.SUCCEEDED


def _chosen(
    asked: str, found: "tuple[tuple[ByteStore, Listed], ...]", caches: Caches
) -> "tuple[ByteStore, Listed]":
    from localbuild.cli.cache_verbs.wording import shown_key

    entries = [entry for _, entry in found]
    if not asked:
        raise empty_key(entries)
    if asked.isdigit() and all(entry.key != asked for entry in entries):
        asked = _key_of_build(asked, caches.call)
    exact = [entry for entry in entries if entry.key == asked]
    if not exact and not asked:
        raise UsageError("there is no entry without a key", hints=("localbuild cache ls",))
    entry = choose_entry(exact or entries, asked)
    if entry.manifest is None:
        raise UsageError(
            f"the entry '{shown_key(entry)}' is damaged", hints=("localbuild cache verify",)
        )
    return next(pair for pair in found if pair[1] is entry)


def _key_of_build(number: str, call: Call) -> str:
    from localbuild.cli.records.history import find_record, read_document

    own = read_document(find_record(number, call.world.cwd)).get("localbuild")
    cache = own.get("cache") if isinstance(own, Mapping) else None
    if not isinstance(cache, Mapping) or not (cache.get("saved") or cache.get("matchedKey")):
        raise UsageError(f"build {number} neither used nor saved an entry")
    return str((cache.get("key") if cache.get("saved") else cache.get("matchedKey")) or "")


def _index(chosen: "tuple[ByteStore, Listed]") -> "Index":
    from localbuild.cache.loading import load_index

    store, entry = chosen
    assert entry.manifest is not None
    return load_index(store, entry.manifest)


def _as_object(old: "Listed", new: "Listed", diff: "Diff", depth: int) -> dict[str, object]:
    from localbuild.cache.diff import by_folder

    return {
        "a": old.key,
        "b": new.key,
        "same": diff.same,
        "touched": diff.touched,
        "changes": [_change_object(change) for change in diff.changes],
        "directories": [
            {
                "path": _text(folder.path),
                "added": folder.added,
                "removed": folder.removed,
                "changed": folder.changed,
                "growthBytes": folder.growth,
            }
            for folder in by_folder(diff.changes, depth)
        ],
    }


def _change_object(change: "Change") -> dict[str, object]:
    return {
        "path": _text(change.path),
        "how": change.how,
        "oldBytes": change.old_bytes,
        "newBytes": change.new_bytes,
    }


def _lines(old: "Listed", new: "Listed", diff: "Diff", depth: int) -> Iterator[str]:
    from localbuild.cache.diff import ADDED, CHANGED, REMOVED, by_folder, top_growers
    from localbuild.cli.cache_verbs.wording import shown_key, table

    yield f"{shown_key(old)} -> {shown_key(new)}"
    counts = ", ".join(f"{len(diff.of(how)):,} {how}" for how in (ADDED, REMOVED, CHANGED))
    growth = _signed(sum(change.growth for change in diff.changes))
    yield f"{counts} ({growth}); {diff.same:,} the same, {diff.touched:,} of them touched"
    folders = by_folder(diff.changes, depth)
    if folders:
        yield ""
        head = ("DIRECTORY", "ADDED", "REMOVED", "CHANGED", "GROWTH")
        yield from table(head, (
            (_text(f.path), str(f.added), str(f.removed), str(f.changed), _signed(f.growth))
            for f in folders[:_MOST_FOLDERS]
        ))  # fmt: skip
        if len(folders) > _MOST_FOLDERS:
            yield f"and {len(folders) - _MOST_FOLDERS} more"
    growers = top_growers(diff.changes, _MOST_GROWERS)
    if growers:
        yield ""
        rows = ((_text(c.path), _signed(c.growth), print_bytes(c.new_bytes)) for c in growers)
        yield from table(("FILE", "GREW BY", "TO"), rows)


def _signed(size_bytes: int) -> str:
    sign = "-" if size_bytes < 0 else "+" if size_bytes else ""
    return f"{sign}{print_bytes(abs(size_bytes))}"


def _text(path: bytes) -> str:

    return plain(path.decode("utf-8", "replace"))


DIFF = cache_verb(
    "diff",
    cache_diff,
    click.Argument(["a"], metavar="A"),
    click.Argument(["b"], metavar="B"),
    plain_option(
        "--depth",
        type=click.IntRange(min=1),
        metavar="N",
        help="Sum up by the first N directories of a path (2).",
    ),
)
