"""Reads a tree of files into tar pieces: opens all relative to its directory, follows no link.

What a name is, is asked of the file once it is open, so a file that is replaced by a link, a
directory or nothing meanwhile is taken as what it has become. Order: a directory, its other
entries, then its directories, each bytewise.
"""

import os
from collections.abc import Iterator
from stat import S_ISDIR, S_ISREG

from localbuild.container import tar
from localbuild.sources.levels import IS_LINK, OPEN_FILE, ChooseNested, Hidden, Level, Levels
from localbuild.sources.pieces import WHOLE_BYTES, Pieces
from localbuild.sources.selection import Selection
from localbuild.sources.tally import Tally


class TreeReader:
    """One pass over the tree at `root`; `tally` is complete when the pieces are read to the end."""

    def __init__(
        self, root: bytes, choose_nested: ChooseNested, tally: Tally, hidden: Hidden
    ) -> None:
        self._levels = Levels(root, choose_nested, tally, hidden)
        self._tally = tally
        self._pieces = Pieces(tally)

    def read(self, selection: Selection | None) -> Iterator[bytes]:
        """The archive in pieces. Raises OSError where `root` cannot be read."""
        for level in self._levels.walk(selection, self._enter):
            yield from self._read_names(level)
        self._pieces.add(tar.END)
        yield self._pieces.take()

    def _enter(self, above: Level, name: bytes, depth: int) -> Level | None:
        level = self._levels.open_below(above, name, depth)
        if level is not None:
            self._pieces.add_directory(level.path, os.fstat(level.fd))
        return level

    def _read_names(self, level: Level) -> Iterator[bytes]:
        pieces = self._pieces
        for name in level.names:
            try:
                fd = os.open(name, OPEN_FILE, dir_fd=level.fd)
            except OSError as error:
                self._read_link(level, name, error)
                continue
            try:
                status = os.fstat(fd)
                if S_ISREG(status.st_mode) and status.st_size > WHOLE_BYTES:
                    yield from pieces.add_large_file(fd, level.path + name, status)
                else:
                    self._read_at_once(fd, level, name, status)
            finally:
                os.close(fd)
            if pieces.is_full():
                yield pieces.take()

    def _read_at_once(self, fd: int, level: Level, name: bytes, status: os.stat_result) -> None:
        path = level.path + name
        if S_ISREG(status.st_mode):
            try:
                self._pieces.add_small_file(fd, path, status)
            except OSError as error:
                self._levels.miss(path, error)
        elif S_ISDIR(status.st_mode):
            level.add_directory(name)
        else:
            self._tally.special.add(path)

    def _read_link(self, level: Level, name: bytes, error: OSError) -> None:
        """A name that does not open: a link is read, anything else is missed."""
        path = level.path + name
        if error.errno not in IS_LINK:
            self._levels.miss(path, error)
            return
        try:
            target = os.readlink(name, dir_fd=level.fd)
            status = os.stat(name, dir_fd=level.fd, follow_symlinks=False)
        except OSError as gone:
            self._levels.miss(path, gone)
            return
        self._pieces.add_link(path, target, status)
