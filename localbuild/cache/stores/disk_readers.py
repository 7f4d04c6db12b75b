"""Objects that are kept open for reading, so that many small reads open each of them once."""

import os
import threading
from collections.abc import Callable

from cachetools import LRUCache

MAX_OPEN = 64


class OpenObject:
    """A descriptor that is closed once nobody reads it any more, whoever lets go last."""

    __slots__ = ("fd",)

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def __del__(self) -> None:
        os.close(self.fd)

    @property
    def is_there(self) -> bool:
        """Whether the file still has a name: one that was removed or replaced has none."""
        return os.fstat(self.fd).st_nlink > 0


class DiskReaders:
    """The objects that were read last, by name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: LRUCache[str, OpenObject] = LRUCache(MAX_OPEN)

    def get(self, name: str, open_object: Callable[[], int | None]) -> OpenObject | None:
        """The object of that name, opened where it is not open or no longer the one there."""
        with self._lock:
            found = self._open.get(name)
        if found is not None and found.is_there:
            return found
        fd = open_object()
        if fd is None:
            self.drop(name)
            return None
        opened = OpenObject(fd)
        with self._lock:
            self._open[name] = opened
        return opened

    def drop(self, name: str) -> None:
        """Forget an object: it is not what it was."""
        with self._lock:
            self._open.pop(name, None)

    def close(self) -> None:
        """Forget all."""
        with self._lock:
            self._open.clear()
