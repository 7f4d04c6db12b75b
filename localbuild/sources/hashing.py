"""Hashes those files of a tree that globs match, and goes into no other directory than it must."""

import os
from hashlib import file_digest
from stat import S_ISDIR, S_ISREG

from localbuild.globs import Globs
from localbuild.sources.levels import IS_LINK, OPEN_FILE, ChooseNested, Hidden, Level, Levels
from localbuild.sources.selection import Selection
from localbuild.sources.tally import Tally


class TreeHasher:
    """One pass over the tree at `root`. What cannot be read is no file of the source, as ever."""

    def __init__(
        self, root: bytes, choose_nested: ChooseNested, globs: Globs, hidden: Hidden
    ) -> None:
        self._levels = Levels(root, choose_nested, Tally(), hidden)
        self._globs = globs
        self._found: list[tuple[bytes, str]] = []

    def hash(self, selection: Selection | None) -> list[tuple[bytes, str]]:
        """(path, SHA-256) of each file, by path. Raises OSError where `root` cannot be read."""
        for level in self._levels.walk(selection, self._enter):
            for name in level.names:
                self._visit(level, name)
        return sorted(self._found)

    def _enter(self, above: Level, name: bytes, depth: int) -> Level | None:
        if not self._globs.leads_into(above.path + name + b"/"):
            return None
        return self._levels.open_below(above, name, depth)

    def _visit(self, level: Level, name: bytes) -> None:
        """Hash a file; a name that git calls a file may be a repository of its own."""
        path = level.path + name
        nested = level.selection is not None and self._globs.leads_into(path + b"/")
        if not nested and not self._globs.takes(path):
            return
        try:
            self._hash(level, name, path)
        except OSError as error:
            if error.errno not in IS_LINK:
                self._levels.miss(path, error)

    def _hash(self, level: Level, name: bytes, path: bytes) -> None:
        fd = os.open(name, OPEN_FILE, dir_fd=level.fd)
        mode = os.fstat(fd).st_mode
        if not S_ISREG(mode):
            os.close(fd)
            if S_ISDIR(mode):
                level.add_directory(name)
            return
        with open(fd, "rb", buffering=0) as file:
            if self._globs.takes(path):
                self._found.append((path, file_digest(file, "sha256").hexdigest()))
