"""How contents are packed: what a slow store gives time for."""

import threading
import typing
from collections.abc import Sequence
from pathlib import Path
from random import Random

from localbuild.cache.index import Index
from localbuild.cache.packing import BLOCK_BYTES, Packing
from localbuild.cache.packs import PACK_BYTES
from localbuild.cache.stores.memory import MemoryStore
from tests.unit.cache.cupboard import SCOPE, HandClock


class _GatedStore(MemoryStore):
    """Takes one object at a time, and none before its gate is open."""

    parallel = 1

    def __init__(self) -> None:
        super().__init__(HandClock())
        self.gate = threading.Event()

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        self.gate.wait()
        return super().create(name, pieces)


def _text() -> bytes:
    files = sorted(Path(typing.__file__).parent.glob("[a-h]*.py"))
    return b"".join(file.read_bytes() for file in files)[:BLOCK_BYTES]


def _stored_bytes(*, slow: bool) -> int:
    """What a text takes up that comes after a pack of random bytes."""
    store, random = _GatedStore(), Random("dense")
    if not slow:
        store.gate.set()
    packing = Packing(store, SCOPE, Index())
    try:
        for _ in range(4 * PACK_BYTES // BLOCK_BYTES):
            if slow and packing.writer.is_held_up:
                break
            packing.add(random.randbytes(BLOCK_BYTES))
        assert packing.writer.is_held_up or not slow
        packing.add(_text())
        store.gate.set()
        packing.finish()
        packing.writer.wait()
    finally:
        store.gate.set()
        packing.writer.close()
    return packing.writer.frames[-1].stored


def test_while_a_store_is_slow_more_is_compressed() -> None:
    assert _stored_bytes(slow=True) < 0.95 * _stored_bytes(slow=False)
