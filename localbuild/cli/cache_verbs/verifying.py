"""`localbuild cache verify`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from localbuild.cli.cache_verbs.places import (
    cache_verb,
    everyone_option,
    only_first,
    open_caches,
    plain_option,
)
from localbuild.cli.cache_verbs.plain import NO_KEY, entries_of, on_terminal
from localbuild.cli.call import Call, read_call
from localbuild.errors import ExitCode
from localbuild.lines import plain
from localbuild.units import counted, print_bytes

if TYPE_CHECKING:
    from localbuild.cache.verify import Damage, Verified


def cache_verify(ctx: click.Context) -> int:
    """Read a cache whole, and say what is damaged.

    Exit code: 0 all is as it was written, 1 something is damaged. Builds find damage themselves:
    what is damaged is a miss. With --repair it is removed, so that the next save writes it anew.
    """
    from localbuild.cache.verify import repair, verify_all
    from localbuild.cli.cache_verbs.progress import progress

    call = read_call(ctx)
    with open_caches(call) as caches, progress(call, "verifying") as report:
        verified = verify_all(caches.first, caches.scopes(caches.first), report)
        removed = repair(caches.first, verified) if call.flag("repair") else ()
    if call.flag("json"):
        call.voice.document(_verified_object(verified, removed, caches.first.url))
    else:
        call.voice.data(on_terminal(_verified_lines(verified, removed, caches.first.url)))
        _tell_names(call, verified)
        only_first(caches)
        if verified.damage and not removed:
            call.voice.hint("localbuild cache verify --repair")
    return ExitCode.FAILED if verified.damage else ExitCode.SUCCEEDED


def _verified_object(verified: "Verified", removed: tuple[str, ...], url: str) -> dict[str, object]:
    return {
        "store": url,
        "entries": len(verified.entries),
        "objects": verified.objects,
        "sizeBytes": verified.size_bytes,
        "spoiledKeys": [entry.key for entry in verified.spoiled],
        "ofLaterVersions": [entry.name for entry in verified.foreign],
        "damage": [
            {"name": d.name, "problem": d.problem, "keys": list(d.keys)} for d in verified.damage
        ],
        "removed": list(removed),
    }


def _verified_lines(verified: "Verified", removed: tuple[str, ...], url: str) -> Iterator[str]:
    size = print_bytes(verified.size_bytes)
    objects = counted(verified.objects, "object")
    yield f"{url}: {entries_of(len(verified.entries))}, {objects}, {size}"
    yield from (_damage_line(damage) for damage in verified.damage)
    if verified.foreign:
        count = len(verified.foreign)
        are, were = ("is", "was") if count == 1 else ("are", "were")
        yield f"{entries_of(count)} {are} of a later version, and {were} not read"
    yield from _removed_lines(verified, removed)
    if not verified.damage:
        found = verified.entries or verified.objects
        yield "all of it is as it was written" if found else "there is nothing to verify"


def _damage_line(damage: "Damage") -> str:
    """Whose it is, then what: the names within a store say nothing to people."""
    from localbuild.cache.keys import is_object

    whose = ", ".join(key or NO_KEY for key in damage.keys) or "needed by no entry"
    what = "one of its objects: " if damage.keys and is_object(damage.name) else ""
    return f"damaged: {whose}: {what}{damage.problem}"


def _removed_lines(verified: "Verified", removed: tuple[str, ...]) -> Iterator[str]:
    entries = [entry for entry in verified.spoiled if entry.name in removed]
    yield from (f"removed {entry.key or NO_KEY}" for entry in entries)
    if len(removed) > len(entries):
        yield f"removed {counted(len(removed) - len(entries), 'damaged object')}"


def _tell_names(call: Call, verified: "Verified") -> None:
    """With `-v`: where in the store it is."""
    for damage in verified.damage:
        call.voice.detail(plain(f"{damage.name}: {damage.problem}"))


VERIFY = cache_verb(
    "verify",
    cache_verify,
    everyone_option(),
    plain_option("--repair", is_flag=True, help="Remove what is damaged."),
)
