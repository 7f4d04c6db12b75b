"""What is not there, or is not what it should be."""

from localbuild.ports.store import ByteStore, Fault, StoreError


class DamagedError(StoreError):
    """An object is not there, or is not what its name and its hash say. `name` is the object's."""

    def __init__(self, store: ByteStore, name: str, why: str) -> None:
        super().__init__(Fault.CORRUPT, f"{store.url}: {name}: {why}")
        self.name = name
