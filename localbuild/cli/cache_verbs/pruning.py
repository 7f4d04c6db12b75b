"""`localbuild cache prune`, and how bytes are freed at once."""

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
from localbuild.cli.cache_verbs.plain import NO_KEY, entries_of, on_terminal
from localbuild.cli.call import Call, read_call
from localbuild.errors import ExitCode, UsageError
from localbuild.lines import plain
from localbuild.units import counted, parse_bytes, parse_duration, print_bytes

if TYPE_CHECKING:
    from localbuild.cache.gc import Collected
    from localbuild.cache.layer_care import LayerFacts
    from localbuild.cache.prune import Policy, Pruned


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
            result = Freed(
                pruned=plan_prune(caches.first, scopes, policy), most=policy.max_bytes, dry=True
            )
        else:
            with alone(caches, wanted=call.flag("now")) as at_once:
                pruned = prune(caches.first, scopes, policy, at_once=at_once)
            layers = _drop_layers(caches, policy, pruned)
            result = Freed(pruned=pruned, layers=layers, most=policy.max_bytes)
        if call.flag("json"):
            call.voice.document(_freed_object(result, caches.first.url))
        else:
            call.voice.data(on_terminal(_freed_lines(result, caches.first.url)))
            only_first(caches)
    return ExitCode.SUCCEEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """What a prune came to; `layers` are keys of the layers that were dropped, `most` the bytes
    that it was to leave."""

    pruned: "Pruned"
    layers: tuple[str, ...] = ()
    most: int | None = None
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
    stay = "stays" if pruned.kept == 1 else "stay"
    yield f"{url}: {entries_of(pruned.kept)} {stay}, {print_bytes(pruned.kept_bytes)}"
    if freed.most is not None and pruned.kept_bytes > freed.most:
        yield (
            f"that is more than {print_bytes(freed.most)}: what was used within a day stays, "
            "and so does a project's last entry (cache rm KEY removes any)"
        )
    if not freed.dry:
        yield from _collected_lines(collected)


def _collected_lines(collected: "Collected") -> Iterator[str]:
    if collected.skipped:
        yield f"nothing was freed: {collected.skipped}"
    elif collected.freed:
        objects = counted(collected.freed, "object")
        yield f"freed {print_bytes(collected.freed_bytes)} in {objects}"
    else:
        yield "nothing was freed"
    if collected.waiting:
        wait = "waits for its day" if collected.waiting == 1 else "wait for their day"
        objects = counted(collected.waiting, "object")
        yield f"{print_bytes(collected.waiting_bytes)} in {objects} that nothing needs {wait}"


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
