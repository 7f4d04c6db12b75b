"""Finds the entry of a key: exactly, then by the fallback keys, in one store after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from localbuild.cache.damage import DamagedError
from localbuild.cache.keys import (
    manifest_name,
    manifests_prefix,
    may_begin_with,
    search_prefix,
)
from localbuild.cache.manifest import ForeignFormatError, Manifest, decode_manifest
from localbuild.ports.cache import CacheOutcome, Restored
from localbuild.ports.store import ByteStore, Stored

_CANDIDATES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry, how it was found, and in which store. `data` is its manifest as it is stored."""

    manifest: Manifest
    outcome: CacheOutcome
    store: ByteStore
    data: bytes = field(repr=False)


class Lookup:
    """Looks in the entries of one scope and version. `damaged` gathers what could not be read."""

    def __init__(self, stores: Sequence[ByteStore], scope: str, version: str) -> None:
        self._stores = stores
        self._scope = scope
        self._version = version
        self.damaged: list[DamagedError] = []

    def find(self, key: str, fallback_keys: Sequence[str]) -> Found | None:
        """The entry of the key ('' for the one without), or of a fallback key. Raises StoreError.

        Source: buildspec reference, cache/fallback-keys: the key matches exactly, a fallback key is
        a beginning, each is tried in order; of several the newest (ours: it is not documented).
        """
        for store in self._stores:
            found = self._read(store, manifest_name(self._scope, self._version, key))
            if found is not None and found[0].key == key:
                return _found(found, CacheOutcome.HIT, store)
        for beginning in fallback_keys if key else ():
            for store in self._stores:
                found = self._begins(store, beginning)
                if found is not None:
                    return _found(found, CacheOutcome.FALLBACK, store)
        return None

    def candidates(self, store: ByteStore) -> list[Manifest]:
        """The newest entries of the scope, of any version: to explain, or to build upon."""
        stored = sorted(store.list(manifests_prefix(self._scope)), key=_age)
        read = (self._read(store, each.name) for each in stored[:_CANDIDATES])
        return [found[0] for found in read if found is not None]

    def _begins(self, store: ByteStore, beginning: str) -> tuple[Manifest, bytes] | None:
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

    def _read(self, store: ByteStore, name: str) -> tuple[Manifest, bytes] | None:
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


def _found(found: tuple[Manifest, bytes], outcome: CacheOutcome, store: ByteStore) -> Found:
    return Found(manifest=found[0], data=found[1], outcome=outcome, store=store)


def _age(stored: Stored) -> tuple[float, str]:
    return -stored.modified_s, stored.name
