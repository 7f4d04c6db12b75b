"""A folder in a place for outputs where files become whole before they get their names."""

import fcntl
import os
from collections.abc import Iterable
from contextlib import suppress
from errno import EAGAIN
from itertools import count
from secrets import token_hex

from localbuild.artifacts.cursor import DIRECTORY

PREFIX = b".localbuild-part-"
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MODE = 0o666
_MOST_TRIES = 100


class Staging:
    """Makes files in the directory `root` and moves them to their names once they are whole.

    The folder is locked as long as its build lives; what dead ones have left is removed. The names
    of a build's files are never tried before: nothing of somebody else's is written to.
    """

    def __init__(self, root: int) -> None:
        self._root = root
        _sweep(root)
        self._name, self._folder = _new_folder(root)
        self._numbers = count()

    def create(self) -> tuple[bytes, int]:
        """A new file: its name in the folder, and a descriptor."""
        name = b"%d" % next(self._numbers)
        return name, os.open(name, _NEW, _MODE, dir_fd=self._folder)

    def move(self, name: bytes, directory: int, final: bytes) -> None:
        """Give a file its name; a file that has it makes way, a directory does not."""
        os.rename(name, final, src_dir_fd=self._folder, dst_dir_fd=directory)

    def drop(self, name: bytes) -> None:
        """Remove a file that did not become whole."""
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._folder)

    def close(self) -> None:
        """Remove the folder."""
        with suppress(OSError):
            _remove(self._root, self._name, self._folder)
        os.close(self._folder)


def _new_folder(root: int) -> tuple[bytes, int]:
    """Its name, and a descriptor. Another build may sweep it away before it is locked."""
    for _ in range(_MOST_TRIES):
        name = PREFIX + token_hex(8).encode()
        with suppress(FileNotFoundError):
            os.mkdir(name, 0o700, dir_fd=root)
            folder = os.open(name, DIRECTORY, dir_fd=root)
            if _is_kept(root, name, folder):
                return name, folder
            os.close(folder)
    raise OSError(EAGAIN, os.strerror(EAGAIN))


def _is_kept(root: int, name: bytes, folder: int) -> bool:
    """Lock it, once whoever sweeps it has ended; whether it is there still."""
    with suppress(OSError):  # a file system without locks
        fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        os.stat(name, dir_fd=root)
    except FileNotFoundError:
        return False
    return True


def write_pieces(descriptor: int, pieces: Iterable[bytes]) -> int:
    """Write all of it; how many bytes that were. Raises OSError."""
    size = 0
    for piece in pieces:
        size += len(piece)
        left = memoryview(piece)
        while left:
            left = left[os.write(descriptor, left) :]
    return size


def _sweep(root: int) -> None:
    with os.scandir(root) as children:
        names = [os.fsencode(child.name) for child in children]
    for name in names:
        if name.startswith(PREFIX):
            with suppress(OSError):
                _sweep_folder(root, name)


def _sweep_folder(root: int, name: bytes) -> None:
    folder = os.open(name, DIRECTORY, dir_fd=root)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(root, name, folder)
    finally:
        os.close(folder)


def _remove(root: int, name: bytes, folder: int) -> None:
    for child in os.listdir(folder):
        os.unlink(child, dir_fd=folder)
    os.rmdir(name, dir_fd=root)
