"""Directories of a tree that is being written: made, kept open, given their modes and times."""

import os
import resource
from collections import OrderedDict

from localbuild.cache.index import Entry
from localbuild.cache.tree import DIRECTORY as OPEN_DIRECTORY

_MOST_OPEN = 128
_LEAST_OPEN = 8


def open_at_once() -> int:
    """How many directories a thread may keep open: all of them together a part of the limit."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    threads = 1 + max(2, os.cpu_count() or 1)
    return max(_LEAST_OPEN, min(_MOST_OPEN, limit // (8 * threads)))


class Directories:
    """Open directories below one, the last used ones; for one thread."""

    def __init__(self, top: int) -> None:
        self._top = top
        self._most = open_at_once()
        self._open: OrderedDict[bytes, int] = OrderedDict()

    def get(self, path: bytes) -> int:
        """A directory's descriptor, which stays ours. Raises OSError."""
        if not path:
            return self._top
        found = self._open.get(path)
        if found is not None:
            self._open.move_to_end(path)
            return found
        above, _, name = path.rpartition(b"/")
        found = os.open(name, OPEN_DIRECTORY, dir_fd=self.get(above))
        self._open[path] = found
        if len(self._open) > self._most:
            os.close(self._open.popitem(last=False)[1])
        return found

    def close(self) -> None:
        """Close them all; safe to call twice."""
        for descriptor in self._open.values():
            os.close(descriptor)
        self._open.clear()


def make_directory(name: bytes, above: int) -> int:
    """A new directory, for its owner alone, opened. Raises OSError, and leaves nothing then."""
    os.mkdir(name, 0o700, dir_fd=above)
    try:
        return os.open(name, OPEN_DIRECTORY, dir_fd=above)
    except OSError:
        os.rmdir(name, dir_fd=above)
        raise


def owner_of(directory: int) -> tuple[int, int]:
    """Whom files belong to that come into a directory: its owner; root's where we are not root."""
    status = os.fstat(directory)
    return (status.st_uid, status.st_gid) if os.geteuid() == 0 else (0, 0)


def give_to(descriptor: int, owner: tuple[int, int]) -> None:
    """Make a new file or directory somebody's; what we make is root's already."""
    if owner != (0, 0):
        os.fchown(descriptor, *owner)


def set_directory(descriptor: int, entry: Entry) -> None:
    """Give a directory its mode and time."""
    os.fchmod(descriptor, entry.mode)
    os.utime(descriptor, ns=(entry.mtime_ns, entry.mtime_ns))
