"""`localbuild cache push` and `localbuild cache pull`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from localbuild.cli.cache_verbs.places import (
    Caches,
    cache_verb,
    held,
    named_entries,
    open_caches,
    open_other,
)
from localbuild.cli.cache_verbs.plain import on_terminal
from localbuild.cli.call import read_call
from localbuild.errors import ExitCode, UsageError
from localbuild.lines import plain
from localbuild.units import print_bytes

if TYPE_CHECKING:
    from localbuild.cache.entries import Listed
    from localbuild.cache.transfer import Moved
    from localbuild.ports.store import ByteStore


def cache_push(ctx: click.Context) -> int:
    """Copy entries of this project's cache to another place.

    URL is s3://BUCKET/PREFIX or a directory. KEY is a key, the beginning of one or of an id;
    without any, all entries are copied. Only what is missing there is written, and a key that has
    an entry there keeps it.

    Exit code: 1 where an entry is damaged, and was left out.
    """
    return _copy(ctx, pull=False)


def cache_pull(ctx: click.Context) -> int:
    """Copy entries of this project's cache from another place.

    URL is s3://BUCKET/PREFIX or a directory. KEY is a key, the beginning of one or of an id;
    without any, all entries are copied. Only what is missing here is fetched, and a key that has
    an entry here keeps it.

    Exit code: 1 where an entry is damaged, and was left out.
    """
    return _copy(ctx, pull=True)


def _copy(ctx: click.Context, *, pull: bool) -> int:
    from localbuild.cache.transfer import Outcome, Transfer
    from localbuild.cli.cache_verbs.progress import progress

    call = read_call(ctx)
    with (
        open_caches(call, to_read=not pull) as caches,
        open_other(call.argument("url"), caches, to_read=pull) as other,
    ):
        source, target = (other, caches.first) if pull else (caches.first, other)
        if source.url == target.url:
            raise UsageError(f"{plain(source.url)} is the project's cache itself")
        with held(source, make=False):
            entries = _wanted(source, caches, call.words("keys"))
            with (
                held(target, make=bool(entries)),
                progress(call, "pulling" if pull else "pushing") as report,
            ):
                moved = Transfer(source, target, caches.scope, report).run(entries)
    if call.flag("json"):
        call.voice.document(_as_object(moved, source.url, target.url))
    else:
        call.voice.data(on_terminal(_lines(moved, source.url, target.url)))
    damaged = any(m.outcome is Outcome.DAMAGED for m in moved)
    return ExitCode.FAILED if damaged else ExitCode.SUCCEEDED


def _wanted(source: "ByteStore", caches: Caches, words: Sequence[str]) -> "tuple[Listed, ...]":
    """Entries of the store that is read, the oldest first, so that the newest is newest there."""
    from localbuild.cache.entries import list_entries

    entries = list_entries(source, caches.scope)
    return (named_entries(entries, words) if words else entries)[::-1]


def _as_object(moved: "Sequence[Moved]", source: str, target: str) -> dict[str, object]:
    return {
        "from": source,
        "to": target,
        "entries": [
            {
                "key": m.entry.key,
                "outcome": m.outcome.name.lower(),
                "objects": m.objects,
                "sizeBytes": m.size_bytes,
                "problem": m.problem or None,
                "object": m.object or None,
            }
            for m in moved
        ],
    }


def _lines(moved: "Sequence[Moved]", source: str, target: str) -> Iterator[str]:
    from localbuild.cli.cache_verbs.wording import shown_key

    for m in moved:
        size = f", {print_bytes(m.size_bytes)}" if m.objects else ""
        where = "one of its objects: " if m.object else ""
        problem = f": {where}{m.problem}" if m.problem else ""
        yield f"{shown_key(m.entry)}: {m.outcome.value}{size}{problem}"
    total = sum(m.size_bytes for m in moved)
    if not moved:
        yield f"nothing to copy: {source} has no entry of this project"
    else:
        yield f"{print_bytes(total) if total else 'nothing was'} written to {target}"


def _arguments() -> tuple[click.Argument, click.Argument]:
    return (
        click.Argument(["url"], metavar="URL"),
        click.Argument(["keys"], nargs=-1, metavar="[KEY]..."),
    )


PUSH = cache_verb("push", cache_push, *_arguments())
PULL = cache_verb("pull", cache_pull, *_arguments())
