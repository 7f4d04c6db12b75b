"""What a store has in common with the one that it stands before: all verbs but its own."""

from collections.abc import Iterator, Sequence

from localbuild.cache.stores.warned import warnings_of
from localbuild.ports.store import ByteStore, Stored


class Delegating:
    """`store`, verb by verb: what a subclass does not say is as that store does it."""

    def __init__(self, store: ByteStore) -> None:
        self._store = store
        self.url = store.url
        self.parallel = store.parallel
        self.level = store.level

    @property
    def warnings(self) -> tuple[str, ...]:
        """The store's."""
        return warnings_of(self._store)

    def now(self) -> float:
        """The store's clock, Unix seconds."""
        return self._store.now()

    def read(self, name: str) -> bytes | None:
        """The whole object."""
        return self._store.read(name)

    def read_range(self, name: str, offset: int, length: int) -> bytes | None:
        """Exactly `length` bytes from `offset`; CORRUPT where the object is shorter."""
        return self._store.read_range(name, offset, length)

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        """Write an object that is not there yet; False where it is there already."""
        return self._store.create(name, pieces)

    def replace(self, name: str, data: bytes) -> None:
        """Write an object whether it is there or not, at once for every reader."""
        self._store.replace(name, data)

    def find(self, name: str) -> Stored | None:
        """What there is under that name."""
        return self._store.find(name)

    def list(self, prefix: str) -> Iterator[Stored]:
        """All objects whose name begins with `prefix`, in the names' order."""
        return self._store.list(prefix)

    def freshen(self, name: str) -> bool:
        """Make an object as young as one that is written now; False where it is not there."""
        return self._store.freshen(name)

    def remove(self, name: str, seen: Stored | None = None) -> bool:
        """Remove an object: with `seen` only where it is still that one. False: nothing removed."""
        return self._store.remove(name, seen)

    def sweep(self, older_s: float) -> int:
        """Remove what dead writers left half written, once it is that old; how many pieces."""
        return self._store.sweep(older_s)

    def close(self) -> None:
        """Let go of connections; safe to call twice."""
        self._store.close()
