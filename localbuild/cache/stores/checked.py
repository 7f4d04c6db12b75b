"""A store that was found to be damaged: what is there already is read before it is believed."""

from collections.abc import Callable, Sequence

from localbuild.cache.keys import is_object
from localbuild.cache.stores.delegating import Delegating
from localbuild.ports.store import ByteStore


class CheckedStore(Delegating):
    """`store`, whose objects are checked by `is_good` where one is to be created that it has.

    `is_good` removes one that is not as its name says; it is written anew then.
    """

    def __init__(self, store: ByteStore, is_good: Callable[[ByteStore, str], bool | None]) -> None:
        super().__init__(store)
        self._is_good = is_good

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        """Write an object that is not there yet, or is not what its name says."""
        if self._store.create(name, pieces):
            return True
        if not is_object(name) or self._is_good(self._store, name) is not False:
            return False
        return self._store.create(name, pieces)
