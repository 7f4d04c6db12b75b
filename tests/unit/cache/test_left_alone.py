"""What no cache takes in: localbuild's own folders, what is mounted, what a linked base reaches."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from localbuild.cache.allowed import select_allowed
from localbuild.cache.index import Entry, Index
from localbuild.cache.patterns import parse_path
from localbuild.cache.stores.memory import MemoryStore
from localbuild.run.deadline import SystemClock
from tests.unit.cache.workshop import new_root, restore, save


def test_the_builds_variables_are_not_cached(tmp_path: Path) -> None:
    root = new_root(tmp_path)
    for name in ("codebuild/output/tmp/env.sh", "codebuild/output/kept"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("export SECRET=1")
    kept = save(root, ("/codebuild/**/*",), MemoryStore(SystemClock()))
    assert b"/codebuild/output/kept" in kept.files.index.entries
    assert not [p for p in kept.files.index.entries if p.startswith(b"/codebuild/output/tmp")]


def test_an_entry_that_has_the_builds_variables_is_skipped() -> None:
    path = b"/codebuild/output/tmp/env.sh"
    index = Index(entries={path: Entry(path, "f", 0o644)})
    allowed, skipped = select_allowed(index, [parse_path("/codebuild/**/*", "/src")])
    assert (allowed, skipped) == ({}, (path,))


def test_a_path_of_the_builds_variables_is_refused() -> None:
    with pytest.raises(ValueError, match="localbuild's own"):
        parse_path("/codebuild/output/tmp/**/*", "/src")


def test_a_base_that_is_reached_by_a_cached_link_gives_an_entry_that_comes_back(
    tmp_path: Path,
) -> None:
    store = MemoryStore(SystemClock())
    root = new_root(tmp_path)
    (root / "src/libs/real").mkdir(parents=True)
    (root / "src/libs/real/x.jar").write_text("x")
    (root / "src/libs/cur").symlink_to("real")
    kept = save(root, ("libs/**/*", "libs/cur/*.jar"), store)
    target = new_root(tmp_path, "back")
    restore(kept.manifest, target, store)
    assert (target / "src/libs/cur").readlink() == Path("real")
    assert (target / "src/libs/cur/x.jar").read_text() == "x"


PROGRAM = """
import sys
from pathlib import Path
from tests.unit.cache.test_left_alone import many_files
many_files(Path(sys.argv[1]))
"""


def many_files(folder: Path) -> None:
    """Save and restore more directories and large files than may be open at once."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    store = MemoryStore(SystemClock())
    root = new_root(folder)
    large = b"x" * (3 << 19)
    for number in range(400):
        (root / f"src/d/{number}").mkdir(parents=True)
        (root / f"src/d/{number}/f").write_bytes(large)
    kept = save(root, ("d/**/*",), store)
    target = new_root(folder, "back")
    restore(kept.manifest, target, store)
    assert all((target / f"src/d/{n}/f").stat().st_size == len(large) for n in range(400))


def test_few_descriptors_are_enough(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


UMASK = """
import os, sys
from pathlib import Path
from localbuild.cache.lock import hold_shared
from localbuild.cache.stores.directory import DirectoryStore
os.umask(0o002)
root = Path(sys.argv[1]) / "above" / "cache"
with hold_shared(root) as held:
    assert held and DirectoryStore(root).create("v1/scopes/a/o/aa/b", [b"x"])
assert root.stat().st_mode & 0o777 == 0o700
"""


def test_a_generous_umask_does_not_keep_us_from_the_cache(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", UMASK, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
