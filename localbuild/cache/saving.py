"""Saves the files of a tree as an entry: reads what may have changed, writes what the store lacks.

Objects first, the manifest last; of what one save wrote in vain a later collection takes care.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from localbuild.cache.base import Base, Known
from localbuild.cache.check import MAX_ENTRIES
from localbuild.cache.index import HOLE, Index, Segment, difference, living_packs
from localbuild.cache.manifest import ObjectRef
from localbuild.cache.packing import Packing
from localbuild.cache.packs import write_object
from localbuild.cache.patterns import CachePath
from localbuild.cache.scan import Scanned, Scanner
from localbuild.cache.segments import encode_segment
from localbuild.cache.tree import Tree
from localbuild.cache.uncollected import uncollected
from localbuild.errors import UsageError
from localbuild.ports.store import ByteStore

MAX_SEGMENTS = 12
_LIVING = 0.25
"""A pack of which less than this is needed is not built upon: its contents are written anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFiles:
    """What a save wrote: the entry's parts for its manifest. `read` counts files that were read."""

    segments: tuple[ObjectRef, ...]
    packs: tuple[ObjectRef, ...]
    index: Index
    new_bytes: int
    read: int
    skipped: tuple[tuple[str, int], ...] = ()


Scan = Callable[[Callable[[bytes], int], Known], Scanned]
"""Reads files: takes where contents go, and what need not be read again."""


def scan_tree(tree: Tree, paths: Sequence[CachePath]) -> Scan:
    """A scan of a tree that is open to us."""
    return lambda add, known: Scanner(paths, add, known).scan(tree)


@uncollected()
def save_files(scan: Scan, base: Base, store: ByteStore, scope: str) -> SavedFiles:
    """Write the objects of an entry. Raises StoreError, what the scan raises, and UsageError."""
    sparse = _sparse_packs(base.index)
    packing = Packing(store, scope, base.index, sparse)
    try:
        scanned = scan(packing.add, _without(base.known, base.index, sparse))
        if len(scanned.entries) > MAX_ENTRIES:
            raise UsageError(f"a cache holds no more than {MAX_ENTRIES} files")
        packing.finish()
        saved = write_index(scanned, packing, base, (store, scope))
        packing.writer.wait()
    finally:
        packing.writer.close()
    return saved


def write_index(
    scanned: Scanned, packing: Packing, base: Base, where: tuple[ByteStore, str]
) -> SavedFiles:
    """Write what is new in the index: an increment, or all of it where that is not much more."""
    entries = scanned.entries
    removed, changed = difference(base.index, entries)
    before = base.manifest.segments if base.manifest else ()
    whole = Index(
        entries=entries,
        contents=base.index.contents + packing.contents,
        frames=base.index.frames + packing.writer.frames,
        packs=base.index.packs + packing.writer.packs,
    )
    if before and not removed and not changed:
        return _saved(whole, before, packing.writer.new_bytes, scanned)
    segments: tuple[ObjectRef, ...] = ()
    if before and len(before) < MAX_SEGMENTS and 2 * len(removed + tuple(changed)) < len(entries):
        segment = Segment(
            removed=removed,
            entries=tuple(changed),
            contents=tuple(packing.contents),
            frames=tuple(packing.writer.frames),
            packs=tuple(packing.writer.packs),
        )
        segments = (*before, _write_segment(segment, where))
    if not segments or segments[-1] in before:  # one that comes twice is taken for damage
        whole = renumber(whole) if base.index.packs else whole
        segment = Segment(
            entries=tuple(whole.entries.values()),
            contents=tuple(whole.contents),
            frames=tuple(whole.frames),
            packs=tuple(whole.packs),
        )
        segments = (_write_segment(segment, where),)
    new_bytes = packing.writer.new_bytes + segments[-1].size_bytes
    return _saved(whole, segments, new_bytes, scanned)


def _write_segment(segment: Segment, where: tuple[ByteStore, str]) -> ObjectRef:
    store, scope = where
    written = write_object(store, scope, [encode_segment(segment, max(store.level, 3))])
    return ObjectRef(digest=written.digest, size_bytes=written.size)


def renumber(index: Index) -> Index:
    """The same entries with nothing but what they need, counted anew."""
    contents = _used(n for e in index.entries.values() for n in e.contents if n != HOLE)
    frames = _used(index.contents[n].frame for n in contents)
    packs = _used(index.frames[n].pack for n in frames)
    return Index(
        entries={
            path: e._replace(contents=tuple(contents.get(n, HOLE) for n in e.contents))
            for path, e in index.entries.items()
        },
        contents=[
            c._replace(frame=frames[c.frame]) for c in map(index.contents.__getitem__, contents)
        ],
        frames=[f._replace(pack=packs[f.pack]) for f in map(index.frames.__getitem__, frames)],
        packs=[index.packs[n] for n in packs],
    )


def _used(numbers: Iterable[int]) -> dict[int, int]:
    """Each number once, and its new one."""
    return {number: new for new, number in enumerate(dict.fromkeys(numbers))}


def _saved(
    index: Index, segments: tuple[ObjectRef, ...], new_bytes: int, scanned: Scanned
) -> SavedFiles:
    packs = (index.packs[number] for number in sorted(living_packs(index)))
    return SavedFiles(
        segments=segments,
        packs=tuple(ObjectRef(digest=p.digest, size_bytes=p.size) for p in packs),
        index=index,
        new_bytes=new_bytes,
        read=scanned.read,
        skipped=tuple(scanned.skipped.items()),
    )


def _sparse_packs(index: Index) -> frozenset[int]:
    living = living_packs(index)
    return frozenset(
        number
        for number, pack in enumerate(index.packs)
        if living.get(number, 0) < _LIVING * pack.size
    )


def _without(known: Known, index: Index, sparse: frozenset[int]) -> Known:
    """What is known, less the files whose contents are to be written anew."""
    if not sparse:
        return known
    entries = {
        path: entry
        for path, entry in known.entries.items()
        if not any(
            n != HOLE and index.frames[index.contents[n].frame].pack in sparse
            for n in entry.contents
        )
    }
    return known._replace(entries=entries)
