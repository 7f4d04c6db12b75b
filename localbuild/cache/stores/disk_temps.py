"""Files that are being written: each is locked by its writer, so the kernel tells who is dead."""

import errno
import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from localbuild.cache.stores.disk_tree import DiskTree
from localbuild.cache.stores.names import RESERVED

_CLOCK = "clock"
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
AT_ONCE = 512 << 10
"""Bytes in one write. For more at once the kernel takes pages in runs of 2 MiB; those a virtual
machine has often given back to its host, and to have them again took twice the time of the save."""

_LOCK_TURNS = 250
_LOCK_TURN_S = 0.02


class DiskTemps:
    """`tmp/` of a store: nothing in it has a name that a reader could ask for."""

    def __init__(self, tree: DiskTree) -> None:
        self._tree = tree

    @contextmanager
    def written(self, pieces: Sequence[bytes], mode: int) -> Iterator[tuple[int, str]]:
        """A new file with these bytes: its directory and name for the block."""
        with self._tree.opened(RESERVED, make=True) as directory:
            assert directory is not None
            name, fd = _new_file(directory)
            try:
                _write_all(fd, pieces)
                os.fchmod(fd, mode)
                yield directory, name
            finally:
                with suppress(OSError):
                    os.unlink(name, dir_fd=directory)
                os.close(fd)

    def now(self) -> float:
        """The time that the file system gives to a file now; ours where it takes none."""
        with self._tree.opened(RESERVED) as directory:
            if directory is None:
                return time.time()
            try:
                fd = os.open(
                    _CLOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600, dir_fd=directory
                )
            except OSError as error:
                if error.errno in (errno.EROFS, errno.EACCES, errno.ENOSPC, errno.EDQUOT):
                    return time.time()
                raise
            try:
                os.utime(fd)
                return os.fstat(fd).st_mtime
            finally:
                os.close(fd)

    def sweep(self, older_s: float) -> int:
        """Remove files of dead writers that are that old; how many."""
        born_before = self.now() - older_s
        with self._tree.opened(RESERVED) as directory:
            if directory is None:
                return 0
            with os.scandir(directory) as entries:
                names = [e.name for e in entries if e.name != _CLOCK]
            return sum(_remove_dead(directory, name, born_before) for name in names)


def lock(fd: int, sleep: Callable[[float], None]) -> bool:
    """Hold the file for its descriptor's life; False where somebody else does for seconds."""
    for _ in range(_LOCK_TURNS):
        if try_lock(fd):
            return True
        sleep(_LOCK_TURN_S)
    return False


def try_lock(fd: int) -> bool:
    """Hold the file at once or not at all; a file system without locks has nobody to wait for."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _new_file(directory: int) -> tuple[str, int]:
    """A new locked file; another one where a sweep came between its birth and its lock."""
    while True:
        name = f"{os.getpid()}-{secrets.token_hex(8)}"
        fd = os.open(name, _NEW, 0o600, dir_fd=directory)
        if try_lock(fd) and os.fstat(fd).st_nlink:
            return name, fd
        os.close(fd)


def _write_all(fd: int, pieces: Sequence[bytes]) -> None:
    """All pieces, in order, AT_ONCE bytes at most at a time."""
    for piece in pieces:
        left = memoryview(piece)
        while left:
            left = left[os.write(fd, left[:AT_ONCE]) :]


def _remove_dead(directory: int, name: str, born_before: float) -> bool:
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory)
    except OSError:
        return False
    try:
        if os.fstat(fd).st_mtime > born_before or not try_lock(fd):
            return False
        os.unlink(name, dir_fd=directory)
    except FileNotFoundError:
        return False
    finally:
        os.close(fd)
    return True
