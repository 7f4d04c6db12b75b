"""Reads one open file to its end, as chunks and holes; hard links to one file are read once.

A file that changes while it is read is read once more, and left out if that is in vain: never half
of the old and half of the new.
"""

import os
from collections.abc import Callable, Iterator
from stat import S_ISDIR, S_ISREG

from localbuild.cache.index import CHUNK_BYTES, FILE, HARD_LINK, HOLE, SPARSE, Entry

FILE_MODES = 0o777
"""What is kept of a file's mode: no setuid, setgid, sticky."""


LARGEST_BYTES = 1 << 40
"""A larger file is one that is mostly holes; the list of them alone would fill the memory."""


class FileReader:
    """Makes entries of open files; `add` takes contents in and numbers them."""

    def __init__(self, add: Callable[[bytes], int]) -> None:
        self._add = add
        self._links: dict[tuple[int, int], bytes] = {}

    def read(self, descriptor: int, path: bytes) -> Entry | str:
        """The entry, or why there is none. Raises OSError."""
        status = os.fstat(descriptor)
        if not S_ISREG(status.st_mode):
            return "changing" if S_ISDIR(status.st_mode) else "special"
        inode = (status.st_dev, status.st_ino) if status.st_nlink > 1 else None
        if inode in self._links:
            return Entry(path, HARD_LINK, target=self._links[inode])
        found = self._small(descriptor, path, status) or self._whole(descriptor, path, status)
        if found is None:
            found = self._whole(descriptor, path, os.fstat(descriptor))
        if found is None:
            return "changing"
        if inode is not None:
            self._links[inode] = path
        return found

    def _small(self, descriptor: int, path: bytes, status: os.stat_result) -> Entry | None:
        """A file of one chunk, as nearly all are; None where it is none, or changed meanwhile."""
        size = status.st_size
        if not 0 < size <= CHUNK_BYTES or status.st_blocks * 512 < size:
            return None
        data = os.pread(descriptor, size + 1, 0)
        if len(data) != size or os.fstat(descriptor).st_ctime_ns != status.st_ctime_ns:
            return None
        mode = status.st_mode & FILE_MODES
        return Entry(path, FILE, mode, status.st_mtime_ns, size, (self._add(data),))

    def _whole(self, descriptor: int, path: bytes, status: os.stat_result) -> Entry | None:
        """The file, read to its end; None where it changed meanwhile."""
        size = status.st_size
        sparse = status.st_blocks * 512 < size
        if size > LARGEST_BYTES:
            return None
        pieces = _sparse(descriptor, size) if sparse else _chunks(descriptor, size)
        contents = tuple(self._add(p) if p is not None else HOLE for p in pieces)
        if len(contents) != -(-size // CHUNK_BYTES) or os.pread(descriptor, 1, size):
            return None
        if os.fstat(descriptor).st_ctime_ns != status.st_ctime_ns:  # the kernel alone sets it
            return None
        kind, mode = SPARSE if sparse else FILE, status.st_mode & FILE_MODES
        return Entry(path, kind, mode, status.st_mtime_ns, size, contents)


def _chunks(descriptor: int, size: int) -> Iterator[bytes]:
    """A file's chunks, all of them whole; fewer where it has become shorter."""
    for offset in range(0, size, CHUNK_BYTES):
        data = os.pread(descriptor, min(CHUNK_BYTES, size - offset), offset)
        if len(data) != min(CHUNK_BYTES, size - offset):
            return
        yield data


def _sparse(descriptor: int, size: int) -> Iterator[bytes | None]:
    """A file's chunks, None for one that lies in a hole."""
    for offset in range(0, size, CHUNK_BYTES):
        length = min(CHUNK_BYTES, size - offset)
        try:
            begins = os.lseek(descriptor, offset, os.SEEK_DATA)
        except OSError:  # ENXIO: only a hole follows
            begins = size
        if begins >= offset + length:
            yield None
            continue
        data = os.pread(descriptor, length, offset)
        if len(data) != length:
            return
        yield data if data.strip(b"\0") else None
