"""What was written and may not be on the medium yet: made to last in the order of its meaning.

Until then a loss of power can take the end of a save. What it leaves is not what its hash says, and
is found to be damaged: it is never taken for what was written.
"""

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from localbuild.cache.keys import is_object
from localbuild.cache.stores.disk_tree import DiskTree, open_object

_AT_ONCE = 4


class Unsettled:
    """The names of what is not known to last."""

    def __init__(self, tree: DiskTree) -> None:
        self._tree = tree
        self._names: dict[str, None] = {}
        self._lock = threading.Lock()

    def add(self, name: str) -> None:
        """That has been written, or was there and may have been written just now."""
        with self._lock:
            self._names[name] = None

    def settle(self) -> None:
        """Make all of it last: objects, then who needs them. Raises OSError, StoreError."""
        with self._lock:
            names, self._names = list(self._names), {}
        if not names:
            return
        with ThreadPoolExecutor(_AT_ONCE, "localbuild-settle") as pool:
            for group in (
                [n for n in names if is_object(n)],
                [n for n in names if not is_object(n)],
            ):
                _all(pool, self._settle_file, group)
                _all(pool, self._settle_directory, _directories(group))

    def _settle_file(self, name: str) -> None:
        above, _, leaf = name.rpartition("/")
        with self._tree.opened(above) as parent:
            fd = None if parent is None else open_object(leaf, parent)
            if fd is not None:
                try:
                    os.fsync(fd)
                finally:
                    os.close(fd)

    def _settle_directory(self, path: str) -> None:
        with self._tree.opened(path) as fd:
            if fd is not None:
                os.fsync(fd)


def _all(pool: ThreadPoolExecutor, work: Callable[[str], None], names: Iterable[str]) -> None:
    for _ in pool.map(work, names):
        pass


def _directories(names: Iterable[str]) -> list[str]:
    """The directories of names, and all above them, the deepest first."""
    found: dict[str, None] = {}
    for name in names:
        while name:
            name = name.rpartition("/")[0]
            found[name] = None
    return sorted(found, key=len, reverse=True)
