"""What the system's error numbers mean to a store in a directory."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from localbuild.ports.store import Fault, StoreError
from localbuild.units import print_bytes

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DENIED = (errno.EACCES, errno.EPERM)
_NOT_A_STORE = (errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EEXIST)
_FEW_INODES = 8  # what was half written is removed by now and gave some back
_UNREADABLE = (errno.EIO, getattr(errno, "EUCLEAN", errno.EIO), getattr(errno, "EBADMSG", -1))


@contextmanager
def disk_faults(root: Path, name: str, *, needed: int = 0, reading: bool = False) -> Iterator[None]:
    """No OSError leaves the block: it becomes a StoreError about the object `name` below `root`.

    `needed` is how many bytes are to be written.
    """
    try:
        yield
    except OSError as error:
        raise _store_error(root, root / name if name else root, error, (needed, reading)) from error


def _store_error(root: Path, path: Path, error: OSError, task: tuple[int, bool]) -> StoreError:
    needed, reading = task
    number, reason = error.errno, error.strerror or str(error)
    if number in _FULL:
        return StoreError(
            Fault.FULL,
            f"{path}: {_what_is_full(root, number, reason, needed)}",
            hints=("localbuild cache prune",),
        )
    if number == errno.EROFS:
        return StoreError(Fault.READ_ONLY, f"{path}: {reason}")
    if number in _DENIED:
        return StoreError(Fault.DENIED, f"{path}: {reason}", hints=(f"ls -ld {root}",))
    if number in _NOT_A_STORE:
        return StoreError(Fault.WRONG, f"{path}: {reason}")
    if number in _UNREADABLE and reading:
        return StoreError(Fault.CORRUPT, f"{path}: {reason}")
    return StoreError(Fault.UNAVAILABLE, f"{path}: {reason}")


def _what_is_full(root: Path, number: int | None, reason: str, needed: int) -> str:
    """A disk is full of bytes or of files; a quota and a limit say so themselves."""
    if number != errno.ENOSPC:
        return f"{reason}: {print_bytes(needed)} needed"
    with suppress(OSError):
        space = os.statvfs(_nearest(root))
        if space.f_files and space.f_favail < _FEW_INODES:
            return "the disk has no free inodes: it holds too many files"
        free = print_bytes(space.f_bavail * space.f_frsize)
        return f"the disk is full: {print_bytes(needed)} needed, {free} free"
    return f"the disk is full: {print_bytes(needed)} needed"


def _nearest(path: Path) -> Path:
    """The path, or what there is of it: a full disk may have no room for it."""
    return next((p for p in (path, *path.parents) if p.exists()), path)
