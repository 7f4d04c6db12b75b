"""Turns open files into tar members, gathered into pieces of about a megabyte."""

import os
from collections.abc import Generator, Iterator
from stat import S_IMODE

from localbuild.container import tar
from localbuild.sources.selection import find_git_file_note
from localbuild.sources.tally import Tally

PIECE_BYTES = 1 << 20
WHOLE_BYTES = 1 << 18

_SECOND_NS = 1_000_000_000


class Pieces:
    """The archive's bytes that are not handed over yet."""

    __slots__ = ("_held", "_held_bytes", "_tally")

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._held: list[bytes] = []
        self._held_bytes = 0

    def is_full(self) -> bool:
        """Whether there is enough for a piece."""
        return self._held_bytes >= PIECE_BYTES

    def take(self) -> bytes:
        """All that is held, as one piece."""
        piece = b"".join(self._held)
        self._held = []
        self._held_bytes = 0
        return piece

    def add(self, data: bytes) -> None:
        """Hold `data` as it is."""
        self._held.append(data)
        self._held_bytes += len(data)

    def add_directory(self, path: bytes, status: os.stat_result) -> None:
        """A directory; `path` ends with a slash."""
        self.add(tar.directory_header(path, S_IMODE(status.st_mode), _mtime_s(status)))

    def add_link(self, path: bytes, target: bytes, status: os.stat_result) -> None:
        """A symbolic link."""
        self._tally.files += 1
        self.add(tar.link_header(path, target, _mtime_s(status)))

    def add_small_file(self, fd: int, path: bytes, status: os.stat_result) -> None:
        """A file of at most WHOLE_BYTES: read at once, and once more where it changed meanwhile."""
        data = os.read(fd, status.st_size + 1)
        after = os.fstat(fd)
        if after.st_mtime_ns != status.st_mtime_ns or len(data) != status.st_size:
            status = after
            data = self._read_again(fd, path, status)
        header = self._begin(path, len(data), status)
        self._held += (header, data, tar.padding(len(data)))
        self._held_bytes += len(header) + len(data)
        if path.endswith(b".git"):
            self._tally.note(find_git_file_note(data, path))

    def add_large_file(self, fd: int, path: bytes, status: os.stat_result) -> Iterator[bytes]:
        """A file of any size, piece by piece: padded or cut to the size that it began with."""
        self.add(self._begin(path, status.st_size, status))
        yield self.take()
        missing = yield from _read_pieces(fd, status.st_size)
        after = os.fstat(fd)
        if missing or (after.st_size, after.st_mtime_ns) != (status.st_size, status.st_mtime_ns):
            self._tally.changed.add(path)
        yield from _zeros(missing)
        self.add(tar.padding(status.st_size))

    def _begin(self, path: bytes, size_bytes: int, status: os.stat_result) -> bytes:
        self._tally.files += 1
        self._tally.size_bytes += size_bytes
        return tar.file_header(path, S_IMODE(status.st_mode), size_bytes, _mtime_s(status))

    def _read_again(self, fd: int, path: bytes, status: os.stat_result) -> bytes:
        os.lseek(fd, 0, os.SEEK_SET)
        data = b"".join(iter(lambda: os.read(fd, WHOLE_BYTES), b""))
        if os.fstat(fd).st_mtime_ns != status.st_mtime_ns or len(data) != status.st_size:
            self._tally.changed.add(path)
        return data


def _mtime_s(status: os.stat_result) -> int:
    return status.st_mtime_ns // _SECOND_NS


def _read_pieces(fd: int, size_bytes: int) -> Generator[bytes, None, int]:
    """Up to that many bytes; returns how many the file has too few."""
    left = size_bytes
    while left:
        try:
            data = os.read(fd, min(left, PIECE_BYTES))
        except OSError:
            break
        if not data:
            break
        left -= len(data)
        yield data
    return left


def _zeros(size_bytes: int) -> Iterator[bytes]:
    for begin in range(0, size_bytes, PIECE_BYTES):
        yield bytes(min(PIECE_BYTES, size_bytes - begin))
