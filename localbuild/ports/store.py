"""The store port: named bytes that outlive a build, in a directory or under an S3 prefix.

Promises that every implementation keeps (tests/contracts/store_contract.py):

- A name is `part/part/…`, each part of `[A-Za-z0-9_%~.-]`, none `.` or `..`, at most 900 bytes and
  255 a part; the first part is not `tmp`. No name is the beginning of another's directory.
- What is written is there whole or not at all, whoever dies meanwhile, and survives a loss of power
  (as far as the store's medium keeps its own promises); in a store that `Settles` once it has.
- `create` never changes what is there: of many writers one wins, the others are told.
- Reading is safe while others write and remove. What is not there is None, never an error.
- Times are the store's own, never this machine's: two machines with wrong clocks agree on them.
- All verbs may be called from several threads at once.
- Every fault is a StoreError that says of what kind it is; no other exception leaves a verb.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from localbuild.errors import StorageError


class Fault(StrEnum):
    """What kept a store from doing as it was told."""

    UNAVAILABLE = "unavailable"
    DENIED = "denied"
    FULL = "full"
    READ_ONLY = "read-only"
    CORRUPT = "corrupt"
    WRONG = "wrong"


class StoreError(StorageError):
    """A store cannot. UNAVAILABLE alone may go away by trying again.

    `message` is one line and names the store; for CORRUPT also the object.
    """

    def __init__(self, fault: Fault, message: str, *, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message, hints=hints)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An object of a store. `modified_s`: Unix time by the store's clock; `tag` changes with it."""

    name: str
    size_bytes: int
    modified_s: float
    tag: str = ""


@runtime_checkable
class Settles(Protocol):
    """An ability of some stores: to be told when what was written must last."""

    def settle(self) -> None:
        """Make everything written so far last through a loss of power. Raises StoreError.

        What such a loss takes before that is found to be damaged by its hash.
        """


class ByteStore(Protocol):
    """Objects by name.

    `url` is for people and for equality. `parallel` is how many transfers at once make sense.
    `level` is the zstd level that fits the way to the store.
    """

    @property
    def url(self) -> str:
        """Where it is: an absolute path, or `s3://bucket/prefix`."""

    @property
    def parallel(self) -> int:
        """How many transfers at once make sense."""

    @property
    def level(self) -> int:
        """The level of compression that fits the way to it."""

    def now(self) -> float:
        """The store's clock, Unix seconds."""

    def read(self, name: str) -> bytes | None:
        """The whole object."""

    def read_range(self, name: str, offset: int, length: int) -> bytes | None:
        """Exactly `length` bytes from `offset`; CORRUPT where the object is shorter."""

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        """Write an object that is not there yet; False where it is there already."""

    def replace(self, name: str, data: bytes) -> None:
        """Write an object whether it is there or not, at once for every reader."""

    def find(self, name: str) -> Stored | None:
        """What there is under that name."""

    def list(self, prefix: str) -> Iterator[Stored]:
        """All objects whose name begins with `prefix`, in the names' order."""

    def freshen(self, name: str) -> bool:
        """Make an object as young as one that is written now; False where it is not there."""

    def remove(self, name: str, seen: Stored | None = None) -> bool:
        """Remove an object: with `seen` only where it is still that one. False: nothing removed."""

    def sweep(self, older_s: float) -> int:
        """Remove what dead writers left half written, once it is that old; how many pieces."""

    def close(self) -> None:
        """Let go of connections; safe to call twice."""
