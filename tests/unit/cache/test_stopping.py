"""Long work ends between two pieces of it once the build must end."""

import os
from pathlib import Path

import pytest

from localbuild.cache.stopping import WorkStoppedError, stopping
from localbuild.cache.stores.memory import MemoryStore
from localbuild.ports.engine import Interruption
from localbuild.run.deadline import SystemClock
from tests.conftest import missing
from tests.unit.cache.workshop import new_root, restore, save


def test_work_goes_on_while_nobody_wants_the_build_to_end() -> None:
    work = stopping(lambda n: n + 1, lambda: None)
    assert [work(n) for n in range(200)] == list(range(1, 201))


def test_work_ends_soon_after_somebody_wants_the_build_to_end() -> None:
    asked: list[Interruption | None] = [None]
    work = stopping(lambda: None, lambda: asked[0])
    work()
    asked[0] = Interruption.STOP
    with pytest.raises(WorkStoppedError):
        _ = [work() for _ in range(64)]


def test_what_comes_into_somebodys_directory_is_his(tmp_path: Path) -> None:
    """A build's `run-as` user must be able to write to what his earlier builds have cached."""
    if os.geteuid() != 0:
        missing("root", "only root can make files somebody else's")
    store = MemoryStore(SystemClock())
    root = new_root(tmp_path)
    (root / "home/u/.m2/deep").mkdir(parents=True)
    (root / "home/u/.m2/deep/f").write_text("x")
    (root / "home/u/.m2/deep/l").symlink_to("f")
    kept = save(root, ("/home/u/.m2/**/*",), store)
    target = new_root(tmp_path, "back")
    (target / "home/u").mkdir(parents=True)
    os.chown(target / "home/u", 1000, 1001)
    restore(kept.manifest, target, store)
    for name in (".m2", ".m2/deep", ".m2/deep/f", ".m2/deep/l"):
        status = (target / "home/u" / name).lstat()
        assert (status.st_uid, status.st_gid) == (1000, 1001), name
