"""Finds the entry of a key: exactly, then by the fallback keys, in one store after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from localbuild.cache.damage import DamagedError
from localbuild.cache.keys import (
    manifest_name,
    manifests_prefix,
    may_begin_with,
    search_prefix,
)
from localbuild.cache.manifest import ForeignFormatError, Manifest, decode_manifest
from localbuild.ports.cache import CacheOutcome, Restored
from localbuild.ports.store import ByteStore, Stored, StoreError

_CANDIDATES = 5
Read = tuple[Manifest, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry, how it was found, and in which store. `data` is its manifest as it is stored."""

    manifest: Manifest
    outcome: CacheOutcome
    store: ByteStore
    data: bytes = field(repr=False)


class Lookup:
    """Looks in the entries of one scope and version.

    `damaged` gathers what could not be read, `sick` why a store is not asked any more.
    """

    def __init__(self, stores: Sequence[ByteStore], scope: str, version: str) -> None:
        self._stores = stores
        self._scope = scope
        self._version = version
        self.damaged: list[DamagedError] = []
        self.sick: list[StoreError] = []

    def find(self, key: str, fallback_keys: Sequence[str]) -> Found | None:
        """The entry of the key ('' for the one without), or of a fallback key.

        Raises StoreError where a store is sick and no other has one.
        Source: buildspec reference, cache/fallback-keys: the key matches exactly, a fallback key is
        a beginning, each is tried in order; of several the newest (ours: it is not documented).
        """
        found = self._first(lambda store: self._exact(store, key), CacheOutcome.HIT)
        for beginning in fallback_keys if key and found is None else ():
            found = self._first(partial(self._begins, beginning), CacheOutcome.FALLBACK)
            if found is not None:
                break
        if found is None and self.sick:
            raise self.sick.pop(0)
        return found

    def _first(self, look: Callable[[ByteStore], Read | None], how: CacheOutcome) -> Found | None:
        """What the first store has that has anything."""
        for store in self._stores:
            try:
                found = look(store)
            except StoreError as error:
                self._stores = tuple(other for other in self._stores if other is not store)
                self.sick.append(error)
                continue
            if found is not None:
                return Found(manifest=found[0], data=found[1], outcome=how, store=store)
        return None

    def _exact(self, store: ByteStore, key: str) -> Read | None:
        found = self._read(store, manifest_name(self._scope, self._version, key))
        return found if found is not None and found[0].key == key else None

    def candidates(self, store: ByteStore, version: str = "") -> list[Manifest]:
        """The newest entries of the scope, or of one version: to explain, or to build upon."""
        stored = sorted(store.list(manifests_prefix(self._scope, version)), key=_age)
        read = (self._read(store, each.name) for each in stored[:_CANDIDATES])
        return [found[0] for found in read if found is not None]

    def _begins(self, beginning: str, store: ByteStore) -> Read | None:
        names = (
            each
            for each in store.list(search_prefix(self._scope, self._version, beginning))
            if may_begin_with(each.name, beginning) is not False
        )
        for each in sorted(names, key=_age):
            found = self._read(store, each.name)
            if found is not None and found[0].key.startswith(beginning):
                return found
        return None

    def _read(self, store: ByteStore, name: str) -> Read | None:
        data = store.read(name)
        if data is None:
            return None
        try:
            manifest = decode_manifest(data)
            if manifest.name != name:
                raise ValueError("it is the manifest of another entry")
        except ForeignFormatError:
            return None
        except ValueError as error:
            self.damaged.append(DamagedError(store, name, str(error)))
            return None
        return manifest, data


def describe(found: Found) -> Restored:
    """What is known of a restore from the manifest alone."""
    manifest = found.manifest
    return Restored(
        outcome=found.outcome,
        matched_key=manifest.key,
        store=found.store.url,
        files=manifest.files,
        size_bytes=manifest.size_bytes,
    )


def _age(stored: Stored) -> tuple[float, str]:
    return -stored.modified_s, stored.name
