"""The way down a tree of files: opens all relative to its directory and follows no link.

What a name is, is asked of it once it is open, so a directory that is replaced by a link meanwhile
is taken as what it has become.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from errno import ELOOP, EMLINK, ENOENT, ENOTDIR

from localbuild.sources.selection import GIT_NAME, Selection
from localbuild.sources.tally import Tally

MAX_DEPTH = 500
RECORDS_NAME = b".localbuild"

OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
IS_LINK = (ELOOP, EMLINK)  # Linux and macOS; FreeBSD
_DIRECTORY = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY
_GONE = (ENOENT, ENOTDIR, *IS_LINK)

ChooseNested = Callable[[bytes], Selection | None]
Hidden = Mapping[bytes, Set[bytes]]
"""Names that are no part of the source, by their directory: `b""` or `b"a/b/"`."""


def hide(paths: Iterable[bytes] = ()) -> Hidden:
    """What hides those paths below the tree's root, and the build records in it."""
    hidden: dict[bytes, set[bytes]] = {b"": {RECORDS_NAME}}
    for path in paths:
        parent, slash, name = path.rpartition(b"/")
        hidden.setdefault(parent + slash, set()).add(name)
    return hidden


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

    def add_directory(self, name: bytes) -> None:
        """A name that turned out to be one; its turn comes in the order of names."""
        if name not in self.directories:
            self.directories.append(name)
            self.directories.sort(reverse=True)


Enter = Callable[[Level, bytes, int], Level | None]


class Levels:
    """Opens the directories of one tree but the `hidden`, and counts in `tally` what it cannot."""

    def __init__(
        self, root: bytes, choose_nested: ChooseNested, tally: Tally, hidden: Hidden
    ) -> None:
        self._root = root
        self._choose_nested = choose_nested
        self._tally = tally
        self._hidden = hidden

    def walk(self, selection: Selection | None, enter: Enter) -> Iterator[Level]:
        """Each level from the top down, once; then `enter` opens its directories, or leaves them.

        Raises OSError where the top cannot be read.
        """
        levels = [self.open_top(selection)]
        try:
            yield levels[0]
            while levels:
                level = levels[-1]
                if not level.directories:
                    os.close(levels.pop().fd)
                elif below := enter(level, level.directories.pop(), len(levels)):
                    levels.append(below)
                    yield below
        finally:
            for level in levels:
                os.close(level.fd)

    def open_top(self, selection: Selection | None) -> Level:
        """The tree's root. Raises OSError where it cannot be read."""
        top = Level(os.open(self._root, os.O_RDONLY | os.O_DIRECTORY), b"", selection, b"")
        try:
            self._list(top)
        except OSError:
            os.close(top.fd)
            raise
        return top

    def open_below(self, above: Level, name: bytes, depth: int) -> Level | None:
        """A directory of `above`; None where it cannot be opened."""
        path = above.path + name + b"/"
        if depth > MAX_DEPTH:
            self._tally.unreadable.add(path)
            return None
        try:
            fd = os.open(name, _DIRECTORY, dir_fd=above.fd)
        except OSError as error:
            self.miss(path, error)
            return None
        level = Level(fd, path, *self._selection_in(above, name, path))
        try:
            self._list(level)
        except OSError as error:
            self.miss(path, error)
        return level

    def miss(self, path: bytes, error: OSError) -> None:
        """Count what cannot be read; what is gone was never there."""
        if error.errno not in _GONE:
            self._tally.unreadable.add(path)

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
        hidden = self._hidden.get(level.path)
        if hidden:
            level.names = [name for name in level.names if name not in hidden]
            level.directories = [name for name in level.directories if name not in hidden]
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
