"""`localbuild cache stats`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from localbuild.cli.cache_verbs.places import Caches, cache_verb, open_caches
from localbuild.cli.cache_verbs.plain import entries_of, on_terminal
from localbuild.cli.call import Call, read_call
from localbuild.errors import ExitCode, UsageError
from localbuild.units import counted, print_bytes, print_duration

if TYPE_CHECKING:
    from localbuild.cache.stats import Stats

_MANY = {"miss": "misses"}


def cache_stats(ctx: click.Context) -> int:
    """Say what a cache was worth to the project's builds, from their records.

    Builds with a cache are held against good ones that restored nothing.
    """
    from localbuild.cache.stats import fold_stats

    call = read_call(ctx)
    stats = fold_stats(_documents(call))
    with open_caches(call) as caches:
        sizes = _sizes(caches)
    if call.flag("json"):
        call.voice.document(_as_object(stats, sizes))
    else:
        call.voice.data(on_terminal(_lines(stats, sizes)))
    return ExitCode.SUCCEEDED


def _documents(call: Call) -> Iterator[dict[str, object]]:
    from localbuild.cli.records.folders import record_numbers
    from localbuild.cli.records.history import find_builds, read_document

    try:
        builds = find_builds(call.world.cwd)
    except UsageError:
        return
    for number in record_numbers(builds):
        try:
            yield read_document(builds / str(number))
        except UsageError:
            continue


def _sizes(caches: Caches) -> dict[str, tuple[int, int]]:
    """By store: how many entries of the project it has, and what they take up."""
    from localbuild.cache.entries import stored_bytes

    found = caches.entries()
    each = {s.url: [entry for at, entry in found if at is s] for s in caches.stores}
    return {url: (len(entries), stored_bytes(entries)) for url, entries in each.items()}


def _as_object(stats: "Stats", sizes: dict[str, tuple[int, int]]) -> dict[str, object]:
    return {
        "builds": stats.builds,
        "outcomes": dict(stats.outcomes),
        "hitRate": stats.hit_rate,
        "restoredBytes": stats.restored_bytes,
        "savedBytes": stats.saved_bytes,
        "newBytes": stats.new_bytes,
        "restoreSeconds": stats.restore_s,
        "saveSeconds": stats.save_s,
        "baselineSeconds": stats.baseline_s,
        "comparedBuilds": stats.compared,
        "wonSeconds": stats.won_s,
        "verdict": stats.verdict,
        "stores": [
            {"store": url, "entries": entries, "storedBytes": size}
            for url, (entries, size) in sizes.items()
        ],
    }


def _lines(stats: "Stats", sizes: dict[str, tuple[int, int]]) -> Iterator[str]:
    from localbuild.cli.cache_verbs.wording import fields

    new = f", {print_bytes(stats.new_bytes)} new" if stats.saved_bytes else ""
    rows = [
        ("builds", _builds(stats)),
        ("restored", _amount(stats.restored_bytes, stats.restore_s)),
        ("saved", f"{_amount(stats.saved_bytes, stats.save_s)}{new}"),
    ]
    if stats.baseline_s is not None:
        rows.append(("without", f"{print_duration(stats.baseline_s)} for a build (median)"))
    rows += [
        ("store", f"{url}: {entries_of(entries)}, {print_bytes(size)}")
        for url, (entries, size) in sizes.items()
    ]
    yield from fields(rows)
    yield stats.verdict


def _builds(stats: "Stats") -> str:
    if stats.hit_rate is None:
        return f"{stats.builds:,}"
    outcomes = ", ".join(
        counted(count, outcome, _MANY.get(outcome, "")) for outcome, count in stats.outcomes.items()
    )
    return f"{stats.builds:,}: {outcomes} ({stats.hit_rate:.0%} hits)"


def _amount(size_bytes: int, seconds: float) -> str:
    if not size_bytes:
        return "nothing"
    return f"{print_bytes(size_bytes)} in {print_duration(seconds)}"


STATS = cache_verb("stats", cache_stats)
