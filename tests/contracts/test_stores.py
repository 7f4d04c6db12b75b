"""Every store keeps the contract."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.stores.memory import MemoryStore
from localbuild.ports.store import ByteStore
from tests.contracts.store_contract import StoreContract, WallClock


class TestMemoryStore(StoreContract):
    """In memory."""

    @pytest.fixture
    def store(self) -> ByteStore:
        return MemoryStore(WallClock())


class TestDirectoryStore(StoreContract):
    """Files."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[ByteStore]:
        store = DirectoryStore(tmp_path / "not" / "there")
        yield store
        store.close()

    def wait_a_tick(self) -> None:
        """A file system's clock moves on every few milliseconds."""
        threading.Event().wait(0.02)
