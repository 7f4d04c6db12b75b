"""A store in a directory: written to a temporary file, then given its name, then made to last."""

import errno
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from localbuild.cache.stores.disk_faults import disk_faults
from localbuild.cache.stores.disk_lasting import Unsettled
from localbuild.cache.stores.disk_readers import DiskReaders
from localbuild.cache.stores.disk_temps import DiskTemps, lock
from localbuild.cache.stores.disk_tree import DiskTree, open_object, stored
from localbuild.cache.stores.memory import local_parallel
from localbuild.cache.stores.names import check_name, check_prefix
from localbuild.ports.store import Fault, Stored, StoreError

_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)


class DirectoryStore:
    """Objects are files below `root`, which is made with mode 0700 by the first that is written.

    An object's file is 0400 and never changes: `create` links it to its name, so that one writer
    wins, `replace` renames it over the old one. `sleep` waits for others that hold an object.
    """

    level = 1

    def __init__(self, root: Path, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._root = root.absolute()
        self.url = str(self._root)
        self.parallel = local_parallel()
        self._sleep = sleep
        self._tree = DiskTree(self._root)
        self._temps = DiskTemps(self._tree)
        self._readers = DiskReaders()
        self._unsettled = Unsettled(self._tree)

    def now(self) -> float:
        """The file system's clock."""
        with disk_faults(self._root, ""):
            return self._temps.now()

    def read(self, name: str) -> bytes | None:
        """The whole object."""
        check_name(name)
        with disk_faults(self._root, name, reading=True):
            fd = self._open_object(name)
            if fd is None:
                return None
            try:
                return _read_whole(fd)
            finally:
                os.close(fd)

    def read_range(self, name: str, offset: int, length: int) -> bytes | None:
        """Exactly `length` bytes from `offset`; CORRUPT where the object is shorter."""
        check_name(name)
        with disk_faults(self._root, name, reading=True):
            found = self._readers.get(name, lambda: self._open_object(name))
            if found is None:
                return None
            data = os.pread(found.fd, length, offset)
        if len(data) < length:
            raise StoreError(
                Fault.CORRUPT, f"{self._root / name}: the object is shorter than it should be"
            )
        return data

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        """Write an object that is not there yet; False where it is there already."""
        check_name(name)
        with self._writing(name, sum(map(len, pieces))) as (parent, leaf):
            won = not _is_there(parent, leaf)
            if won:
                with self._temps.written(pieces, 0o400) as (directory, temp):
                    won = _link(directory, temp, parent, leaf)
            self._unsettled.add(name)  # a winner's, too, who may not have come so far yet
        return won

    def replace(self, name: str, data: bytes) -> None:
        """Write an object whether it is there or not, at once for every reader."""
        check_name(name)
        with (
            self._writing(name, len(data)) as (parent, leaf),
            self._temps.written([data], 0o400) as (directory, temp),
            self._held(parent, leaf),
        ):
            os.replace(temp, leaf, src_dir_fd=directory, dst_dir_fd=parent)
            self._readers.drop(name)
            self._unsettled.add(name)

    def find(self, name: str) -> Stored | None:
        """What there is under that name."""
        check_name(name)
        with disk_faults(self._root, name, reading=True):
            fd = self._open_object(name)
            if fd is None:
                return None
            try:
                return stored(name, os.fstat(fd))
            finally:
                os.close(fd)

    def list(self, prefix: str) -> Iterator[Stored]:
        """All objects whose name begins with `prefix`, in the names' order."""
        check_prefix(prefix)
        with disk_faults(self._root, prefix, reading=True):
            yield from self._tree.walk(prefix)

    def freshen(self, name: str) -> bool:
        """Make an object as young as one that is written now; False where it is not there."""
        check_name(name)
        with self._existing(name) as (_parent, _leaf, fd):
            if fd is None:
                return False
            os.utime(fd)
            return True

    def remove(self, name: str, seen: Stored | None = None) -> bool:
        """Remove an object: with `seen` only where it is still that one. False: nothing removed."""
        check_name(name)
        with self._existing(name) as (parent, leaf, fd):
            if fd is None or (seen is not None and stored(name, os.fstat(fd)).tag != seen.tag):
                return False
            os.unlink(leaf, dir_fd=parent)
            self._readers.drop(name)
            return True

    def sweep(self, older_s: float) -> int:
        """Remove what dead writers left in `tmp/`, once it is that old; how many files."""
        with disk_faults(self._root, ""):
            return self._temps.sweep(older_s)

    def settle(self) -> None:
        """Make everything that was written last through a loss of power. Raises StoreError."""
        with disk_faults(self._root, ""):
            self._unsettled.settle()

    def close(self) -> None:
        """Close what was kept open for reading, and see to it that what was written lasts."""
        self._readers.close()
        with suppress(StoreError):
            self.settle()

    def _open_object(self, name: str) -> int | None:
        above, _, leaf = name.rpartition("/")
        with self._tree.opened(above) as parent:
            return None if parent is None else open_object(leaf, parent)

    @contextmanager
    def _writing(self, name: str, size_bytes: int) -> Iterator[tuple[int, str]]:
        """The object's directory, made where it is not there, and its name in it."""
        above, _, leaf = name.rpartition("/")
        with (
            disk_faults(self._root, name, needed=size_bytes),
            self._tree.opened(above, make=True) as parent,
        ):
            assert parent is not None
            yield parent, leaf

    @contextmanager
    def _existing(self, name: str) -> Iterator[tuple[int, str, int | None]]:
        """The object's directory, its name in it, and the object itself, held against others."""
        above, _, leaf = name.rpartition("/")
        with disk_faults(self._root, name), self._tree.opened(above) as parent:
            if parent is None:
                yield -1, leaf, None
                return
            with self._held(parent, leaf) as fd:
                yield parent, leaf, fd

    @contextmanager
    def _held(self, parent: int, leaf: str) -> Iterator[int | None]:
        """The object that has the name, and keeps it for the block; None where nothing has it.

        Who removes, replaces or freshens an object holds it: one that looks unused to a remover
        and is freshened meanwhile stays.
        """
        fd = self._hold(parent, leaf)
        try:
            yield fd
        finally:
            if fd is not None:
                os.close(fd)

    def _hold(self, parent: int, leaf: str) -> int | None:
        while (fd := open_object(leaf, parent)) is not None:
            if not lock(fd, self._sleep):
                os.close(fd)
                raise StoreError(
                    Fault.UNAVAILABLE, f"{self._root}: another process holds the object {leaf}"
                )
            if os.fstat(fd).st_nlink:
                return fd
            os.close(fd)
        return None


def _read_whole(fd: int) -> bytes:
    """The file from its start; one read as a rule, for a system call gives at most 2 GiB."""
    size = os.fstat(fd).st_size
    pieces = [os.read(fd, size)]
    left = size - len(pieces[0])
    while left and (piece := os.read(fd, left)):
        pieces.append(piece)
        left -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _is_there(parent: int, leaf: str) -> bool:
    fd = open_object(leaf, parent)
    if fd is None:
        return False
    os.close(fd)
    return True


def _link(directory: int, temp: str, parent: int, leaf: str) -> bool:
    """Give a written file its name; False where another one has it."""
    try:
        os.link(temp, leaf, src_dir_fd=directory, dst_dir_fd=parent, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno in _NO_LINKS:
            raise OSError(error.errno, "the file system takes no hard links") from error
        raise
    return True
