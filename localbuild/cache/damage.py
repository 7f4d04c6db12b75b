"""What is not there, or is not what it should be."""

from localbuild.cache.keys import is_object
from localbuild.ports.store import ByteStore, Fault, StoreError


class DamagedError(StoreError):
    """An object is not there, or is not what its name and its hash say. `name` is the object's.

    `message` has the name, which says nothing to people: they are told `place` and `why`.
    """

    def __init__(self, store: ByteStore, name: str, why: str) -> None:
        super().__init__(Fault.CORRUPT, f"{store.url}: {name}: {why}")
        self.name = name
        self.place = store.url
        self.why = why.rpartition(f"{name}: ")[2]

    @property
    def problem(self) -> str:
        """What is wrong with the entry that needs it."""
        return f"one of its objects: {self.why}" if is_object(self.name) else self.why

    def told(self, key: str) -> str:
        """What to say of the entry of that key that needs it; '' is the one without a key."""
        whose = f"the entry of the key {key}" if key else "the entry without a key"
        return f"{whose} in {self.place} is damaged: {self.problem}"


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
