"""The index of an entry: its files, and where their contents lie. Pure.

Contents are counted from 0 over all segments of an index, so a later segment only adds: paths that
are gone, entries that are new, and the contents, frames and packs that these brought.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

CHUNK_BYTES = 1 << 20
"""A file that is larger is cut into contents of this size."""

HOLE = -1
"""A chunk of nothing but zeros, in a sparse file."""

FILE, SPARSE, DIRECTORY, LINK, HARD_LINK = "f", "s", "d", "l", "h"
KINDS = frozenset((FILE, SPARSE, DIRECTORY, LINK, HARD_LINK))


class Entry(NamedTuple):
    """A file, directory or link. `target` is a link's text, or the path of a hard link's other."""

    path: bytes
    kind: str
    mode: int = 0
    mtime_ns: int = 0
    size: int = 0
    contents: tuple[int, ...] = ()
    target: bytes = b""


class Content(NamedTuple):
    """Some bytes: their SHA-256, how many, and where in a frame they begin."""

    digest: bytes
    size: int
    frame: int
    offset: int


class Frame(NamedTuple):
    """A compressed run of contents: `digest` is of the `stored` bytes at `offset` in `pack`.

    `size` is what it expands to; a raw one is stored as it is.
    """

    digest: bytes
    pack: int
    offset: int
    stored: int
    size: int
    raw: bool


class Pack(NamedTuple):
    """An object that holds frames: its SHA-256 in hex, its size."""

    digest: str
    size: int


@dataclass(slots=True)
class Index:
    """Everything about an entry's files. `entries` is by path, in the paths' order."""

    entries: dict[bytes, Entry] = field(default_factory=dict)
    contents: list[Content] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    packs: list[Pack] = field(default_factory=list)

    @property
    def files(self) -> int:
        """How many of its entries are files or links."""
        return sum(1 for e in self.entries.values() if e.kind != DIRECTORY)

    @property
    def size_bytes(self) -> int:
        """The bytes of all files, a hard link's only once."""
        return sum(e.size for e in self.entries.values() if e.kind in (FILE, SPARSE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What one save added to an index."""

    removed: tuple[bytes, ...] = ()
    entries: tuple[Entry, ...] = ()
    contents: tuple[Content, ...] = ()
    frames: tuple[Frame, ...] = ()
    packs: tuple[Pack, ...] = ()


def apply_segments(segments: Iterable[Segment]) -> Index:
    """The index that segments make up, checked. Raises ValueError."""
    index = Index()
    for segment in segments:
        for path in segment.removed:
            if index.entries.pop(path, None) is None:
                raise ValueError(f"it removes {path!r}, which is not there")
        added = {e.path: e for e in segment.entries}
        if len(added) != len(segment.entries):
            raise ValueError("it names a path twice")
        index.entries.update(added)
        index.contents += segment.contents
        index.frames += segment.frames
        index.packs += segment.packs
    index.entries = dict(sorted(index.entries.items()))
    return index


def difference(base: Index, entries: dict[bytes, Entry]) -> tuple[tuple[bytes, ...], list[Entry]]:
    """The paths of `base` that are gone, and the entries that are new or not as they were."""
    old = base.entries
    removed = tuple(path for path in old if path not in entries)
    changed = [entry for path, entry in entries.items() if old.get(path) is not entry]
    return removed, [entry for entry in changed if not _is_alike(old.get(entry.path), entry, base)]


def _is_alike(old: Entry | None, new: Entry, base: Index) -> bool:
    """Whether an entry differs in its contents' numbers at most: what is there twice has two."""
    if old == new:
        return True
    if old is None or old._replace(contents=new.contents) != new:
        return False
    contents, count = base.contents, len(base.contents)
    return len(old.contents) == len(new.contents) and all(
        one == other
        or (0 <= one < count and 0 <= other < count and contents[one] == contents[other])
        for one, other in zip(old.contents, new.contents, strict=True)
    )


def living_packs(index: Index) -> dict[int, int]:
    """How many stored bytes of each pack the entries of an index still need."""
    used = set(chain.from_iterable(e.contents for e in index.entries.values())) - {HOLE}
    living: dict[int, int] = {}
    for number in {index.contents[c].frame for c in used}:
        frame = index.frames[number]
        living[frame.pack] = living.get(frame.pack, 0) + frame.stored
    return living
