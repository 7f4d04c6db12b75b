"""Which entries a store lets go of: by age and by size, the least recently used first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import groupby

from localbuild.cache.entries import Listed, list_entries, stored_bytes
from localbuild.cache.gc import GRACE_S, Collected, collect, remove_entries
from localbuild.cache.keys import scope_of
from localbuild.ports.store import ByteStore, StoreError
from localbuild.units import print_age

COLLECTED = "v1/collected"
"""Its age says when a store was last cleaned up."""

EVERY_S = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What to keep. An entry that was used within the grace always stays, and so do the
    `keep_last` most recently used ones of each scope. None is no limit."""

    older_than_s: float | None = None
    max_bytes: int | None = None
    keep_last: int = 1
    grace_s: float = GRACE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Doomed:
    """An entry that is to go, and why."""

    entry: Listed
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What a pruning came to. `kept_bytes` are those of the entries that stay."""

    removed: tuple[Doomed, ...] = ()
    kept: int = 0
    kept_bytes: int = 0
    collected: Collected = Collected()
    swept: int = 0


def choose(entries: Sequence[Listed], policy: Policy, now_s: float) -> tuple[Doomed, ...]:
    """The entries that a policy lets go of, the least recently used first. Pure."""
    safe = {e.name for e in _protected(entries, policy, now_s)}
    by_use = sorted(entries, key=lambda e: e.used_s)
    doomed = [
        Doomed(entry=entry, reason=reason)
        for entry in by_use
        if entry.name not in safe and (reason := _reason(entry, policy, now_s))
    ]
    gone = {d.entry.name for d in doomed}
    left = [e for e in by_use if e.name not in gone]
    return (*doomed, *_too_much(left, safe, policy))


def prune(
    store: ByteStore, scopes: Iterable[str], policy: Policy, *, at_once: bool = False
) -> Pruned:
    """Remove what the policy lets go of, then collect. Raises StoreError.

    `at_once` is for who knows that nobody else uses the store.
    """
    scopes = tuple(scopes)
    entries = tuple(e for scope in scopes for e in list_entries(store, scope))
    doomed = choose(entries, policy, store.now())
    removed = {e.name for e in remove_entries(store, (d.entry for d in doomed))}
    kept = [e for e in entries if e.name not in removed]
    collected = [collect(store, scope, policy.grace_s, at_once=at_once) for scope in scopes]
    return Pruned(
        removed=tuple(d for d in doomed if d.entry.name in removed),
        kept=len(kept),
        kept_bytes=stored_bytes(kept),
        collected=_sum(collected),
        swept=store.sweep(policy.grace_s),
    )


def plan_prune(store: ByteStore, scopes: Iterable[str], policy: Policy) -> Pruned:
    """What `prune` would remove; nothing is. Raises StoreError."""
    entries = tuple(e for scope in scopes for e in list_entries(store, scope))
    doomed = choose(entries, policy, store.now())
    gone = {d.entry.name for d in doomed}
    kept = [e for e in entries if e.name not in gone]
    return Pruned(removed=doomed, kept=len(kept), kept_bytes=stored_bytes(kept))


def is_due(store: ByteStore) -> bool:
    """Whether a store was not cleaned up for a day; whoever is told so does it. Never raises."""
    with suppress(StoreError):
        found = store.find(COLLECTED)
        if found is None or store.now() - found.modified_s > EVERY_S:
            store.replace(COLLECTED, b"")
            return True
    return False


def _protected(entries: Sequence[Listed], policy: Policy, now_s: float) -> Iterator[Listed]:
    yield from (e for e in entries if e.foreign or now_s - e.used_s <= policy.grace_s)
    whole = sorted((e for e in entries if e.manifest), key=lambda e: (scope_of(e.name), -e.used_s))
    for _, group in groupby(whole, key=lambda e: scope_of(e.name)):
        yield from list(group)[: policy.keep_last]


def _reason(entry: Listed, policy: Policy, now_s: float) -> str:
    unused_s = now_s - entry.used_s
    if entry.manifest is None:
        return f"damaged: {entry.problem}"
    if policy.older_than_s is not None and unused_s > policy.older_than_s:
        return f"not used for {print_age(unused_s)}"
    return ""


def _too_much(by_use: Sequence[Listed], safe: set[str], policy: Policy) -> Iterator[Doomed]:
    """The least recently used entries until the others fit."""
    if policy.max_bytes is None:
        return
    users = Counter(digest for e in by_use for digest in {o.digest for o in e.objects})
    total = stored_bytes(by_use)
    for entry in by_use:
        if total <= policy.max_bytes:
            return
        if entry.name not in safe:
            sizes = {o.digest: o.size_bytes for o in entry.objects}
            users.subtract(sizes.keys())
            total -= sum(size for digest, size in sizes.items() if not users[digest])
            total -= entry.stored.size_bytes
            yield Doomed(entry=entry, reason="least recently used, and the cache is too large")


def _sum(each: Sequence[Collected]) -> Collected:
    total = Collected()
    for one in each:
        total = replace(
            total,
            objects=total.objects + one.objects,
            freed=total.freed + one.freed,
            freed_bytes=total.freed_bytes + one.freed_bytes,
            waiting=total.waiting + one.waiting,
            waiting_bytes=total.waiting_bytes + one.waiting_bytes,
            skipped=total.skipped or one.skipped,
        )
    return total
