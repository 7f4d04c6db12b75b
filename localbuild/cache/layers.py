"""Image layers that hold an entry's files: their names, what goes into them, and their making.

A layer is only a copy: whoever drops it loses nothing but time.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from localbuild.cache.allowed import select_allowed
from localbuild.cache.archive import WHITEOUT, Archive, Contents
from localbuild.cache.index import (
    DIRECTORY,
    HARD_LINK,
    HOLE,
    Entry,
    Index,
)
from localbuild.cache.layer_names import (
    BARE_LABEL,
    BASE_LABEL,
    CONTENT_LABEL,
    ENTRY_LABEL,
    KEY_LABEL,
    SCOPE_LABEL,
    SIZE_LABEL,
    STORES_LABEL,
    Parent,
)
from localbuild.cache.layer_plan import LayerPlan
from localbuild.cache.loading import read_index
from localbuild.cache.patterns import absolute, parse_path
from localbuild.errors import EngineError, EngineLostError
from localbuild.ports.engine import Image, Layers, NewLayer
from localbuild.ports.store import ByteStore, StoreError

MOST_LAYERS = 110
"""Overlay file systems take 128; a few are left for what others put on top."""

LARGEST_BYTES = 16 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What a layer is to bring on top of which image, and what it is to take away."""

    base: Image
    entries: dict[bytes, Entry]
    removed: tuple[bytes, ...] = ()


def make_layer(plan: LayerPlan, store: ByteStore, engine: Layers, below: Image | None) -> Image:
    """Make the layer: what changed on top of `below` where that is little, else all of it.

    All of it, too, where files are gone and the engine cannot take them away. Raises StoreError,
    EngineError, and ValueError for files that a layer cannot hold.
    """
    index = read_index(store, plan.manifest.scope, plan.manifest.segments)
    whole = _Content(base=plan.base, entries=_allowed(index, plan))
    wanted = _changed(plan, store, replace(index, entries=whole.entries), below) or whole
    try:
        return engine.add_layer(_new_layer(plan, store, index, wanted))
    except EngineLostError:
        raise
    except EngineError:
        if not wanted.removed:
            raise
        return engine.add_layer(_new_layer(plan, store, index, whole))


def _changed(
    plan: LayerPlan, store: ByteStore, index: Index, below: Image | None
) -> _Content | None:
    """What changed since the layer below; None where it is better made whole."""
    if below is None or not 0 < below.layers < MOST_LAYERS:
        return None
    old = _old_index(plan, store)
    if old is None:
        return None
    gone, changed = _changes(old, index)
    hides = bool(gone) and not plan.bare  # a whiteout would take the image's own, too
    if hides or 2 * (len(gone) + len(changed)) >= len(index.entries):
        return None
    removed = topmost(gone, index.entries)
    entries = increment(index.entries, changed, removed)
    return _Content(base=below, entries=entries, removed=removed)


def _new_layer(plan: LayerPlan, store: ByteStore, index: Index, content: _Content) -> NewLayer:
    """The layer for the engine."""

    def place(path: bytes) -> bytes:
        return os.fsencode(absolute(path, plan.source_directory)).lstrip(b"/")

    owned = _owned(plan, content.entries, place)
    entries = {path: entry for path, entry in content.entries.items() if path not in owned}
    removed = content.removed
    archive = Archive(
        entries.values(),
        Contents(store, plan.manifest.scope, index),
        place,
        removed,
        _directories(plan, [*entries.values()], [place(path) for path in removed], owned, place),
    )
    return NewLayer(
        base=content.base,
        reference=plan.reference,
        labels=_labels(plan),
        size_bytes=archive.size_bytes,
        archive=archive,
        removes=bool(removed),
    )


def _old_index(plan: LayerPlan, store: ByteStore) -> Index | None:
    """What the layer below holds; None where that is not known any more."""
    try:
        old = read_index(store, plan.manifest.scope, plan.below_segments)
    except (StoreError, ValueError):
        return None
    old.entries = _allowed(old, plan)
    return old


def _changes(old: Index, new: Index) -> tuple[list[bytes], list[Entry]]:
    """What is gone and what is not as it was. Numbers of contents are of each index alone."""
    gone = [path for path in old.entries if path not in new.entries]
    before = {path: _facts(entry, old) for path, entry in old.entries.items()}
    return gone, [e for p, e in new.entries.items() if before.get(p) != _facts(e, new)]


