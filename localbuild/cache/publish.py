"""Moves what was unpacked to its place: by renaming, and into directories that are there already.

A cached file takes the place of another of its name; what has no namesake stays. A directory gives
way to nothing, and nothing but a directory goes where one is. What is mounted stays as it is.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from errno import EBUSY

from localbuild.cache.directories import give_to, owner_of, set_directory
from localbuild.cache.index import Entry
from localbuild.cache.tree import DIRECTORY as OPEN_DIRECTORY
from localbuild.cache.tree import is_directory
from localbuild.cache.undoing import Moves


def make_parents(above: int, names: tuple[bytes, ...]) -> int:
    """The directory of the last name, made with all before it; the caller closes it."""
    descriptor = os.dup(above)
    for name in names:
        is_new = is_directory(name, descriptor) is None
        with suppress(FileExistsError):
            os.mkdir(name, 0o755, dir_fd=descriptor)
        below = os.open(name, OPEN_DIRECTORY, dir_fd=descriptor)
        if is_new:
            give_to(below, owner_of(descriptor))
        os.close(descriptor)
        descriptor = below
    return descriptor


class Merger:
    """Moves one directory's content into another. Paths are relative to where it begins.

    `entries`: what directories are to be like; `moves` is told of all that is done. Afterwards
    `refused` has the paths of what could not take its place, and `inodes` has those of the
    directories that were there already.
    """

    def __init__(self, entries: Mapping[bytes, Entry], moves: Moves) -> None:
        self._entries = entries
        self._moves = moves
        self.refused: list[bytes] = []
        self.inodes: dict[bytes, int] = {}

    def merge(self, source: int, target: int, path: bytes = b"") -> None:
        """Move all that is in `source` into `target`. Raises OSError."""
        with os.scandir(source) as children:
            names = sorted(os.fsencode(child.name) for child in children)
        for name in names:
            where = path + b"/" + name if path else name
            there = is_directory(name, target)
            here = is_directory(name, source)
            if there and here:
                self._merge_directory(name, (source, target), where)
            elif there or (here and there is not None):
                self.refused.append(where)
            else:
                if there is not None:
                    self._moves.replace(name, target, where)
                self._move(name, (source, target), where)
                if there is None:
                    self._moves.add(where)
        self.inodes[path] = os.fstat(target).st_ino

    def _move(self, name: bytes, sides: tuple[int, int], where: bytes) -> None:
        try:
            os.rename(name, name, src_dir_fd=sides[0], dst_dir_fd=sides[1])
        except OSError as error:
            if error.errno != EBUSY:  # something is mounted there
                raise
            self.refused.append(where)

    def _merge_directory(self, name: bytes, sides: tuple[int, int], where: bytes) -> None:
        below = os.open(name, OPEN_DIRECTORY, dir_fd=sides[0])
        try:
            os.fchmod(below, 0o700)
            into = os.open(name, OPEN_DIRECTORY, dir_fd=sides[1])
            try:
                if os.fstat(below).st_dev != os.fstat(into).st_dev:
                    self.refused.append(where)
                    return
                self.merge(below, into, where)
                if where in self._entries:
                    self._moves.change(into, where)
                    set_directory(into, self._entries[where])
            finally:
                os.close(into)
        finally:
            os.close(below)
