"""Every store keeps the contract."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.stores.layered import LayeredStore
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.stores.retrying import RetryingStore
from localbuild.ports.store import ByteStore
from tests.contracts.store_contract import StoreContract, WallClock
from tests.s3.servers import Server


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


class TestRetryingStore(StoreContract):
    """A store that is asked again."""

    @pytest.fixture
    def store(self) -> ByteStore:
        return RetryingStore(MemoryStore(WallClock()))


class TestLayeredStore(StoreContract):
    """A store before another one."""

    @pytest.fixture
    def store(self) -> Iterator[ByteStore]:
        store = LayeredStore(MemoryStore(WallClock()), MemoryStore(WallClock()))
        yield store
        assert store.finish() == ()
        store.close()


class TestThreeLayers(StoreContract):
    """More tiers are a layered store below."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[ByteStore]:
        below = LayeredStore(MemoryStore(WallClock()), DirectoryStore(tmp_path))
        tmp_path.chmod(0o700)
        store = LayeredStore(MemoryStore(WallClock()), below)
        yield store
        assert store.finish() == ()
        store.close()


class S3StoreContract(StoreContract):
    """A real server; subclasses say which."""

    @pytest.fixture
    def store(self, server: Server) -> Iterator[ByteStore]:
        store = RetryingStore(server.store())
        yield store
        store.close()


@pytest.mark.s3
class TestS3StoreOnMoto(S3StoreContract):
    """The mock of Amazon's service."""

    @pytest.fixture
    def server(self, moto_server: Server) -> Server:
        return moto_server


@pytest.mark.s3
class TestS3StoreOnSeaweed(S3StoreContract):
    """A real object store."""

    @pytest.fixture
    def server(self, seaweed_server: Server) -> Server:
        return seaweed_server


@pytest.mark.s3
class TestS3StoreOnRclone(S3StoreContract):
    """A server without conditional writes."""

    one_winner = False

    @pytest.fixture
    def server(self, rclone_server: Server) -> Server:
        return rclone_server

    def wait_a_tick(self) -> None:
        """Its ETag is always that of the bytes, its times are told in whole seconds."""
        threading.Event().wait(1.1)
