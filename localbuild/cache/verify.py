"""Reads a store's entries whole: what is damaged, which entries that costs, and their removal.

Every object is hashed, every index is checked, and each frame is opened as a restore would. Memory
is bounded: one index at a time, and of each object that is being read a few megabytes.
"""

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from localbuild.cache.damage import DamagedError
from localbuild.cache.entries import Listed, list_entries
from localbuild.cache.fetching import open_frame
from localbuild.cache.gc import remove_entries
from localbuild.cache.index import Frame
from localbuild.cache.keys import digest_of, object_name, objects_prefix
from localbuild.cache.loading import load_index
from localbuild.ports.store import ByteStore, Fault, Stored, StoreError

BLOCK_BYTES = 4 << 20
Progress = Callable[[int, int], None]
"""Called from one thread at a time with the bytes that are done, and those that there are."""

_Frames = dict[str, dict[Frame, set[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Something that is not as it was written: the name of an object or a manifest, and how.

    `keys` are those of the entries that it spoils. `stored` is None for what is not there.
    """

    name: str
    problem: str
    keys: tuple[str, ...] = ()
    stored: Stored | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found. `spoiled` are entries that cannot be restored, `foreign` those of a later
    version, whose own manifests could not be read."""

    entries: tuple[Listed, ...] = ()
    spoiled: tuple[Listed, ...] = ()
    foreign: tuple[Listed, ...] = ()
    damage: tuple[Damage, ...] = ()
    objects: int = 0
    size_bytes: int = 0


def verify(store: ByteStore, scope: str, progress: Progress = lambda _done, _all: None) -> Verified:
    """Read all of a scope. Raises StoreError where the store does not answer."""
    entries = list_entries(store, scope)
    frames: _Frames = defaultdict(dict)
    found: dict[str, str] = {e.name: e.problem for e in entries if e.problem and not e.foreign}
    for entry in entries:
        _read_index(store, entry, frames, found)
    objects = {o.name: o for o in store.list(objects_prefix(scope))}
    found |= _missing(entries, objects)
    found |= _hash_all(store, objects.values(), frames, progress)
    manifests = {e.name: e.stored for e in entries}
    damage = [
        Damage(
            name=name,
            problem=problem,
            keys=tuple(e.key for e in entries if _is_spoiled(e, {name})),
            stored=objects.get(name) or manifests.get(name),
        )
        for name, problem in sorted(found.items())
    ]
    return Verified(
        entries=entries,
        spoiled=tuple(e for e in entries if _is_spoiled(e, found.keys())),
        foreign=tuple(e for e in entries if e.foreign),
        damage=tuple(damage),
        objects=len(objects),
        size_bytes=sum(o.size_bytes for o in objects.values()),
    )


def verify_all(
    store: ByteStore, scopes: Iterable[str], progress: Progress = lambda _done, _all: None
) -> Verified:
    """The same for several scopes, one after the other."""
    each = [verify(store, scope, progress) for scope in scopes]
    return Verified(
        entries=tuple(e for v in each for e in v.entries),
        spoiled=tuple(e for v in each for e in v.spoiled),
        foreign=tuple(e for v in each for e in v.foreign),
        damage=tuple(d for v in each for d in v.damage),
        objects=sum(v.objects for v in each),
        size_bytes=sum(v.size_bytes for v in each),
    )


def repair(store: ByteStore, verified: Verified) -> tuple[str, ...]:
    """Remove what is damaged, entries first, so that a later save writes it anew; the names.

    What has changed since it was verified stays. Raises StoreError.
    """
    removed = [entry.name for entry in remove_entries(store, verified.spoiled)]
    for damage in verified.damage:
        stored = damage.stored
        if stored and damage.name not in removed and store.remove(stored.name, stored):
            removed.append(damage.name)
    return tuple(removed)


def check_object(
    store: ByteStore, thing: Stored, frames: Iterable[Frame] = ()
) -> tuple[str, tuple[Frame, ...]]:
    """What is wrong with an object, '' for nothing; and of the frames that indexes see in it those
    that are not there. Raises StoreError."""
    whole = hashlib.sha256()
    todo = deque(sorted(frames, key=lambda f: f.offset))
    window, start = b"", 0
    lost: list[Frame] = []
    for at in range(0, thing.size_bytes, BLOCK_BYTES):
        block = store.read_range(thing.name, at, min(BLOCK_BYTES, thing.size_bytes - at))
        if block is None:
            return "it is not there", ()
        whole.update(block)
        window += block
        while todo and todo[0].offset + todo[0].stored <= start + len(window):
            lost += _lost(todo.popleft(), window, start)
        used = min(len(window), todo[0].offset - start if todo else len(window))
        window, start = window[used:], start + used
    if whole.hexdigest() != digest_of(thing.name):
        return "its bytes are not those that were written", ()
    return "", (*lost, *todo)


def _lost(frame: Frame, window: bytes, start: int) -> list[Frame]:
    """The frame, where its bytes are not what its index says."""
    at = frame.offset - start
    try:
        open_frame(frame, memoryview(window)[at : at + frame.stored])
    except ValueError:
        return [frame]
    return []


def _read_index(store: ByteStore, entry: Listed, frames: _Frames, found: dict[str, str]) -> None:
    """Note the frames that an entry's index sees in its packs; or what is wrong with the index."""
    if entry.manifest is None:
        return
    try:
        index = load_index(store, entry.manifest)
    except DamagedError as damaged:
        found[damaged.name] = damaged.why
        return
    for frame in index.frames:
        pack = object_name(entry.manifest.scope, index.packs[frame.pack].digest)
        frames[pack].setdefault(frame._replace(pack=0), set()).add(entry.name)


def _missing(entries: Iterable[Listed], objects: dict[str, Stored]) -> dict[str, str]:
    found = {}
    for entry in entries:
        for needed in entry.objects:
            assert entry.manifest is not None
            name = object_name(entry.manifest.scope, needed.digest)
            if name not in objects:
                found[name] = "it is not there"
    return found


def _hash_all(
    store: ByteStore, objects: Iterable[Stored], frames: _Frames, progress: Progress
) -> dict[str, str]:
    """The objects that are damaged, and the entries whose index sees in them what is not there."""
    objects = tuple(objects)
    total, done, found = sum(o.size_bytes for o in objects), 0, dict[str, str]()

    def check(thing: Stored) -> tuple[str, tuple[Frame, ...]]:
        try:
            return check_object(store, thing, frames.get(thing.name, ()))
        except StoreError as error:
            if error.fault is not Fault.CORRUPT:
                raise
            return "it is shorter than it should be", ()

    with ThreadPoolExecutor(store.parallel, "localbuild-verify") as pool:
        for thing, (problem, lost) in zip(objects, pool.map(check, objects), strict=True):
            done += thing.size_bytes
            progress(done, total)
            if problem:
                found[thing.name] = problem
            for manifest in {name for frame in lost for name in frames[thing.name][frame]}:
                found[manifest] = "its index does not fit its packs"
    return found


def _is_spoiled(entry: Listed, damaged: Iterable[str]) -> bool:
    if entry.name in damaged:
        return True
    if entry.manifest is None:
        return False
    scope = entry.manifest.scope
    return any(object_name(scope, o.digest) in damaged for o in entry.objects)
