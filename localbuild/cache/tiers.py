"""A build's stores, the first one asked first: where to look, where to write, what to throw out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from localbuild.cache.damage import DamagedError
from localbuild.cache.keys import object_name
from localbuild.cache.lookup import Found
from localbuild.cache.manifest import decode_manifest
from localbuild.cache.stores.warned import warnings_of
from localbuild.ports.store import ByteStore, Settles, StoreError

if TYPE_CHECKING:
    from localbuild.cache.stores.layered import LayeredStore

Progress = Callable[[int, int], None]
OLDEST_S = 30 * 24 * 3600.0
MOST_BYTES = 20 << 30
"""What a directory keeps without being asked: entries used within that time, up to that size."""


class Tiers:
    """Stores in order. `store` is all of them as one: it reads from the first that has something.

    What it writes goes to the first at once, and to the others until `finish`. `writing` is the
    same for a save. Not `trusted`: something in them was damaged.
    """

    def __init__(self, stores: Sequence[ByteStore], locks: ExitStack | None = None) -> None:
        self.stores: tuple[ByteStore, ...] = tuple(stores)
        self._locks = locks or ExitStack()
        self.store, self._layered = _all_of(self.stores)
        self.writing = self.store
        self.trusted = True

    def keep(self, found: Found) -> None:
        """Keep the manifest of an entry that came from a lower store in the first one, too."""
        if self._layered is not None and found.store is not self.stores[0]:
            self._layered.keep(found.manifest.name, found.data)

    def only_read(self) -> None:
        """From now on nothing is written, not even what a lower store delivers to the first one."""
        from localbuild.cache.stores.read_only import ReadOnlyStore

        self.stores = tuple(map(ReadOnlyStore, self.stores))
        self.store, self._layered = _all_of(self.stores, keeps=False)
        self.writing = self.store

    def finish(self, progress: Progress) -> tuple[str, ...]:
        """Wait for what is on its way and make it last; warnings. `progress`: bytes done, all."""
        said = tuple(said for store in self.stores for said in _settle(store))
        layered = self._layered
        return (*said, *(warnings_of(self.store) if layered is None else layered.finish(progress)))

    @property
    def hints(self) -> Mapping[str, tuple[str, ...]]:
        """What can be done about warnings of `finish`, where that is known."""
        return {} if self._layered is None else self._layered.hints

    def condemn(self, damaged: DamagedError, manifest_name: str) -> None:
        """Remove what is damaged, so that the next save writes it anew. Never raises.

        From now on nothing in the stores is built upon or believed without reading it.
        """
        from localbuild.cache.mending import is_good, throw_out
        from localbuild.cache.stores.checked import CheckedStore

        if self.trusted:
            self.trusted, self.writing = False, CheckedStore(self.store, is_good)
        throw_out(self.stores, damaged.name, manifest_name)

    def care(self) -> None:
        """Once a day let a directory go of what nobody uses. Never raises."""
        first = self.stores[0]
        if not isinstance(first, Settles):
            return
        from localbuild.cache.entries import list_scopes
        from localbuild.cache.prune import Policy, is_due, prune

        with suppress(StoreError):
            if is_due(first):
                policy = Policy(older_than_s=OLDEST_S, max_bytes=MOST_BYTES)
                prune(first, list_scopes(first), policy)

    def close(self) -> None:
        """Let go of all stores, and of the locks that keep removers away from them."""
        self.store.close()
        self._locks.close()


def _all_of(
    stores: Sequence[ByteStore], *, keeps: bool = True
) -> tuple[ByteStore, "LayeredStore | None"]:
    first, *others = stores
    if not others:
        return first, None
    from localbuild.cache.stores.layered import LayeredStore

    lower, _ = _all_of(others, keeps=keeps)
    layered = LayeredStore(first, lower, needs=_needs, keeps=keeps)
    return layered, layered


def _needs(_name: str, data: bytes) -> Iterable[str]:
    """The objects that must be there before a manifest is."""
    with suppress(ValueError):
        manifest = decode_manifest(data)
        return [object_name(manifest.scope, each.digest) for each in manifest.objects]
    return ()


def _settle(store: ByteStore) -> tuple[str, ...]:
    try:
        if isinstance(store, Settles):
            store.settle()
    except StoreError as error:
        return (error.message,)
    return ()
