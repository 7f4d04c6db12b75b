"""Entries become files: in a directory of their own beside their place, and moved there at the end.

Everything is opened relative to directories that this module made, following no link. Hard links
and links come after all files; modes and times of directories last, deepest first.
"""

import os
import threading
from contextlib import suppress

from localbuild.cache.directories import (
    Directories,
    give_to,
    make_directory,
    owner_of,
    set_directory,
)
from localbuild.cache.index import CHUNK_BYTES, DIRECTORY, HARD_LINK, LINK, SPARSE, Entry
from localbuild.cache.tree import remove_tree

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_AGAIN = os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_BLOCK = 4096
_ZEROS = bytes(_BLOCK)


class Unpacker:
    """Writes entries below one new directory, `name` in the directory `above`.

    Paths are relative to it. First `add` for all, then `write` for each chunk, which several
    threads may call, then `finish`. `inodes` are those of its directories, by path. Everything
    belongs to whom `above` does.
    """

    def __init__(self, above: int, name: bytes) -> None:
        self._above = above
        self._owner = owner_of(above)
        self._name = name
        self._missing: dict[bytes, int] = {}
        self._lock = threading.Lock()
        self._local = threading.local()
        self._all: list[Directories] = []
        self._made: dict[bytes, Entry | None] = {}
        self._links: list[tuple[bytes, Entry]] = []
        self._umask = _read_umask()
        self.top = make_directory(name, above)
        give_to(self.top, self._owner)
        self.inodes: dict[bytes, int] = {}

    def add(self, path: bytes, entry: Entry) -> None:
        """Take in a directory, a link, or a file; its directories are made."""
        if entry.kind == DIRECTORY:
            self._make(path, entry)
            return
        above = path.rpartition(b"/")[0]
        if above and above not in self._made:
            self._make(above, None)
        if entry.kind in (LINK, HARD_LINK):
            self._links.append((path, entry))
        elif all(number < 0 for number in entry.contents):
            descriptor = self._create(path, entry)
            try:
                os.ftruncate(descriptor, entry.size)
            except BaseException:
                os.close(descriptor)
                raise
            self._end_file(descriptor, entry)

    def write(self, path: bytes, entry: Entry, chunk: int, data: memoryview) -> None:
        """Write one chunk of a file, in any order of chunks."""
        if len(entry.contents) == 1 and entry.kind != SPARSE:
            descriptor = self._create(path, entry)
            try:
                _write(descriptor, data, 0)
            except BaseException:
                os.close(descriptor)
                raise
            self._end_file(descriptor, entry)
            return
        self._begin(path, entry)
        parent, name = self._place(path)
        descriptor = os.open(name, _AGAIN, dir_fd=parent)
        try:
            put = _write_islands if entry.kind == SPARSE else _write
            put(descriptor, data, chunk * CHUNK_BYTES)
        except BaseException:
            os.close(descriptor)
            raise
        self._end_chunk(path, descriptor, entry)

    def finish(self) -> None:
        """Make links, then give directories their modes and times. Raises OSError, ValueError."""
        if self._missing:
            raise ValueError("files lack some of their chunks")
        self.inodes[b""] = os.fstat(self.top).st_ino
        for path, entry in self._links:
            if entry.kind == HARD_LINK:
                self._link(path, entry.target)
                continue
            parent, name = self._place(path)
            os.symlink(entry.target, name, dir_fd=parent)
            if self._owner != (0, 0):
                os.chown(name, *self._owner, dir_fd=parent, follow_symlinks=False)
            times = (entry.mtime_ns, entry.mtime_ns)
            os.utime(name, ns=times, dir_fd=parent, follow_symlinks=False)
        for path in sorted(self._made, reverse=True):
            entry_or_none = self._made[path]
            if entry_or_none is not None:
                set_directory(self._directories().get(path), entry_or_none)

    def close(self) -> None:
        """Let go of everything that is open; safe to call twice."""
        for directories in self._all:
            directories.close()
        if self.top >= 0:
            os.close(self.top)
            self.top = -1

    def abandon(self) -> None:
        """Remove everything that was written."""
        self.close()
        with suppress(OSError):
            remove_tree(self._name, self._above)

    # --- files and directories ----------------------------------------------------------------

    def _link(self, path: bytes, target: bytes) -> None:
        """Give a file one more name. Looking for the one directory may close the other."""
        parent, name = self._place(path)
        parent = os.dup(parent)
        try:
            origin, old = self._place(target)
            os.link(old, name, src_dir_fd=origin, dst_dir_fd=parent, follow_symlinks=False)
        finally:
            os.close(parent)

    def _begin(self, path: bytes, entry: Entry) -> None:
        """Make a file of several chunks with its first one. None of them stays open between two."""
        with self._lock:
            if path in self._missing:
                return
            descriptor = self._create(path, entry)
            try:
                if entry.kind == SPARSE:
                    os.ftruncate(descriptor, entry.size)
            finally:
                os.close(descriptor)
            self._missing[path] = sum(1 for number in entry.contents if number >= 0)

    def _end_chunk(self, path: bytes, descriptor: int, entry: Entry) -> None:
        with self._lock:
            self._missing[path] -= 1
            last = not self._missing[path]
            if last:
                del self._missing[path]
        if last:
            self._end_file(descriptor, entry)
        else:
            os.close(descriptor)

    def _create(self, path: bytes, entry: Entry) -> int:
        parent, name = self._place(path)
        return os.open(name, _NEW, entry.mode | 0o200, dir_fd=parent)

    def _end_file(self, descriptor: int, entry: Entry) -> None:
        try:
            give_to(descriptor, self._owner)
            if entry.mode & self._umask or not entry.mode & 0o200:
                os.fchmod(descriptor, entry.mode)
            os.utime(descriptor, ns=(entry.mtime_ns, entry.mtime_ns))
        finally:
            os.close(descriptor)

    def _place(self, path: bytes) -> tuple[int, bytes]:
        above, _, name = path.rpartition(b"/")
        return self._directories().get(above), name

    def _directories(self) -> Directories:
        """This thread's own."""
        found: Directories | None = getattr(self._local, "directories", None)
        if found is None:
            found = self._local.directories = Directories(self.top)
            self._all.append(found)
        return found

    def _make(self, path: bytes, entry: Entry | None) -> None:
        """Make a directory and those above it; one without an entry gets the usual mode."""
        if path in self._made:
            self._made[path] = entry or self._made[path]
            return
        above, _, name = path.rpartition(b"/")
        if above:
            self._make(above, self._made.get(above))
        parent = self._directories().get(above)
        os.mkdir(name, 0o700, dir_fd=parent)
        self._made[path] = entry
        descriptor = self._directories().get(path)
        give_to(descriptor, self._owner)
        self.inodes[path] = os.fstat(descriptor).st_ino
        if entry is None:
            os.fchmod(descriptor, 0o755)


def _read_umask() -> int:
    """The process's umask, read without changing it; all of it where the kernel does not tell."""
    try:
        with open("/proc/self/status", "rb") as status:
            lines = [line for line in status if line.startswith(b"Umask:")]
        return int(lines[0].split()[1], 8)
    except (OSError, IndexError, ValueError):
        return 0o777


def _write(descriptor: int, data: memoryview, offset: int) -> None:
    while data:
        done = os.pwrite(descriptor, data, offset)
        data, offset = data[done:], offset + done


def _write_islands(descriptor: int, data: memoryview, offset: int) -> None:
    """Write what is not zero: the rest stays a hole."""
    begin: int | None = None
    for at in range(0, len(data) + _BLOCK, _BLOCK):
        block = data[at : at + _BLOCK]
        if len(block) and block != _ZEROS[: len(block)]:
            begin = at if begin is None else begin
        elif begin is not None:
            _write(descriptor, data[begin:at], offset + begin)
            begin = None
