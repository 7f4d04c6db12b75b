"""The lock of a store in a directory: builds share it, who wants bytes back at once has it alone.

The kernel frees it whoever dies. Nothing else needs it: collections with grace take no lock.
"""

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from localbuild.cache.stores.disk_tree import make_root

_FOLDER = "v1"
_NAME = "lock"
_TURN_S = 0.05
_FLAGS = os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def hold_shared(
    root: Path, *, patience_s: float = 5.0, sleep: Callable[[float], None] = time.sleep
) -> Iterator[bool]:
    """Keep an immediate removal away for the block.

    False where one is at work and does not end in time: the store's objects may go away then.
    Where there can be no lock (a directory that we may only read), nobody removes at once.
    """
    with _file(root) as descriptor:
        yield descriptor is None or _locked(descriptor, fcntl.LOCK_SH, patience_s, sleep)


@contextmanager
def try_alone(root: Path) -> Iterator[bool]:
    """Keep all builds away for the block; False where one runs, or there can be no lock."""
    with _file(root) as descriptor:
        yield descriptor is not None and _locked(descriptor, fcntl.LOCK_EX, 0.0, time.sleep)


def _locked(fd: int, kind: int, patience_s: float, sleep: Callable[[float], None]) -> bool:
    for _ in range(int(patience_s / _TURN_S) + 1):
        try:
            fcntl.flock(fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            sleep(_TURN_S)
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS):
                raise
            return kind == fcntl.LOCK_SH
        else:
            return True
    return False


@contextmanager
def _file(root: Path) -> Iterator[int | None]:
    descriptor = None
    with suppress(OSError):
        folder = root / _FOLDER
        make_root(folder)
        descriptor = os.open(folder / _NAME, _FLAGS, 0o600)
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)
