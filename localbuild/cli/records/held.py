"""Whose turn it is to start a kept container: one process at a time, on this machine."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from localbuild.errors import HostResourceError

_FOLDER = "containers"
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def held_container(state: Path, name: str) -> Iterator[bool]:
    """Have the container for the block; False where another process has it.

    `state` is the user's folder for state. The kernel takes the turn back, however a process ends.
    """
    path = state / _FOLDER / f"{name}.lock"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, _FLAGS, 0o600)
    except OSError as error:
        raise HostResourceError(f"cannot write {path}: {error.strerror}") from None
    try:
        held = _lock(descriptor) and _is_named(descriptor, path)
        yield held
        if held:
            with suppress(OSError):
                path.unlink()
    finally:
        os.close(descriptor)


def held_names(state: Path) -> list[str]:
    """The containers that some process has at this moment."""
    return sorted(path.stem for path in (state / _FOLDER).glob("*.lock") if _is_held(path))


def _is_held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _lock(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks
    return True


def _is_named(descriptor: int, path: Path) -> bool:
    """Whether the file is still there under its name: who had the turn before removes it."""
    own = os.fstat(descriptor)
    with suppress(OSError):
        found = path.stat()
        return (own.st_dev, own.st_ino) == (found.st_dev, found.st_ino)
    return False
