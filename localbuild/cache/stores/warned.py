"""What a store has to tell its user beside its faults; not every store has."""

from typing import Protocol, runtime_checkable

from localbuild.ports.store import ByteStore


@runtime_checkable
class Warned(Protocol):
    """An ability of some stores."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Lines for people, each once."""


def warnings_of(store: ByteStore) -> tuple[str, ...]:
    """A store's warnings so far; none where it has no such ability."""
    return store.warnings if isinstance(store, Warned) else ()
