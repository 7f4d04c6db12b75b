"""A restore that fails, wherever it fails: nothing comes, nothing is left, nothing stays open."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from localbuild.cache.damage import DamagedError
from localbuild.cache.keys import object_name
from localbuild.cache.packs import PACK_BYTES
from localbuild.ports.store import ByteStore, Fault, StoreError
from tests.conftest import missing
from tests.trees.compare import describe, differences
from tests.unit.cache.cupboard import SCOPE
from tests.unit.cache.workshop import (
    CountingStore,
    Kept,
    new_root,
    open_descriptors,
    restore,
    save,
    staging_left,
)

PATHS = ("d/**/*", "/opt/x/**/*")


def make_tree(root: Path) -> None:
    """Three packs: what does not compress, small files, a file of several chunks."""
    random = Random("faults")
    for folder in ("src/d/sub", "opt/x"):
        (root / folder).mkdir(parents=True)
        for number in range(20):
            (root / folder / str(number)).write_text(f"{folder} {number}\n" * 200)
    (root / "src/d/large").write_bytes(random.randbytes(2 * PACK_BYTES + 17))
    (root / "src/d/sub/link").symlink_to("../large")
    os.link(root / "src/d/sub/1", root / "src/d/hard")


@contextmanager
def nothing_left(root: Path) -> Iterator[None]:
    """The tree is as it was, and nothing is open that was not."""
    before, tree = open_descriptors(), describe(root)
    yield
    assert open_descriptors() == before
    assert staging_left(root) == []
    now = describe(root)
    assert now.keys() == tree.keys()
    assert {p: f.digest for p, f in now.items()} == {p: f.digest for p, f in tree.items()}


@pytest.fixture
def store() -> CountingStore:
    return CountingStore()


@pytest.fixture
def entry(store: CountingStore, tmp_path: Path) -> Kept:
    old = new_root(tmp_path, "old")
    make_tree(old)
    return save(old, PATHS, store)


def test_a_read_that_fails(store: CountingStore, entry: Kept, tmp_path: Path) -> None:
    """Each of them in its turn; then all goes well."""
    new = new_root(tmp_path, "new")
    (new / "src/d").mkdir()
    (new / "src/d/mine").write_text("mine")
    store.count = 0
    restore(entry.manifest, new_root(tmp_path, "counted"), store)
    reads = store.count
    assert reads >= 1 + len(entry.manifest.packs)
    for turn in range(1, reads + 1):
        store.count, store.fails = 0, turn.__eq__
        with nothing_left(new), pytest.raises(StoreError, match="on purpose"):
            restore(entry.manifest, new, store)
    store.fails = lambda _: False
    restore(entry.manifest, new, store)
    (new / "src/d/mine").unlink()
    restore(entry.manifest, new, store)
    assert differences(describe(tmp_path / "old/src/d"), describe(new / "src/d")) == []


DAMAGES = ["flip", "cut", "empty", "gone", "longer"]


def damage(store: ByteStore, name: str, kind: str, at: float) -> None:
    data = store.read(name)
    assert data is not None
    place = int(at * (len(data) - 1))
    if kind == "flip":
        store.replace(name, data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
    elif kind == "gone":
        store.remove(name)
    else:
        store.replace(name, {"cut": data[:place], "empty": b"", "longer": data + b"x"}[kind])


@pytest.mark.parametrize("kind", DAMAGES)
@pytest.mark.parametrize("at", [0.0, 0.3, 0.99])
def test_a_segment_that_is_damaged(
    kind: str, at: float, store: CountingStore, entry: Kept, tmp_path: Path
) -> None:
    name = object_name(SCOPE, entry.manifest.segments[0].digest)
    damage(store, name, kind, at)
    new = new_root(tmp_path, "new")
    with nothing_left(new), pytest.raises(DamagedError) as found:
        restore(entry.manifest, new, store)
    assert found.value.name == name
    assert name in found.value.message


@pytest.mark.parametrize("kind", [kind for kind in DAMAGES if kind != "longer"])
@pytest.mark.parametrize("at", [0.0, 0.3, 0.99])
@pytest.mark.parametrize("which", [0, -1])
def test_a_pack_that_is_damaged(
    which: int, kind: str, at: float, store: CountingStore, entry: Kept, tmp_path: Path
) -> None:
    damage(store, object_name(SCOPE, entry.manifest.packs[which].digest), kind, at)
    new = new_root(tmp_path, "new")
    with nothing_left(new), pytest.raises(StoreError) as found:
        restore(entry.manifest, new, store)
    assert found.value.fault is Fault.CORRUPT
    assert entry.manifest.packs[which].digest in found.value.message


def test_what_is_behind_a_pack_is_no_harm(
    store: CountingStore, entry: Kept, tmp_path: Path
) -> None:
    damage(store, object_name(SCOPE, entry.manifest.packs[0].digest), "longer", 0)
    new = new_root(tmp_path, "new")
    restore(entry.manifest, new, store)
    assert differences(describe(tmp_path / "old/src/d"), describe(new / "src/d")) == []


@contextmanager
def mounted(place: Path, *options: str) -> Iterator[None]:
    """Something mounted for the block."""
    place.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", *options, str(place)], capture_output=True, check=False)
    if done.returncode != 0:
        missing("root", f"cannot mount: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("size", ["1m", "8m", "16m"])
def test_a_disk_that_is_full(size: str, store: CountingStore, entry: Kept, tmp_path: Path) -> None:
    new = tmp_path / "new"
    with mounted(new, "-t", "tmpfs", "-o", f"size={size}", "none"):
        (new / "src").mkdir()
        with nothing_left(new), pytest.raises(OSError, match="No space left"):
            restore(entry.manifest, new, store)


def test_a_disk_without_inodes(store: CountingStore, entry: Kept, tmp_path: Path) -> None:
    new = tmp_path / "new"
    with mounted(new, "-t", "tmpfs", "-o", "size=64m,nr_inodes=30", "none"):
        (new / "src").mkdir()
        with nothing_left(new), pytest.raises(OSError, match="No space left"):
            restore(entry.manifest, new, store)


def test_a_tree_that_cannot_be_written(store: CountingStore, entry: Kept, tmp_path: Path) -> None:
    new = new_root(tmp_path, "new")
    with (
        mounted(new / "opt", "-t", "tmpfs", "-o", "ro", "none"),
        nothing_left(new),
        pytest.raises(OSError, match="Read-only"),
    ):
        restore(entry.manifest, new, store)


def test_what_is_mounted_in_a_base_stays_as_it_is(
    store: CountingStore, entry: Kept, tmp_path: Path
) -> None:
    """A directory, and a file, as engines mount them; all else comes, and a later save holds it."""
    new = new_root(tmp_path, "new")
    (new / "opt/x").mkdir(parents=True)
    (new / "opt/x/7").write_text("mounted over")
    (new / "mine").write_text("mine")
    with (
        mounted(new / "src/d/sub", "-t", "tmpfs", "none"),
        bound(new / "mine", new / "opt/x/7"),
    ):
        back = restore(entry.manifest, new, store)
        assert back.files.refused == (b"/opt/x/7", b"d/sub")
        assert list((new / "src/d/sub").iterdir()) == []
        assert (new / "opt/x/7").read_text() == "mine"
        later = save(new, PATHS, store, back.base)
        assert dict(later.files.skipped)["mounted"] == 1
    assert (new / "src/d/large").stat().st_size == 2 * PACK_BYTES + 17
    assert (new / "src/d/hard").read_text() == "src/d/sub 1\n" * 200
    assert staging_left(new) == []


@contextmanager
def bound(source: Path, place: Path) -> Iterator[None]:
    subprocess.run(["mount", "--bind", str(source), str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_write_that_fails_leaves_no_entry(tmp_path: Path) -> None:
    """Each of them in its turn."""
    old = new_root(tmp_path, "old")
    make_tree(old)
    before = open_descriptors()
    good = CountingStore()
    entry = save(old, PATHS, good)
    assert good.count == len(entry.manifest.packs) + len(entry.manifest.segments)
    for turn in range(1, good.count + 1):
        store = CountingStore(turn.__eq__)
        with pytest.raises(StoreError, match="on purpose"):
            save(old, PATHS, store)
        assert list(store.list(f"v1/scopes/{SCOPE}/m/")) == []
        assert open_descriptors() == before
