"""What is not there, or is not what it should be."""

from localbuild.ports.store import ByteStore, Fault, StoreError


class DamagedError(StoreError):
    """An object is not there, or is not what its name and its hash say. `name` is the object's."""

    def __init__(self, store: ByteStore, name: str, why: str) -> None:
        super().__init__(Fault.CORRUPT, f"{store.url}: {name}: {why}")
        self.name = name


def read_part(store: ByteStore, name: str, offset: int, length: int) -> memoryview:
    """A part of an object. Raises DamagedError where there is none, StoreError."""
    try:
        data = store.read_range(name, offset, length)
    except StoreError as error:
        if error.fault is not Fault.CORRUPT:
            raise
        raise DamagedError(store, name, error.message) from error
    if data is None:
        raise DamagedError(store, name, "it is not there")
    return memoryview(data)
