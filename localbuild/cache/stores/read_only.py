"""A store that is only read: builds of strangers' changes must not write to what others trust."""

from collections.abc import Iterator, Sequence

from localbuild.cache.stores.warned import warnings_of
from localbuild.ports.store import ByteStore, Fault, Stored, StoreError


class ReadOnlyStore:
    """`store` without its writing verbs: each is a READ_ONLY fault."""

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

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:  # noqa: ARG002
        """Refused."""
        raise self._refusal(name)

    def replace(self, name: str, data: bytes) -> None:  # noqa: ARG002
        """Refused."""
        raise self._refusal(name)

    def find(self, name: str) -> Stored | None:
        """What there is under that name."""
        return self._store.find(name)

    def list(self, prefix: str) -> Iterator[Stored]:
        """All objects whose name begins with `prefix`, in the names' order."""
        return self._store.list(prefix)

    def freshen(self, name: str) -> bool:
        """Refused."""
        raise self._refusal(name)

    def remove(self, name: str, seen: Stored | None = None) -> bool:  # noqa: ARG002
        """Refused."""
        raise self._refusal(name)

    def sweep(self, older_s: float) -> int:  # noqa: ARG002
        """Refused."""
        raise self._refusal("")

    def close(self) -> None:
        """Let go of connections."""
        self._store.close()

    def _refusal(self, name: str) -> StoreError:
        place = f"{self.url}/{name}" if name else self.url
        return StoreError(Fault.READ_ONLY, f"{place}: this cache is only read")
