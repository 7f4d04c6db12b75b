"""What a layered store does with an object of its lower store: fetch it whole, check, keep it."""

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from localbuild.ports.store import ByteStore, Fault, Stored, StoreError

_LOCKS = 64
_DIGEST = 64


class Keeper:
    """Immutable objects of `lower`, kept in `upper`; not `keeps`, or not any more: handed on only.

    `warn` is told once why the upper store takes nothing.
    """

    def __init__(
        self,
        upper: ByteStore,
        lower: ByteStore,
        warn: Callable[[StoreError], None],
        *,
        keeps: bool,
    ) -> None:
        self._upper = upper
        self._lower = lower
        self._warn = warn
        self.keeps = keeps
        self._locks = [threading.Lock() for _ in range(_LOCKS)]

    def fetch(self, name: str) -> bytes | None:
        """A whole object; of many who ask, one fetches.

        Raises StoreError; CORRUPT where it is not what its name says.
        """
        with self._locks[hash(name) % _LOCKS]:
            with suppress(StoreError):
                data = self._upper.read(name)
                if data is not None:
                    return data
            data = self._lower.read(name)
            if data is None:
                return None
            if not _is_named_by(data, name):
                raise _broken(self._lower, name, "the object is not what its name says")
            self._keep(name, data)
            return data

    def fetch_range(self, name: str, offset: int, length: int) -> bytes | None:
        """A part of an object that is fetched whole. Raises as `fetch`."""
        data = self.fetch(name)
        if data is None:
            return None
        if offset + length > len(data):
            raise _broken(self._lower, name, "the object is shorter than it should be")
        return data[offset : offset + length]

    def _keep(self, name: str, data: bytes) -> None:
        if not self.keeps:
            return
        try:
            self._upper.create(name, [data])
        except StoreError as error:
            self.keeps = False
            self._warn(error)


def labelled(stored: Stored, tier: str) -> Stored:
    """An object, so that it can be told which of two it is."""
    return replace(stored, tag=f"{tier} {stored.tag}")


def find_labelled(store: ByteStore, name: str, tier: str) -> Stored | None:
    """What a store has under that name, with a label."""
    found = store.find(name)
    return None if found is None else labelled(found, tier)


def _is_named_by(data: bytes, name: str) -> bool:
    """Whether bytes are those of an object that is named by their SHA-256; others are believed."""
    digest = name.rpartition("/")[2]
    return len(digest) != _DIGEST or hashlib.sha256(data).hexdigest() == digest


def _broken(store: ByteStore, name: str, why: str) -> StoreError:
    return StoreError(Fault.CORRUPT, f"{store.url}/{name}: {why}")
