"""A store that is only read: builds of strangers' changes must not write to what others trust."""

from collections.abc import Sequence

from localbuild.cache.stores.delegating import Delegating
from localbuild.ports.store import Fault, Stored, StoreError


class ReadOnlyStore(Delegating):
    """`store` without its writing verbs: each is a READ_ONLY fault."""

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:  # noqa: ARG002
        """Refused."""
        raise self._refusal(name)

    def replace(self, name: str, data: bytes) -> None:  # noqa: ARG002
        """Refused."""
        raise self._refusal(name)

    def freshen(self, name: str) -> bool:
        """Refused."""
        raise self._refusal(name)

    def remove(self, name: str, seen: Stored | None = None) -> bool:  # noqa: ARG002
        """Refused."""
        raise self._refusal(name)

    def sweep(self, older_s: float) -> int:  # noqa: ARG002
        """Refused."""
        raise self._refusal("")

    def _refusal(self, name: str) -> StoreError:
        place = f"{self.url}/{name}" if name else self.url
        return StoreError(Fault.READ_ONLY, f"{place}: this cache is only read")
