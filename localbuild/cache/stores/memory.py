"""A store in memory: for tests, demonstrations and caches that nobody is to find again."""

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from localbuild.cache.stores.names import check_name, check_prefix
from localbuild.ports.clock import Clock
from localbuild.ports.store import Fault, Stored, StoreError


def local_parallel() -> int:
    """How many transfers at once make sense where processors do the work: 2 to 8."""
    return min(8, max(2, os.cpu_count() or 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Object:
    data: bytes
    modified_s: float
    version: int


class MemoryStore:
    """Objects in a dictionary, until the process ends. `clock` is the store's own."""

    level = 1

    def __init__(self, clock: Clock, *, url: str = "memory:") -> None:
        self.url = url
        self.parallel = local_parallel()
        self._clock = clock
        self._lock = threading.Lock()
        self._objects: dict[str, _Object] = {}
        self._versions = 0

    def now(self) -> float:
        """The clock's time."""
        return self._clock.now().timestamp()

    def read(self, name: str) -> bytes | None:
        """The whole object."""
        check_name(name)
        found = self._objects.get(name)
        return None if found is None else found.data

    def read_range(self, name: str, offset: int, length: int) -> bytes | None:
        """Exactly `length` bytes from `offset`; CORRUPT where the object is shorter."""
        data = self.read(name)
        if data is None:
            return None
        if offset + length > len(data):
            place = f"{self.url}: {name}"
            raise StoreError(Fault.CORRUPT, f"{place}: the object is shorter than it should be")
        return data[offset : offset + length]

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        """Keep an object that is not there yet; False where it is there already."""
        check_name(name)
        data = b"".join(pieces)
        with self._lock:
            if name in self._objects:
                return False
            self._put(name, data)
            return True

    def replace(self, name: str, data: bytes) -> None:
        """Keep an object whether it is there or not."""
        check_name(name)
        with self._lock:
            self._put(name, bytes(data))

    def find(self, name: str) -> Stored | None:
        """What there is under that name."""
        check_name(name)
        found = self._objects.get(name)
        return None if found is None else _stored(name, found)

    def list(self, prefix: str) -> Iterator[Stored]:
        """All objects whose name begins with `prefix`, in the names' order."""
        check_prefix(prefix)
        with self._lock:
            found = [(n, o) for n, o in self._objects.items() if n.startswith(prefix)]
        return (_stored(name, thing) for name, thing in sorted(found, key=lambda pair: pair[0]))

    def freshen(self, name: str) -> bool:
        """Make an object as young as one that is written now; False where it is not there."""
        check_name(name)
        with self._lock:
            found = self._objects.get(name)
            if found is None:
                return False
            self._put(name, found.data)
            return True

    def remove(self, name: str, seen: Stored | None = None) -> bool:
        """Remove an object: with `seen` only where it is still that one."""
        check_name(name)
        with self._lock:
            found = self._objects.get(name)
            if found is None or (seen is not None and str(found.version) != seen.tag):
                return False
            del self._objects[name]
            return True

    def sweep(self, older_s: float) -> int:  # noqa: ARG002 - the port's
        """Nothing: a writer that dies takes all with it."""
        return 0

    def close(self) -> None:
        """Nothing is held."""

    def _put(self, name: str, data: bytes) -> None:
        self._versions += 1
        self._objects[name] = _Object(data=data, modified_s=self.now(), version=self._versions)


def _stored(name: str, found: _Object) -> Stored:
    return Stored(
        name=name,
        size_bytes=len(found.data),
        modified_s=found.modified_s,
        tag=str(found.version),
    )
