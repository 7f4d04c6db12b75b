"""A zoo of files through every kind of store, and through tiers: what was saved comes back."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.stores.retrying import RetryingStore
from localbuild.cache.verify import verify
from localbuild.ports.cache import CacheOutcome
from localbuild.ports.store import ByteStore
from localbuild.run.deadline import SystemClock
from tests.faults.conftest import Tally
from tests.faults.counts import short_and_full
from tests.faults.rooms import SCOPE, FolderContainer, Project, Stores, make_root
from tests.s3.servers import Server
from tests.trees.compare import describe, differences
from tests.trees.zoo import make_zoo, open_up

PROJECT = Project(paths=("zoo/", "/opt/beside/**/*"))
PLACES = ("src/zoo", "opt/beside")


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A container's folder, where what nobody may read can be removed again."""
    yield make_root(tmp_path / "old")
    for name in ("old", "new"):
        for place in PLACES:
            if (tmp_path / name / place).exists():
                open_up(tmp_path / name / place)
    shutil.rmtree(tmp_path)


def check(stores: Stores, root: Path, files: int) -> int:
    """Save, bring back into an empty container, compare; how many files there were."""
    make_zoo(root / PLACES[0], more_files=files, whiteouts=True)
    make_zoo(root / PLACES[1], specials=False)
    came = PROJECT.build(stores, FolderContainer(root=root))
    assert came.saved.saved
    assert [w for w in came.warnings if "not saved" not in w] == []
    new = make_root(root.with_name("new"))
    back = PROJECT.build(stores, FolderContainer(root=new))
    assert back.restored.outcome is CacheOutcome.HIT
    assert back.warnings == ()
    for place in PLACES:
        lines = differences(describe(root / place), describe(new / place))
        assert [line for line in lines if "link too" not in line] == []
    return came.saved.files


def sound(stores: Sequence[ByteStore]) -> None:
    """Every store has all of it, undamaged."""
    for store in stores:
        found = verify(store, SCOPE)
        assert len(found.entries) == 1
        assert found.damage == ()
        store.close()


@short_and_full(0, 100_000, "files")
def test_through_memory(root: Path, tally: Tally, files: int) -> None:
    store = MemoryStore(SystemClock())
    tally("files that came back otherwise through memory", check(lambda: [store], root, files))
    sound([store])


@short_and_full(0, 100_000, "files")
def test_through_a_directory(root: Path, tmp_path: Path, tally: Tally, files: int) -> None:
    def stores() -> Sequence[ByteStore]:
        return [DirectoryStore(tmp_path / "store")]

    tally("files that came back otherwise through a directory", check(stores, root, files))
    sound(stores())


@pytest.mark.s3
@short_and_full(0, 100_000, "files")
def test_through_a_bucket(root: Path, seaweed_server: Server, tally: Tally, files: int) -> None:
    def stores() -> Sequence[ByteStore]:
        return [RetryingStore(seaweed_server.store(f"zoo/{files}"))]

    tally("files that came back otherwise through a bucket", check(stores, root, files))
    sound(stores())


@pytest.mark.s3
@short_and_full(0, 100_000, "files")
def test_through_tiers(
    root: Path, tmp_path: Path, seaweed_server: Server, tally: Tally, files: int
) -> None:
    """What was saved in both comes back where the first is lost, and is in both again."""

    def stores(name: str) -> Sequence[ByteStore]:
        bucket = RetryingStore(seaweed_server.store(f"tiers/{files}"))
        return [DirectoryStore(tmp_path / name), bucket]

    names = iter(("first", "second"))
    tally(
        "files that came back otherwise through tiers",
        check(lambda: stores(next(names)), root, files),
    )
    sound(stores("first"))
    sound(stores("second"))
