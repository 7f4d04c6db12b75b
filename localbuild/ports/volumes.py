"""The volumes port: what LOCAL caches leave on an engine."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Volumes(Protocol):
    """An ability of some engines: named volumes that outlive containers. All raise EngineError."""

    def list_volumes(self, prefix: str) -> tuple[str, ...]:
        """The names of all volumes that begin so, sorted."""

    def drop_volume(self, name: str) -> bool:
        """Remove one with all that is in it; False where a container has it, or it is not there."""