def _facts(entry: Entry, index: Index) -> tuple[object, ...]:
    digests = tuple(index.contents[n].digest if n != HOLE else b"" for n in entry.contents)
    return entry._replace(contents=()), digests


def topmost(gone: Sequence[bytes], entries: Mapping[bytes, Entry]) -> tuple[bytes, ...]:
    """Paths without those that lie below another of them, or below what is no directory now."""
    covered = set(gone) | {path for path, e in entries.items() if e.kind != DIRECTORY}
    return tuple(path for path in gone if not any(p in covered for p in _above(path)))


def _above(path: bytes) -> Iterator[bytes]:
    while path := path.rpartition(b"/")[0]:
        yield path


def _allowed(index: Index, plan: LayerPlan) -> dict[bytes, Entry]:
    """The entries that the cache's paths allow. Raises ValueError where a layer cannot hold one."""
    paths = [parse_path(text, plan.source_directory) for text in plan.paths]
    entries, _ = select_allowed(index, paths)
    if any(b"/" + WHITEOUT in b"/" + path for path in entries):
        raise ValueError("a file's name begins with .wh., which means something else in a layer")
    if sum(entry.size for entry in entries.values()) > LARGEST_BYTES:
        raise ValueError("it is too large for a layer")
    return entries


def increment(
    entries: Mapping[bytes, Entry], changed: Sequence[Entry], removed: Sequence[bytes]
) -> dict[bytes, Entry]:
    """What changed, with the directories above it and with all names of one file together."""
    wanted = {entry.path for entry in changed}
    names = [entry for entry in entries.values() if entry.kind == HARD_LINK]
    files = {name.target for name in names if name.path in wanted or name.target in wanted}
    wanted |= files | {name.path for name in names if name.target in files}
    wanted |= {above for path in (*wanted, *removed) for above in _above(path)}
    return {path: entry for path, entry in entries.items() if path in wanted}


def _owned(
    plan: LayerPlan, entries: Mapping[bytes, Entry], place: Callable[[bytes], bytes]
) -> dict[bytes, Parent]:
    """Directories among the entries that are somebody else's in the image: they stay his."""
    known = {os.fsencode(parent.path).strip(b"/"): parent for parent in plan.parents}
    found = {}
    for path, entry in entries.items():
        theirs = known.get(place(path)) if entry.kind == DIRECTORY else None
        if theirs is not None and (theirs.uid, theirs.gid) != (0, 0):
            mtime_s = entry.mtime_ns // 1_000_000_000
            found[path] = theirs._replace(mode=entry.mode, mtime_s=mtime_s)
    return found


def _directories(
    plan: LayerPlan,
    entries: Sequence[Entry],
    removed: Sequence[bytes],
    owned: Mapping[bytes, Parent],
    place: Callable[[bytes], bytes],
) -> list[Parent]:
    """Every directory above a member that is no entry: of the image, or one that has to be made.

    The engine would give them modes of its own.
    """
    known = {os.fsencode(parent.path).strip(b"/"): parent for parent in plan.parents}
    known |= {os.fsencode(parent.path).strip(b"/"): parent for parent in owned.values()}
    own = {place(entry.path) for entry in entries if entry.kind == DIRECTORY}
    needed: dict[bytes, None] = {}
    paths = (*(entry.path for entry in entries), *owned)
    for member in (*map(place, paths), *removed):
        for above in _above(member):
            if above in needed:
                break
            needed[above] = None
    needed |= dict.fromkeys(map(place, owned))
    made_s = int(plan.manifest.created_s)
    return [
        known.get(path) or Parent(os.fsdecode(path), 0o755, 0, 0, made_s)
        for path in sorted(needed.keys() - own)
    ]


def _labels(plan: LayerPlan) -> tuple[tuple[str, str], ...]:
    manifest = plan.manifest
    return (
        (SCOPE_LABEL, manifest.scope),
        (ENTRY_LABEL, manifest.name),
        (KEY_LABEL, manifest.key),
        (CONTENT_LABEL, manifest.content),
        (BASE_LABEL, plan.base.id),
        (SIZE_LABEL, str(manifest.size_bytes)),
        (BARE_LABEL, "yes" if plan.bare else "no"),
        (STORES_LABEL, json.dumps(plan.stores)),
    )
