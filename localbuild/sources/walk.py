"""Reads a tree of files into tar pieces: opens all relative to its directory, follows no link.

What a name is, is asked of the file once it is open, so a file that is replaced by a link, a
directory or nothing meanwhile is taken as what it has become. Order: a directory, its other
entries, then its directories, each bytewise.
"""

import os
from collections.abc import Callable, Iterator
from errno import ELOOP, EMLINK, ENOENT, ENOTDIR
from stat import S_ISDIR, S_ISREG

from localbuild.container import tar
from localbuild.sources.pieces import WHOLE_BYTES, Pieces
from localbuild.sources.selection import GIT_NAME, Selection
from localbuild.sources.tally import Tally

MAX_DEPTH = 500
RECORDS_NAME = b".localbuild"

_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
_DIRECTORY = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY
_LINK = (ELOOP, EMLINK)  # Linux and macOS; FreeBSD
_GONE = (ENOENT, ENOTDIR, *_LINK)

ChooseNested = Callable[[bytes], Selection | None]


class Level:
    """An open directory on the way down. `selection` None: everything in it."""

    __slots__ = ("directories", "fd", "key", "names", "path", "selection")

    def __init__(self, fd: int, path: bytes, selection: Selection | None, key: bytes) -> None:
        self.fd = fd
        self.path = path
        self.selection = selection
        self.key = key
        self.names: list[bytes] = []
        self.directories: list[bytes] = []


class TreeReader:
    """One pass over the tree at `root`; `tally` is complete when the pieces are read to the end."""

    def __init__(self, root: bytes, choose_nested: ChooseNested, tally: Tally) -> None:
        self._root = root
        self._choose_nested = choose_nested
        self._tally = tally
        self._pieces = Pieces(tally)

    def read(self, selection: Selection | None) -> Iterator[bytes]:
        """The archive in pieces. Raises OSError where `root` cannot be read."""
        top = Level(os.open(self._root, os.O_RDONLY | os.O_DIRECTORY), b"", selection, b"")
        levels = [top]
        try:
            self._list(top)
            while levels:
                level = levels[-1]
                yield from self._read_names(level)
                if level.directories:
                    below = self._enter(level, level.directories.pop(), len(levels))
                    levels += [below] if below else []
                else:
                    os.close(levels.pop().fd)
        finally:
            for level in levels:
                os.close(level.fd)
        self._pieces.add(tar.END)
        yield self._pieces.take()

    # --- directories -------------------------------------------------------------------------

    def _enter(self, above: Level, name: bytes, depth: int) -> Level | None:
        path = above.path + name + b"/"
        if depth > MAX_DEPTH:
            self._tally.unreadable.add(path)
            return None
        try:
            fd = os.open(name, _DIRECTORY, dir_fd=above.fd)
        except OSError as error:
            self._miss(path, error)
            return None
        self._pieces.add_directory(path, os.fstat(fd))
        level = Level(fd, path, *self._selection_in(above, name, path))
        try:
            self._list(level)
        except OSError as error:
            self._miss(path, error)
        return level

    def _selection_in(
        self, above: Level, name: bytes, path: bytes
    ) -> tuple[Selection | None, bytes]:
        if above.selection is None or name == GIT_NAME:
            return None, b""
        key = above.key + name + b"/"
        if above.selection.has(key):
            return above.selection, key
        return self._choose_nested(self._root + b"/" + path), b""

    def _list(self, level: Level) -> None:
        """Fill in what is to be read in `level`; its directories are taken from the list's end."""
        if level.selection is None:
            self._scan(level)
        else:
            level.names = [GIT_NAME, *level.selection.files[level.key]]
            level.directories = list(level.selection.directories.get(level.key, ()))
        if not level.path:
            level.names = [name for name in level.names if name != RECORDS_NAME]
            level.directories = [name for name in level.directories if name != RECORDS_NAME]
        level.names.sort()
        level.directories.sort(reverse=True)

    def _scan(self, level: Level) -> None:
        encode = os.fsencode
        with os.scandir(level.fd) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    level.directories.append(encode(entry.name))
                elif entry.is_file(follow_symlinks=False) or entry.is_symlink():
                    level.names.append(encode(entry.name))
                else:
                    self._tally.special.add(level.path + encode(entry.name))

    # --- what is in them ---------------------------------------------------------------------

    def _read_names(self, level: Level) -> Iterator[bytes]:
        names, level.names = level.names, []
        pieces = self._pieces
        for name in names:
            try:
                fd = os.open(name, _FILE, dir_fd=level.fd)
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
                self._miss(path, error)
        elif not S_ISDIR(status.st_mode):
            self._tally.special.add(path)
        elif name not in level.directories:
            level.directories.append(name)
            level.directories.sort(reverse=True)

    def _read_link(self, level: Level, name: bytes, error: OSError) -> None:
        """A name that does not open: a link is read, anything else is missed."""
        path = level.path + name
        if error.errno not in _LINK:
            self._miss(path, error)
            return
        try:
            target = os.readlink(name, dir_fd=level.fd)
            status = os.stat(name, dir_fd=level.fd, follow_symlinks=False)
        except OSError as gone:
            self._miss(path, gone)
            return
        self._pieces.add_link(path, target, status)

    def _miss(self, path: bytes, error: OSError) -> None:
        """Count what cannot be read; what is gone was never there."""
        if error.errno not in _GONE:
            self._tally.unreadable.add(path)
