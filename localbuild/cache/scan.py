"""Reads the files that cache paths take in: by descriptor, following no link, in the names' order.

What a name is, is asked of the file once it is open.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from errno import ELOOP, ENOENT, ENOTDIR
from stat import S_IMODE, S_ISLNK, S_ISREG

from localbuild.cache.base import Known
from localbuild.cache.check import is_too_long
from localbuild.cache.index import DIRECTORY, HARD_LINK, LINK, Entry
from localbuild.cache.levels import Level, is_below_link, is_left_out
from localbuild.cache.patterns import CachePath, without_of
from localbuild.cache.reading import FILE_MODES, FileReader
from localbuild.cache.tree import DIRECTORY as OPEN_DIRECTORY
from localbuild.cache.tree import Tree

DIRECTORY_MODES = 0o7777

OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NO_LIMIT = 1 << 30
_ENCODING = sys.getfilesystemencoding()
_GONE = (ENOENT, ENOTDIR, ELOOP)


@dataclass(slots=True)
class Scanned:
    """What a scan found. `skipped` counts what a cache does not hold, by kind; `read` files."""

    entries: dict[bytes, Entry] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    read: int = 0


class Scanner:
    """One pass over the bases of some cache paths. `add` takes contents in."""

    def __init__(self, paths: Iterable[CachePath], add: Callable[[bytes], int], known: Known):
        self._paths = tuple(paths)
        self._reader = FileReader(add)
        self._known = known
        self._without = without_of(self._paths)
        self._device = 0
        self.found = Scanned()

    def scan(self, tree: Tree) -> Scanned:
        """Read everything. Raises OSError where a base may not be read."""
        for base in sorted({path.base for path in self._paths}, key=len):
            if is_below_link(base, self.found.entries):
                self.found.skipped["reached by a link that is cached itself"] += 1
                continue
            descriptor = tree.open_base(base)
            if descriptor is not None:
                paths = tuple(p for p in self._paths if p.base == base)
                self._scan_base(base, descriptor, paths)
        return self.found

    def _scan_base(self, base: bytes, descriptor: int, paths: tuple[CachePath, ...]) -> None:
        takes_all = any(path.takes_all for path in paths)
        depths = [path.depth for path in paths]
        limit = _NO_LIMIT if 0 in depths else max(depths)
        status = os.fstat(descriptor)
        self._device = status.st_dev
        if takes_all and base not in (b"", b"/"):
            self._directory(base, status)
        trusted = self._known.directories.get(base) == status.st_ino
        level = Level(descriptor, base, trusted, takes_all, paths)
        levels = [level]
        try:
            self._list(level)
            while levels:
                self._advance(levels, limit)
        finally:
            for each in levels:
                os.close(each.fd)

    def _advance(self, levels: list[Level], limit: int) -> None:
        level = levels[-1]
        for name in level.names:
            self._name(level, name)
        level.names = []
        if not level.directories:
            os.close(levels.pop().fd)
            return
        name = level.directories.pop()
        if len(levels) >= limit:
            return
        below = self._enter(level, name)
        if below is not None:
            levels.append(below)
            self._list(below)

    def _enter(self, above: Level, name: bytes) -> Level | None:
        path = above.prefix + name
        if path in self._without:
            return None
        if is_too_long(path):
            self.found.skipped["too deep"] += 1
            return None
        try:
            descriptor = os.open(name, OPEN_DIRECTORY, dir_fd=above.fd)
        except OSError as error:
            self._missed(error)
            return None
        status = os.fstat(descriptor)
        if status.st_dev != self._device:  # something is mounted there
            self.found.skipped["mounted"] += 1
            os.close(descriptor)
            return None
        if above.takes_all or any(p.takes_all and p.covers(path) for p in self._paths):
            self._directory(path, status)
        trusted = above.trusted and self._known.directories.get(path) == status.st_ino
        return Level(descriptor, path, trusted, above.takes_all, above.paths)

    def _directory(self, path: bytes, status: os.stat_result) -> None:
        mode = status.st_mode & DIRECTORY_MODES
        self.found.entries[path] = Entry(path, DIRECTORY, mode, status.st_mtime_ns)

    def _list(self, level: Level) -> None:
        at_source = not level.path
        try:
            with os.scandir(level.fd) as children:
                for child in children:
                    name = child.name.encode(_ENCODING, "surrogateescape")
                    if name.startswith(b".") and is_left_out(name, at_source):
                        continue
                    if child.is_dir(follow_symlinks=False):
                        level.directories.append(name)
                    elif child.is_file(follow_symlinks=False) or child.is_symlink():
                        level.names.append(name)
                    else:  # never opened: a device could do something then
                        self.found.skipped["special"] += level.takes(level.prefix + name)
        except OSError as error:
            self._missed(error)
        level.names.sort()
        level.directories.sort(reverse=True)

    # --- files --------------------------------------------------------------------------------

    def _name(self, level: Level, name: bytes) -> None:
        path = level.prefix + name
        if level.is_long and is_too_long(path):
            self.found.skipped["too deep"] += 1
            return
        if not (level.takes_all or level.takes(path)) or path in self._without:
            return
        if path in self.found.entries:
            return
        if level.trusted and self._take_over(level, name, path):
            return
        try:
            descriptor = os.open(name, OPEN_FILE, dir_fd=level.fd)
        except OSError as error:
            self._unopened(level, name, path, error)
            return
        try:
            found = self._reader.read(descriptor, path)
            if isinstance(found, str):
                self.found.skipped[found] += 1
            else:
                self.found.entries[path] = found
                self.found.read += found.kind != HARD_LINK
        except OSError as error:
            self._missed(error)
        finally:
            os.close(descriptor)

    def _take_over(self, level: Level, name: bytes, path: bytes) -> bool:
        """Take a file or link over as it was, where nothing can have happened to it."""
        old = self._known.entries.get(path)
        if old is None or old.kind == HARD_LINK:
            return False
        try:
            status = os.stat(name, dir_fd=level.fd, follow_symlinks=False)
        except OSError:
            return False
        if status.st_ctime_ns >= self._known.stamp_ns or status.st_mtime_ns != old.mtime_ns:
            return False
        if status.st_nlink > 1 or not _is_of_kind(status, old):
            return False
        self.found.entries[path] = old
        return True

    def _unopened(self, level: Level, name: bytes, path: bytes, error: OSError) -> None:
        if error.errno != ELOOP:
            self._missed(error)
            return
        try:
            target = os.readlink(name, dir_fd=level.fd)
            status = os.stat(name, dir_fd=level.fd, follow_symlinks=False)
        except OSError as gone:
            self._missed(gone)
            return
        self.found.entries[path] = Entry(path, LINK, 0o777, status.st_mtime_ns, target=target)

    def _missed(self, error: OSError) -> None:
        """Count what cannot be read; what is gone was never there."""
        if error.errno not in _GONE:
            self.found.skipped["unreadable"] += 1


def _is_of_kind(status: os.stat_result, old: Entry) -> bool:
    if old.kind == LINK:
        return S_ISLNK(status.st_mode)
    return (
        S_ISREG(status.st_mode)
        and status.st_size == old.size
        and S_IMODE(status.st_mode) & FILE_MODES == old.mode
    )
