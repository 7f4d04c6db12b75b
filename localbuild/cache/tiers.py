"""A build's stores, the first one asked first: where to read, where to write, what to hand on."""

from collections.abc import Sequence

from localbuild.cache.fetching import DamagedError
from localbuild.cache.lookup import Found
from localbuild.cache.manifest import Manifest
from localbuild.ports.store import ByteStore


class Tiers:
    """Stores in order. `reading` asks each of them, and keeps in the first what others have."""

    def __init__(self, stores: Sequence[ByteStore], reading: ByteStore | None = None) -> None:
        self.stores = tuple(stores)
        self.first = stores[0]
        self.reading = reading or stores[0]

    def keep(self, found: Found) -> None:
        """Keep the manifest of an entry that came from a lower store in the first one, too."""

    def hand_on(self, manifest: Manifest) -> None:
        """Begin to write an entry to the other stores."""

    def finish(self) -> tuple[str, ...]:
        """Wait for what `hand_on` began; warnings."""
        return ()

    def condemn(self, damaged: DamagedError, manifest_name: str) -> None:
        """Remove what is damaged, so that the next save writes it anew. Never raises."""

    def close(self) -> None:
        """Let go of all stores."""
        for store in self.stores:
            store.close()
