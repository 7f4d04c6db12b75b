"""`localbuild cache rm`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from localbuild.cli.cache_verbs.places import (
    Caches,
    cache_verb,
    named_entries,
    only_first,
    open_caches,
    plain_option,
)
from localbuild.cli.cache_verbs.plain import NO_KEY, on_terminal
from localbuild.cli.call import Call, read_call
from localbuild.errors import ExitCode, UsageError
from localbuild.units import print_bytes

if TYPE_CHECKING:
    from localbuild.cache.entries import Listed


def cache_rm(ctx: click.Context) -> int:
    """Remove entries of a cache.

    KEY is a key, the beginning of one or of an id; more than one entry is removed only with --yes
    or when you agree. In a directory where no build runs the bytes are freed at once, elsewhere by
    later prunes.
    """
    call = read_call(ctx)
    words = call.words("keys")
    if bool(words) == call.flag("all"):
        raise UsageError("name keys, or --all", hints=("localbuild cache ls",))
    with open_caches(call) as caches:
        found = _found(caches, words)
        if len(found) > 1 and not call.flag("yes"):
            _confirm(found, call)
        removed, freed = _remove(caches, found)
        layers = _drop_layers(caches, {e.name for e in removed})
        if call.flag("json"):
            call.voice.document(_as_object(caches, removed, freed, layers))
        else:
            call.voice.data(on_terminal(removed_lines(removed, freed, layers)))
            only_first(caches)
    return ExitCode.SUCCEEDED


def _found(caches: Caches, words: Sequence[str]) -> "tuple[Listed, ...]":
    from localbuild.cache.entries import list_entries

    entries = list_entries(caches.first, caches.scope)
    return named_entries(entries, words) if words else entries


def _confirm(found: "Sequence[Listed]", call: Call) -> None:
    from localbuild.cli.cache_verbs.wording import shown_key

    if not call.world.stdin.isatty():
        raise UsageError(
            f"{len(found)} entries would be removed, and nobody is there to be asked",
            hints=("localbuild cache rm KEY --yes",),
        )
    for entry in found:
        call.voice.say(f"  {shown_key(entry)}")
    call.voice.say(f"Remove {len(found)} entries? [y/N]")
    if call.world.stdin.readline().strip().lower() not in (b"y", b"yes"):
        raise UsageError("nothing was removed")


def _remove(caches: Caches, found: "Sequence[Listed]") -> "tuple[tuple[Listed, ...], int]":
    """Those that were removed, and how many bytes are free already."""
    from localbuild.cache.gc import collect, remove_entries
    from localbuild.cli.cache_verbs.pruning import alone

    store = caches.first
    removed = remove_entries(store, found)
    with alone(caches, wanted=bool(removed)) as at_once:
        freed = collect(store, caches.scope, at_once=True).freed_bytes if at_once else 0
    return removed, freed


def _drop_layers(caches: Caches, removed: set[str]) -> tuple[str, ...]:
    from localbuild.cli.cache_verbs.warm import drop_layers

    return drop_layers(caches, lambda layer: layer.entry in removed) if removed else ()


def _as_object(
    caches: Caches, removed: "Sequence[Listed]", freed_bytes: int, layers: tuple[str, ...]
) -> dict[str, object]:
    return {
        "store": caches.first.url,
        "removed": [entry.key for entry in removed],
        "freedBytes": freed_bytes,
        "droppedLayers": list(layers),
    }


def removed_lines(
    removed: "Sequence[Listed]", freed_bytes: int, layers: Sequence[str]
) -> Iterator[str]:
    """What a removal came to. `layers` are the keys of the warm layers that were dropped."""
    from localbuild.cli.cache_verbs.wording import shown_key

    yield from (f"removed {shown_key(entry)}" for entry in removed)
    yield from (f"dropped the warm layer of {key or NO_KEY}" for key in layers)
    if not removed:
        yield "nothing was removed"
    elif freed_bytes:
        yield f"freed {print_bytes(freed_bytes)}"
    else:
        yield "nothing was freed yet: what no other entry needs goes with a later prune"


RM = cache_verb(
    "rm",
    cache_rm,
    click.Argument(["keys"], nargs=-1, metavar="[KEY]..."),
    plain_option("--all", is_flag=True, help="All entries of the project."),
    plain_option("-y", "--yes", is_flag=True, help="Do not ask."),
)
