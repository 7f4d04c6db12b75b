"""Image layers that hold an entry's files: their names, what goes into them, and their making.

A layer is only a copy: whoever drops it loses nothing but time.
"""

import os
from collections.abc import Iterator, Sequence

from localbuild.cache.allowed import select_allowed
from localbuild.cache.archive import WHITEOUT, Archive, Contents
from localbuild.cache.check import check_index
from localbuild.cache.fetching import read_object
from localbuild.cache.index import HARD_LINK, Entry, Index, apply_segments, difference
from localbuild.cache.layer_names import (
    BASE_LABEL,
    CONTENT_LABEL,
    ENTRY_LABEL,
    KEY_LABEL,
    SCOPE_LABEL,
    SIZE_LABEL,
)
from localbuild.cache.layer_plan import LayerPlan
from localbuild.cache.manifest import ObjectRef
from localbuild.cache.patterns import absolute, parse_path
from localbuild.cache.segments import decode_segment
from localbuild.ports.engine import Image, Layers, NewLayer
from localbuild.ports.store import ByteStore

MOST_LAYERS = 110
"""Overlay file systems take 128; a few are left for what others put on top."""

LARGEST_BYTES = 16 << 30


def make_layer(plan: LayerPlan, store: ByteStore, engine: Layers, below: Image | None) -> Image:
    """Make the layer: what changed on top of `below` where that is little, else all of it.

    Raises StoreError, EngineError, and ValueError for files that a layer cannot hold.
    """
    scope = plan.manifest.scope
    index = read_index(plan.manifest.segments, scope, store)
    entries = _allowed(index, plan)
    removed: tuple[bytes, ...] = ()
    base = plan.base
    if below is not None and 0 < below.layers < MOST_LAYERS:
        old = _allowed(read_index(plan.below_segments, scope, store), plan)
        gone, changed = difference(Index(entries=old), entries)
        if 2 * (len(gone) + len(changed)) < len(entries):
            entries, removed, base = _increment(entries, changed), topmost(gone), below
    archive = Archive(
        entries.values(),
        Contents(store, scope, index),
        lambda path: os.fsencode(absolute(path, plan.source_directory)).lstrip(b"/"),
        removed,
        plan.parents,
    )
    return engine.add_layer(
        NewLayer(
            base=base,
            reference=plan.reference,
            labels=_labels(plan),
            size_bytes=archive.size_bytes,
            archive=archive,
            removes=bool(removed),
        )
    )


def read_index(segments: Sequence[ObjectRef], scope: str, store: ByteStore) -> Index:
    """The index that segments make up. Raises StoreError, ValueError."""
    data = (read_object(store, scope, segment.digest) for segment in segments)
    index = apply_segments(decode_segment(each) for each in data)
    check_index(index)
    return index


def topmost(paths: Sequence[bytes]) -> tuple[bytes, ...]:
    """Paths without those that lie below another of them."""
    gone = set(paths)
    return tuple(path for path in paths if not any(p in gone for p in _above(path)))


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


def _increment(entries: dict[bytes, Entry], changed: Sequence[Entry]) -> dict[bytes, Entry]:
    """What changed, with the directories above it and with all names of one file together."""
    wanted = {entry.path for entry in changed}
    for entry in entries.values():
        if entry.kind == HARD_LINK and {entry.path, entry.target} & wanted:
            wanted |= {entry.path, entry.target}
    wanted |= {above for path in tuple(wanted) for above in _above(path)}
    return {path: entry for path, entry in entries.items() if path in wanted}


def _labels(plan: LayerPlan) -> tuple[tuple[str, str], ...]:
    manifest = plan.manifest
    return (
        (SCOPE_LABEL, manifest.scope),
        (ENTRY_LABEL, manifest.name),
        (KEY_LABEL, manifest.key),
        (CONTENT_LABEL, manifest.content),
        (BASE_LABEL, plan.base.id),
        (SIZE_LABEL, str(manifest.size_bytes)),
    )
