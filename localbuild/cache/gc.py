"""Removes what no entry needs, in two steps: marked once it is old, removed after a time of grace.

No lock is taken. Safe against builds of any length shorter than the grace, because

- objects are listed before manifests: what a writer adds meanwhile is not looked at;
- an object goes only when it is marked since the grace, no entry of this run needs it, and it has
  not been written or made young again since it was marked;
- removing an entry takes the marks of its objects away, so that their grace begins anew.

Source: two cycles, as kopia's maintenance has it; freshening, as git's.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from localbuild.cache.entries import Listed, list_entries
from localbuild.cache.keys import (
    condemned_name,
    condemned_prefix,
    digest_of,
    objects_prefix,
    scope_of,
)
from localbuild.cache.uses import read_uses, use_name
from localbuild.ports.store import ByteStore, Stored

GRACE_S = 24 * 3600.0
MIN_GRACE_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a collection came to. `waiting` objects are marked, or too young to be; `skipped`: why
    nothing was collected."""

    objects: int = 0
    freed: int = 0
    freed_bytes: int = 0
    waiting: int = 0
    waiting_bytes: int = 0
    skipped: str = ""


@dataclass(slots=True)
class _Verdicts:
    """What is to be done with the objects of a scope and their marks."""

    remove: list[Stored] = field(default_factory=list)
    mark: list[Stored] = field(default_factory=list)
    wait: list[Stored] = field(default_factory=list)
    unmark: list[Stored] = field(default_factory=list)


def collect(
    store: ByteStore, scope: str, grace_s: float = GRACE_S, *, at_once: bool = False
) -> Collected:
    """Mark and remove objects of a scope that no entry needs. Raises StoreError.

    `grace_s` is at least an hour. `at_once` is for who knows that nobody else uses the store.
    """
    grace_s = 0.0 if at_once else max(grace_s, MIN_GRACE_S)
    marks = {digest_of(m.name): m for m in store.list(condemned_prefix(scope))}
    objects = list(store.list(objects_prefix(scope)))
    uses = read_uses(store, scope)
    entries = list_entries(store, scope)
    if any(entry.foreign for entry in entries):
        return Collected(objects=len(objects), skipped="a later version of localbuild wrote to it")
    needed = {o.digest for entry in entries for o in entry.objects}
    verdicts = _judge(objects, marks, needed, store.now() - grace_s, at_once=at_once)
    freed = _carry_out(store, verdicts, None if at_once else store.now() - grace_s)
    _forget_uses(store, uses, entries, store.now() - grace_s)
    return Collected(
        objects=len(objects),
        freed=len(freed),
        freed_bytes=sum(o.size_bytes for o in freed),
        waiting=len(verdicts.wait) + len(verdicts.mark),
        waiting_bytes=sum(o.size_bytes for o in verdicts.wait + verdicts.mark),
    )


def remove_entries(store: ByteStore, entries: Iterable[Listed]) -> tuple[Listed, ...]:
    """Remove manifests that are still those that were listed; which ones. Raises StoreError.

    Marks of their objects go first: from now on somebody may still be reading them.
    """
    entries = tuple(entries)
    _spare(store, entries)
    removed = []
    for entry in entries:
        if store.remove(entry.name, entry.stored):
            store.remove(use_name(entry.name))
            removed.append(entry)
    return tuple(removed)


def _spare(store: ByteStore, entries: tuple[Listed, ...]) -> None:
    for scope in {scope_of(entry.name) for entry in entries}:
        needed = {o.digest for e in entries if scope_of(e.name) == scope for o in e.objects}
        for mark in list(store.list(condemned_prefix(scope))):
            if digest_of(mark.name) in needed:
                store.remove(mark.name)


def _judge(
    objects: list[Stored],
    marks: dict[str, Stored],
    needed: set[str],
    born_before: float,
    *,
    at_once: bool,
) -> _Verdicts:
    """`born_before`: what is younger is left alone."""
    verdicts = _Verdicts()
    loose = dict(marks)
    for thing in objects:
        digest = digest_of(thing.name)
        mark = marks.get(digest)
        if digest in needed:
            continue
        loose.pop(digest, None)
        if at_once:
            verdicts.remove.append(thing)
        elif thing.modified_s > born_before:
            verdicts.wait.append(thing)
        elif mark is None or mark.modified_s <= thing.modified_s:
            verdicts.mark.append(thing)
        elif mark.modified_s > born_before:
            verdicts.wait.append(thing)
        else:
            verdicts.remove.append(thing)
    verdicts.unmark.extend(loose.values())
    return verdicts


def _carry_out(store: ByteStore, verdicts: _Verdicts, marked_before: float | None) -> list[Stored]:
    """Do it; the objects that were removed. None: marks do not count."""

    def remove(thing: Stored) -> bool:
        mark = store.find(_mark_of(thing))
        if marked_before is not None and (mark is None or mark.modified_s > marked_before):
            return False  # somebody has spared it since the marks were listed
        gone = store.remove(thing.name, thing)
        if gone and mark is not None:
            store.remove(mark.name, mark)
        return gone

    with ThreadPoolExecutor(store.parallel, "localbuild-gc") as pool:
        list(pool.map(lambda thing: store.replace(_mark_of(thing), b""), verdicts.mark))
        list(pool.map(lambda mark: store.remove(mark.name, mark), verdicts.unmark))
        gone = list(pool.map(remove, verdicts.remove))
    return [thing for thing, was in zip(verdicts.remove, gone, strict=True) if was]


def _mark_of(thing: Stored) -> str:
    return condemned_name(scope_of(thing.name), digest_of(thing.name))


def _forget_uses(
    store: ByteStore, uses: dict[str, Stored], entries: Iterable[Listed], born_before: float
) -> None:
    """Drop the marks of use whose entries are gone."""
    living = {use_name(entry.name) for entry in entries}
    for name, mark in uses.items():
        if name not in living and mark.modified_s <= born_before:
            store.remove(name, mark)
