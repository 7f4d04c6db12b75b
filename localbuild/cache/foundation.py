"""What a save builds upon: the entry that was restored, or the newest one of the same paths."""

from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module

from localbuild.cache.base import NO_BASE, Base
from localbuild.cache.index import Index
from localbuild.cache.lookup import Lookup
from localbuild.cache.manifest import Manifest
from localbuild.cache.tiers import Tiers
from localbuild.ports.store import ByteStore


class Foundation:
    """Finds the base of a build's save. An index that will be needed is read while the build runs.

    `name` is the manifest's that it looks at, for who must say what is damaged.
    """

    def __init__(self, tiers: Tiers) -> None:
        self._tiers = tiers
        self._base: Base | None = None
        self._layered: Manifest | None = None
        self._reader = ThreadPoolExecutor(1, "localbuild-ahead")
        self._ahead: Future[Index] | None = None
        self.name = ""

    def expect_work(self) -> None:
        """Import what restores and saves while the container starts: it will be needed."""
        self._reader.submit(import_module, "localbuild.cache.bring")

    def use(self, base: Base) -> None:
        """That has been restored."""
        self._base = base

    def use_layer(self, manifest: Manifest, *, ahead: bool) -> None:
        """The container began with that entry's files; `ahead`: they may have to be saved."""
        self._layered = manifest
        if ahead:
            self._ahead = self._reader.submit(_load, self._tiers.store, manifest)

    def find(self, scope: str, version: str) -> Base:
        """The base; none where something was damaged. Raises StoreError, DamagedError."""
        if not self._tiers.trusted:
            return NO_BASE
        if self._base is not None:
            return self._base
        manifest = self._layered or self._newest(scope, version)
        if manifest is None:
            return NO_BASE
        self.name = manifest.name
        ahead = self._ahead
        index = _load(self._tiers.store, manifest) if ahead is None else ahead.result()
        return Base(manifest=manifest, index=index, in_layer=self._layered is not None)

    def close(self) -> None:
        """End the reader; safe to call twice."""
        self._reader.shutdown(cancel_futures=True)

    def _newest(self, scope: str, version: str) -> Manifest | None:
        lookup = Lookup(self._tiers.stores, scope, version)
        return next(iter(lookup.candidates(self._tiers.stores[0], version)), None)


def _load(store: ByteStore, manifest: Manifest) -> Index:
    """Imported late: a build that hits a layer, and saves nothing, has no use for it."""
    from localbuild.cache.loading import load_index

    return load_index(store, manifest)
