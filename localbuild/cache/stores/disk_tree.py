"""The directories of a store: opened one below the other, no link followed, made to last."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG, S_IWGRP, S_IWOTH

from localbuild.cache.stores.names import is_name
from localbuild.ports.store import Fault, Stored, StoreError

_ROOT = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_DIRECTORY = _ROOT | os.O_NOFOLLOW
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


class DiskTree:
    """The directories below `root`, which is ours alone."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def opened(self, path: str, *, make: bool = False) -> Iterator[int | None]:
        """A descriptor of the directory `path` ('' = the root) for the block.

        None where it is not there and `make` is not wanted. Raises OSError, StoreError.
        """
        fd = self._open(path, make)
        try:
            yield fd
        finally:
            if fd is not None:
                os.close(fd)

    def walk(self, prefix: str) -> Iterator[Stored]:
        """Every regular file whose name begins with `prefix`, in the names' order.

        A directory is read whole before its first file is handed out; none stays open.
        """
        above, slash, beginning = prefix.rpartition("/")
        directories, files = self._scan(above, above + slash, beginning)
        for name in sorted([f"{d}/" for d in directories] + list(files)):
            if name.endswith("/"):
                yield from self.walk(name)
            else:
                yield files[name]

    def _scan(self, path: str, start: str, beginning: str) -> tuple[list[str], dict[str, Stored]]:
        directories: list[str] = []
        files: dict[str, Stored] = {}
        with self.opened(path) as fd:
            if fd is None:
                return directories, files
            with os.scandir(fd) as entries:
                for entry in entries:
                    name = start + entry.name
                    if not entry.name.startswith(beginning) or not is_name(name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        directories.append(name)
                    elif entry.is_file(follow_symlinks=False):
                        with suppress(FileNotFoundError):
                            files[name] = stored(name, entry.stat(follow_symlinks=False))
        return directories, files

    def _open(self, path: str, make: bool) -> int | None:
        fd = self._open_root(make)
        for part in path.split("/") if path else ():
            if fd is None:
                return None
            above = fd
            try:
                fd = _enter(above, part, make)
            finally:
                os.close(above)
        return fd

    def _open_root(self, make: bool) -> int | None:
        if make:
            make_root(self.root)
        fd = _open_or_none(str(self.root), _ROOT, None)
        if fd is not None:
            try:
                _check_root(self.root, os.fstat(fd))
            except BaseException:
                os.close(fd)
                raise
        return fd


def stored(name: str, status: os.stat_result) -> Stored:
    """What a file is to a store; its tag changes with its time, too."""
    return Stored(
        name=name,
        size_bytes=status.st_size,
        modified_s=status.st_mtime,
        tag=f"{status.st_ino:x}-{status.st_mtime_ns:x}-{status.st_size:x}",
    )


def open_object(leaf: str, parent: int) -> int | None:
    """A descriptor of the file `leaf`; None where there is none.

    Raises FileExistsError where there is something else.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        fd = os.open(leaf, flags, dir_fd=parent)
    except FileNotFoundError:
        return None
    if S_ISREG(os.fstat(fd).st_mode):
        return fd
    os.close(fd)
    raise FileExistsError(errno.EEXIST, "it is no regular file")


def _open_or_none(path: str, flags: int, above: int | None) -> int | None:
    try:
        return os.open(path, flags, dir_fd=above)
    except OSError as error:
        if error.errno not in (_NOT_THERE if above is not None else (errno.ENOENT,)):
            raise
        return None


def _enter(above: int, part: str, make: bool) -> int | None:
    if not make:
        return _open_or_none(part, _DIRECTORY, above)
    _make_directory(part, above)
    return os.open(part, _DIRECTORY, dir_fd=above)


def _make_directory(part: str, above: int) -> None:
    """Make it where it is not there; the mode is ours whatever the umask is."""
    try:
        os.mkdir(part, 0o700, dir_fd=above)
    except FileExistsError:
        return
    os.chmod(part, 0o700, dir_fd=above)


def make_root(path: Path) -> None:
    """Make a store's root where it is not there, for its owner alone whatever the umask is."""
    if path.is_dir():
        return
    make_root(path.parent)
    with suppress(FileExistsError):
        path.mkdir(0o700)
        path.chmod(0o700)
    with suppress(PermissionError):
        above = os.open(path.parent, _ROOT)
        try:
            os.fsync(above)
        finally:
            os.close(above)


def _check_root(root: Path, status: os.stat_result) -> None:
    """Whoever can write to a cache can put files into builds: nobody else may."""
    if status.st_uid != os.geteuid():
        raise StoreError(
            Fault.DENIED,
            f"{root}: the cache's directory belongs to user {status.st_uid}, not to you",
            hints=(f"choose another directory, or: chown -R {os.geteuid()} {root}",),
        )
    if status.st_mode & (S_IWGRP | S_IWOTH):
        raise StoreError(
            Fault.DENIED,
            f"{root}: other users may write to the cache's directory",
            hints=(f"chmod go-w {root}",),
        )
