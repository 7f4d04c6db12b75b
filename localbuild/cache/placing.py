"""One base of a restore: unpacked beside its place, moved there, and given its times at last."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress

from localbuild.cache.directories import Directories, set_directory
from localbuild.cache.index import Entry
from localbuild.cache.patterns import path_below
from localbuild.cache.publish import Merger, make_parents
from localbuild.cache.tree import DIRECTORY as OPEN_DIRECTORY
from localbuild.cache.tree import Tree, is_directory, remove_tree
from localbuild.cache.undoing import Moves
from localbuild.cache.unpack import Unpacker


class Place:
    """Where a base is unpacked, and the names that are missing up to it.

    `entries` are by path below the base, its own is b''. Afterwards `refused` has the paths of what
    could not take its place, b'' for the whole base, and `inodes` those of its directories. `close`
    removes what is not in its place.
    """

    def __init__(self, tree: Tree, base: bytes, entries: dict[bytes, Entry], name: bytes) -> None:
        self.base = base
        self.entries = entries
        self.inodes: dict[bytes, int] = {}
        self.refused: list[bytes] = []
        self._name = name
        self._target = -1
        self._is_there = self._is_whole = False
        self._is_blocked = False
        try:
            self._above, self._missing = tree.open_nearest(base)
        except NotADirectoryError:  # what is no directory is in the way; other bases may come
            self._is_blocked = True
            self._above, self._missing = tree.open_nearest(b"/")
        self._moves = Moves(self._above, name + b".old")
        try:
            self.unpacker = Unpacker(self._above, name)
        except BaseException:
            os.close(self._above)
            raise

    def unpack_first(self) -> None:
        """Everything but contents."""
        for path, entry in self.entries.items():
            if path:
                self.unpacker.add(path, entry)

    def publish(self) -> int:
        """Move it to its place; the time by the file system's clock, in ns. Raises OSError."""
        if self._is_blocked:
            self.refused = [b""]
            return 0
        own = self.entries.get(b"")
        self.inodes = dict(self.unpacker.inodes)
        parent = make_parents(self._above, self._missing[:-1])
        try:
            self._move(parent)
        finally:
            os.close(parent)
        if own is not None:
            self._moves.change(self._target, b"")
            set_directory(self._target, own)
        return os.fstat(self._target).st_ctime_ns

    def _move(self, parent: int) -> None:
        """What was missing can have come meanwhile, with another base."""
        last = self._missing[-1] if self._missing else b"."
        if is_directory(last, parent) is None:
            self._target = os.dup(self.unpacker.top)
            os.fchmod(self._target, 0o755)
            os.rename(self._name, last, src_dir_fd=self._above, dst_dir_fd=parent)
            self._is_there = self._is_whole = True
            return
        self._target = os.open(last, OPEN_DIRECTORY, dir_fd=parent)
        merger = Merger(self.entries, self._moves)
        merger.merge(self.unpacker.top, self._target)
        self.inodes.update(merger.inodes)
        self.refused = merger.refused
        remove_tree(self._name, self._above)
        self._is_there = True

    def undo(self) -> None:
        """Take away again what has come, and what was made on the way to it. Never raises."""
        if self._is_whole:
            with suppress(OSError):
                self._move_back()
        elif self._target >= 0:
            self._moves.undo(self._target)

    def _move_back(self) -> None:
        """The whole base, and the directories on the way to it that are empty then."""
        *above, last = self._missing
        for have in range(len(above), -1, -1):
            parent = make_parents(self._above, tuple(above[:have]))
            try:
                if have == len(above):
                    os.rename(last, self._name, src_dir_fd=parent, dst_dir_fd=self._above)
                    self._is_there = self._is_whole = False
                else:
                    os.rmdir(above[have], dir_fd=parent)
            finally:
                os.close(parent)

    def settle(self, bases: Iterable[bytes]) -> None:
        """All has come: forget what it took the place of. Never raises.

        That, and other bases below this one, have changed times of directories: they are set again.
        """
        self._moves.clear()
        if self._is_blocked:
            return
        directories = Directories(self._target)
        with suppress(OSError):
            for path in dict.fromkeys((*self._above_bases(bases), b"")):
                if path in self.entries:
                    set_directory(directories.get(path), self.entries[path])
        directories.close()

    def _above_bases(self, bases: Iterable[bytes]) -> Iterator[bytes]:
        """The directories that other bases lie in, the nearest first."""
        for base in bases:
            path = path_below(self.base, base)
            while path:
                path = path.rpartition(b"/")[0]
                yield path

    def close(self) -> None:
        """Let go, and remove what is not in its place; safe to call twice."""
        if self._above < 0:
            return
        if self._is_there:
            self.unpacker.close()
        else:
            self.unpacker.abandon()
        self._moves.clear()
        for descriptor in (self._above, self._target):
            if descriptor >= 0:
                os.close(descriptor)
        self._above = self._target = -1

    def index_path(self, below: bytes) -> bytes:
        """A path as the index has it."""
        if not below:
            return self.base
        head = self.base if not self.base or self.base.endswith(b"/") else self.base + b"/"
        return head + below
