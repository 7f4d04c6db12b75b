"""`localbuild cache verify` and `localbuild cache prune`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from localbuild.cli.cache_verbs.missing import is_missing
from localbuild.cli.cache_verbs.places import (
    Caches,
    cache_verb,
    everyone_option,
    only_first,
    open_caches,
    plain_option,
)
from localbuild.cli.cache_verbs.plain import NO_KEY, on_terminal, plain
from localbuild.cli.call import Call, read_call
from localbuild.errors import ExitCode, UsageError
from localbuild.units import parse_bytes, parse_duration, print_bytes

if TYPE_CHECKING:
    from localbuild.cache.layer_care import LayerFacts
    from localbuild.cache.prune import Policy, Pruned
    from localbuild.cache.verify import Verified


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
    yield f"{url}: {len(verified.entries)} entries, {verified.objects} objects, {size}"
    for damage in verified.damage:
        spoils = f"; spoils {', '.join(key or '(no key)' for key in damage.keys)}"
        yield f"damaged: {damage.name}: {damage.problem}{spoils if damage.keys else ''}"
    if verified.foreign:
        yield f"{len(verified.foreign)} entries are of a later version, and were not read"
    yield from (f"removed {name}" for name in removed)
    if not verified.damage:
        found = verified.entries or verified.objects
        yield "all of it is as it was written" if found else "there is nothing to verify"


def cache_prune(ctx: click.Context) -> int:
    """Let go of entries that were not used for long or are too many, and of what nothing needs.

    The least recently used go first. What was used within a day stays, and so does the last one
    that each project used. Bytes are freed in steps, so that no running build loses what it needs:
    what nothing needs is marked once it is a day old, and removed by a later prune, a day after
    that. --now frees them at once in a directory where no build runs.
    """
    from localbuild.cache.prune import plan_prune, prune

    call = read_call(ctx)
    policy = _policy(call)
    with open_caches(call) as caches:
        scopes = caches.scopes(caches.first)
        if call.flag("dry_run"):
            result = Freed(pruned=plan_prune(caches.first, scopes, policy), dry=True)
        else:
            with alone(caches, wanted=call.flag("now")) as at_once:
                pruned = prune(caches.first, scopes, policy, at_once=at_once)
            result = Freed(pruned=pruned, layers=_drop_layers(caches, policy, pruned))
        if call.flag("json"):
            call.voice.document(_freed_object(result, caches.first.url))
        else:
            call.voice.data(on_terminal(_freed_lines(result, caches.first.url)))
            only_first(caches)
    return ExitCode.SUCCEEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """What a prune came to; `layers` are keys of the layers that were dropped."""

    pruned: "Pruned"
    layers: tuple[str, ...] = ()
    dry: bool = False


@contextmanager
def alone(caches: Caches, *, wanted: bool) -> Iterator[bool]:
    """Whether bytes can be freed at once: no build runs, and none begins before the block ends."""
    from localbuild.cache.lock import try_alone

    if not wanted or is_missing(caches.first.url):
        yield False
        return
    url, voice = caches.first.url, caches.call.voice
    if not url.startswith("/"):
        voice.note(f"{plain(url)}: other machines may use it: what nothing needs goes after a day")
        yield False
        return
    with try_alone(Path(url)) as found:
        if not found:
            voice.note(f"{plain(url)}: a build runs: what nothing needs goes after a day")
        yield found


def _policy(call: Call) -> "Policy":
    from localbuild.cache.prune import Policy

    keep = call.value("keep_last")
    most = _parsed(call, "max_size", parse_bytes)
    return Policy(
        older_than_s=_parsed(call, "older_than", parse_duration),
        max_bytes=None if most is None else int(most),
        keep_last=keep if isinstance(keep, int) else 1,
    )


def _parsed(call: Call, name: str, parse: Callable[[str], float]) -> float | None:
    text = call.text(name)
    if not text:
        return None
    try:
        return parse(text)
    except ValueError as error:
        raise UsageError(f"--{name.replace('_', '-')}: {error}") from None


def _drop_layers(caches: Caches, policy: "Policy", pruned: "Pruned") -> tuple[str, ...]:
    """Drop layers of what was removed, of entries that are not here, and those long unused.

    What is not here may be an entry of another store: such a layer has the same grace.
    """
    from localbuild.cli.cache_verbs.warm import drop_layers, unused_for

    removed = {doomed.entry.name for doomed in pruned.removed}
    living = {(e.name, e.manifest.content) for _, e in caches.entries() if e.manifest}
    idle = unused_for(policy.grace_s)
    stale = idle if policy.older_than_s is None else unused_for(policy.older_than_s)

    def unneeded(layer: "LayerFacts") -> bool:
        if layer.entry in removed:
            return True
        if (layer.entry, layer.content) not in living:
            return idle(layer)
        return policy.older_than_s is not None and stale(layer)

    return drop_layers(caches, unneeded)


def _freed_object(freed: Freed, url: str) -> dict[str, object]:
    pruned, collected = freed.pruned, freed.pruned.collected
    return {
        "store": url,
        "dryRun": freed.dry,
        "removed": [{"key": d.entry.key, "reason": d.reason} for d in pruned.removed],
        "kept": pruned.kept,
        "keptBytes": pruned.kept_bytes,
        "freedObjects": collected.freed,
        "freedBytes": collected.freed_bytes,
        "waitingObjects": collected.waiting,
        "waitingBytes": collected.waiting_bytes,
        "droppedLayers": list(freed.layers),
        "skipped": collected.skipped or None,
    }


def _freed_lines(freed: Freed, url: str) -> Iterator[str]:
    from localbuild.cli.cache_verbs.wording import shown_key

    pruned, collected = freed.pruned, freed.pruned.collected
    verb = "would remove" if freed.dry else "removed"
    for doomed in pruned.removed:
        yield f"{verb} {shown_key(doomed.entry)}: {doomed.reason}"
    yield from (f"dropped the warm layer of {key or NO_KEY}" for key in freed.layers)
    yield f"{url}: {pruned.kept} entries stay, {print_bytes(pruned.kept_bytes)}"
    if freed.dry:
        return
    yield f"freed {print_bytes(collected.freed_bytes)} in {collected.freed} objects"
    if collected.waiting:
        waiting = print_bytes(collected.waiting_bytes)
        yield f"{waiting} more in {collected.waiting} objects that nothing needs wait for their day"
    if collected.skipped:
        yield f"nothing was freed: {collected.skipped}"


VERIFY = cache_verb(
    "verify",
    cache_verify,
    everyone_option(),
    plain_option("--repair", is_flag=True, help="Remove what is damaged."),
)
PRUNE = cache_verb(
    "prune",
    cache_prune,
    everyone_option(),
    plain_option("--older-than", metavar="TIME", help="Entries not used for TIME, as 30d."),
    plain_option("--max-size", metavar="SIZE", help="Entries until the others fit, as 5g."),
    plain_option(
        "--keep-last",
        type=click.IntRange(min=0),
        metavar="N",
        help="Keep the N most recently used ones in any case (1).",
    ),
    plain_option("--now", is_flag=True, help="Free the bytes at once, if no build runs."),
    plain_option("-n", "--dry-run", is_flag=True, help="Only say which entries would go."),
)
