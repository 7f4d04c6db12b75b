"""Restores an entry's files into a tree: all of them, or none.

Each base is unpacked beside its place and moved there when every byte has been checked.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from localbuild.cache.allowed import select_allowed
from localbuild.cache.base import Known
from localbuild.cache.fetching import Fetcher
from localbuild.cache.index import HARD_LINK, HOLE, Entry, Index
from localbuild.cache.patterns import CachePath, path_below
from localbuild.cache.publish import Merger, make_parents
from localbuild.cache.scan import STAGING_PREFIX
from localbuild.cache.tree import Tree, remove_tree
from localbuild.cache.unpack import Unpacker, set_directory
from localbuild.ports.store import ByteStore

Wanted = dict[bytes, dict[bytes, Entry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredFiles:
    """What came into the tree. `refused` could not take its place: a directory is there, or none.

    `known` is what a later save may take over without reading it.
    """

    known: Known
    refused: tuple[bytes, ...] = ()


class _Place:
    """One base on its way: where it is unpacked, and the names that are missing up to it."""

    __slots__ = ("above", "base", "entries", "inodes", "missing", "name", "refused", "unpacker")

    def __init__(self, tree: Tree, base: bytes, entries: dict[bytes, Entry], name: bytes) -> None:
        self.base = base
        self.entries = entries
        self.name = name
        self.inodes: dict[bytes, int] = {}
        self.refused: list[bytes] = []
        self.above, self.missing = tree.open_nearest(base)
        try:
            self.unpacker = Unpacker(self.above, name)
        except BaseException:
            os.close(self.above)
            raise

    def unpack_first(self) -> None:
        """Everything but contents."""
        for path, entry in self.entries.items():
            if path:
                self.unpacker.add(path, entry)

    def publish(self) -> int:
        """Move it to its place; the time by the file system's clock, in ns. Raises OSError."""
        own = self.entries.get(b"")
        self.inodes = dict(self.unpacker.inodes)
        target = self.unpacker.top if self.missing else self.above
        if self.missing:
            os.fchmod(target, 0o755)
            parent = make_parents(self.above, self.missing[:-1])
            try:
                os.rename(self.name, self.missing[-1], src_dir_fd=self.above, dst_dir_fd=parent)
            finally:
                os.close(parent)
        else:
            merger = Merger(self.entries)
            merger.merge(self.unpacker.top, target)
            self.inodes.update(merger.inodes)
            self.refused = merger.refused
            remove_tree(self.name, self.above)
        if own is not None:
            set_directory(target, own)
        stamp = os.fstat(target).st_ctime_ns
        self.close()
        return stamp

    def abandon(self) -> None:
        """Remove what was unpacked and is not in its place."""
        self.unpacker.abandon()
        self.close()

    def close(self) -> None:
        """Let go; safe to call twice."""
        self.unpacker.close()
        if self.above >= 0:
            os.close(self.above)
            self.above = -1

    def index_path(self, below: bytes) -> bytes:
        """A path as the index has it."""
        if not below:
            return self.base
        head = self.base if not self.base or self.base.endswith(b"/") else self.base + b"/"
        return head + below


def choose_entries(index: Index, paths: Sequence[CachePath]) -> tuple[Wanted, tuple[bytes, ...]]:
    """Entries by base and by path below it; and the paths that no cache path allows.

    A base's own entry has the path b''. A hard link to a file of another base is that file.
    """
    wanted: Wanted = defaultdict(dict)
    allowed, skipped = select_allowed(index, paths)
    bases = sorted({p.base for p in paths}, key=len, reverse=True)
    for path, entry in allowed.items():
        base, below = _place_of(path, bases)
        if entry.kind == HARD_LINK:
            other, target = _place_of(entry.target, bases)
            entry = entry._replace(target=target) if other == base else allowed[entry.target]
        wanted[base][below] = entry
    return wanted, skipped


def _place_of(path: bytes, bases: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The longest base that a path is in, and the path below it."""
    found = ((base, path_below(base, path)) for base in bases)
    return next((base, below) for base, below in found if below is not None)


class Restorer:
    """Restores one entry into one tree. `random_name` gives a name that nobody can guess."""

    def __init__(self, tree: Tree, random_name: Callable[[], str]) -> None:
        self._tree = tree
        self._random_name = random_name
        self._places: list[_Place] = []

    def restore(self, wanted: Wanted, index: Index, store: ByteStore, scope: str) -> RestoredFiles:
        """Raises StoreError, and OSError of the tree; then nothing has come into it."""
        try:
            for base, entries in wanted.items():
                name = STAGING_PREFIX + self._random_name().encode()
                self._places.append(_Place(self._tree, base, entries, name))
                self._places[-1].unpack_first()
            fetcher = Fetcher(store, scope, index)
            try:
                self._unpack_contents(index, fetcher)
            finally:
                fetcher.close()
            for place in self._places:
                place.unpacker.finish()
            stamp = max((place.publish() for place in self._places), default=0)
        except BaseException:
            for place in self._places:
                place.abandon()
            raise
        return self._result(index, stamp)

    def _unpack_contents(self, index: Index, fetcher: Fetcher) -> None:
        targets = self._targets()
        in_frame: dict[int, list[int]] = defaultdict(list)
        for number in targets:
            in_frame[index.contents[number].frame].append(number)

        def take(frame: int, data: memoryview) -> None:
            for number in in_frame[frame]:
                _, size, _, offset = index.contents[number]
                for unpacker, path, entry, chunk in targets[number]:
                    unpacker.write(path, entry, chunk, data[offset : offset + size])

        fetcher.each(in_frame, take)

    def _targets(self) -> dict[int, list[tuple[Unpacker, bytes, Entry, int]]]:
        """Where each content goes."""
        targets: dict[int, list[tuple[Unpacker, bytes, Entry, int]]] = defaultdict(list)
        for place in self._places:
            for path, entry in place.entries.items():
                for chunk, number in enumerate(entry.contents):
                    if number != HOLE:
                        targets[number].append((place.unpacker, path, entry, chunk))
        return targets

    def _result(self, index: Index, stamp_ns: int) -> RestoredFiles:
        refused = {p.index_path(path) for p in self._places for path in p.refused}
        inodes = {p.index_path(path): i for p in self._places for path, i in p.inodes.items()}
        kept = {path: e for path, e in index.entries.items() if path not in refused}
        return RestoredFiles(known=Known(kept, stamp_ns, inodes), refused=tuple(sorted(refused)))
