"""A disk that is full at any block or file of a save or a restore: said, nothing half, no harm."""

import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.verify import verify
from localbuild.plan.cache import CacheAction
from localbuild.ports.cache import CacheOutcome
from tests.faults.conftest import Tally
from tests.faults.counts import short_and_full
from tests.faults.disks import Disk, disk
from tests.faults.rooms import SCOPE, Came, FolderContainer, Project, directory, make_root
from tests.faults.trees import differing, facts_of, fill, new_tree
from tests.integration.builds import project, run, spec

FULL = re.compile(r"the disk is full: .*\d.* needed, .*\d.* free|no free inodes|No space left")
EDGE_KIB = 40


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    with disk(tmp_path_factory.mktemp("small"), 40) as made:
        yield made


@pytest.fixture(scope="module")
def few_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    with disk(tmp_path_factory.mktemp("few"), 40, "-N", "128") as made:
        yield made


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("trees")
    return {version: new_tree(folder / str(version), version) for version in (1, 2)}


def points(chance: random.Random, needed: int, count: int) -> list[int]:
    """How much to leave: next to nothing, nearly all that is needed, and anything between."""
    edges = [*range(EDGE_KIB), *range(needed - EDGE_KIB, needed)]
    between = [chance.randrange(needed) for _ in range(count // 4)]
    return [*chance.sample(edges, min(len(edges), count - len(between))), *between]


class Saving:
    """Saves of a tree into a store on a disk: a key's first, or in the place of an older entry."""

    def __init__(self, disk: Disk, trees: dict[int, Path], key: str) -> None:
        self._disk = disk
        self._trees = trees
        self._key = key
        self.store = disk.place / "store"
        self._back = trees[1].parent / "back"

    def save(self, version: int) -> Came:
        project = Project(key=self._key, action=CacheAction.SAVE)
        return project.build(directory(self.store), FolderContainer(root=self._trees[version]))

    def begin(self) -> None:
        """A store as it is before; the disk is empty else."""
        self._disk.empty()
        shutil.rmtree(self.store, ignore_errors=True)
        if not self._key:
            assert self.save(1).saved.saved

    def needed(self, free: Callable[[], int]) -> int:
        """What a save takes up."""
        self.begin()
        before = free()
        assert self.save(2).saved.saved
        return before - free()

    def attempt(self) -> bool:
        """Save where there may be no room; whether there was."""
        came = self.save(2)
        if not came.saved.saved:
            assert came.saved.reason
            assert any(FULL.search(w) and str(self.store) in w for w in came.warnings), came
        self._check()
        self._disk.empty()
        assert self.save(2).saved.saved is not came.saved.saved
        self._check_entry(2)
        return came.saved.saved

    def _check(self) -> None:
        store = DirectoryStore(self.store)
        found = verify(store, SCOPE)
        assert (found.damage, found.spoiled) == ((), ())
        store.sweep(0.0)
        left = self.store / "tmp"
        assert not left.exists() or {p.name for p in left.iterdir()} <= {"clock"}
        if store.find(Project(key=self._key).manifest) is not None:
            self._check_entry(1, 2)

    def _check_entry(self, *versions: int) -> None:
        shutil.rmtree(self._back, ignore_errors=True)
        project = Project(key=self._key, action=CacheAction.RESTORE)
        container = FolderContainer(root=make_root(self._back))
        came = project.build(directory(self.store), container)
        assert came.restored.outcome is CacheOutcome.HIT
        assert [] in [differing(self._trees[n], self._back) for n in versions]


@pytest.mark.parametrize("key", ["key", ""], ids=["key", "no-key"])
@short_and_full(6, 100)
def test_a_save_on_a_full_disk(
    small: Disk,
    trees: dict[int, Path],
    chance: random.Random,
    tally: Tally,
    key: str,
    count: int,
) -> None:
    saving = Saving(small, trees, key)
    needed = saving.needed(lambda: small.free_kib)
    saved = 0
    for kib in points(chance, needed, count):
        saving.begin()
        small.leave(kib)
        saved += saving.attempt()
    assert saved < count
    tally("saves on a full disk that did harm", count)


@pytest.mark.parametrize("key", ["key", ""], ids=["key", "no-key"])
@short_and_full(4, 1, "step")
def test_a_save_on_a_disk_without_inodes(
    few_files: Disk, trees: dict[int, Path], tally: Tally, key: str, step: int
) -> None:
    saving = Saving(few_files, trees, key)
    needed = saving.needed(lambda: few_files.free_files)
    results = []
    for left in range(0, needed + 1 + step, step):
        saving.begin()
        few_files.leave_files(left)
        results.append(saving.attempt())
    assert not results[0]
    assert results[-1]
    tally("saves on a disk without inodes that did harm", len(results))


class Restoring:
    """Restores into a container on a disk: into files of the source's, and beside nothing."""

    def __init__(self, disk: Disk, store: Path, tree: Path) -> None:
        self._disk = disk
        self._store = store
        self._tree = tree
        self._root = disk.place / "root"

    def begin(self) -> None:
        """A container with some files of its own."""
        self._disk.empty()
        shutil.rmtree(self._root, ignore_errors=True)
        (make_root(self._root) / "src/deps/below").mkdir(parents=True)
        for name in ("own", "nothing", "below/00.txt"):
            (self._root / "src/deps" / name).write_text("the source's")

    def restore(self) -> Came:
        project = Project(action=CacheAction.RESTORE)
        return project.build(directory(self._store), FolderContainer(root=self._root))

    def needed(self, free: Callable[[], int]) -> int:
        """What a restore takes up at most."""
        self.begin()
        before = free()
        assert self.restore().restored.outcome is CacheOutcome.HIT
        return before - free() + EDGE_KIB // 2

    def attempt(self) -> bool:
        """Restore where there may be no room; whether there was."""
        before = self._files()
        came = self.restore()
        hit = came.restored.outcome is CacheOutcome.HIT
        if not hit:
            assert any(FULL.search(warning) for warning in came.warnings), came
            assert self._files() == before
        self._disk.empty()
        assert self.restore().restored.outcome is CacheOutcome.HIT
        (self._root / "src/deps/own").unlink()
        found = [d for d in differing(self._tree, self._root) if not d.startswith("b'': mtime_ns")]
        assert found == []
        return hit

    def _files(self) -> dict[str, object]:
        """All that is there; a directory's time changes with what comes and goes in it."""
        return {
            f"{base} {path!r}": (f.kind, f.mode, f.digest, f.group)
            for base, found in facts_of(self._root).items()
            for path, f in found.items()
        }


@pytest.fixture(scope="module")
def entry(trees: dict[int, Path]) -> Path:
    """A store with the entry that is restored."""
    store = trees[1].parent / "store"
    came = Project(action=CacheAction.SAVE).build(
        directory(store), FolderContainer(root=fill(trees[1]))
    )
    assert came.saved.saved
    return store


@short_and_full(8, 150)
def test_a_restore_on_a_full_disk(
    small: Disk,
    trees: dict[int, Path],
    entry: Path,
    chance: random.Random,
    tally: Tally,
    count: int,
) -> None:
    restoring = Restoring(small, entry, trees[1])
    hits = 0
    for kib in points(chance, restoring.needed(lambda: small.free_kib), count):
        restoring.begin()
        small.leave(kib)
        hits += restoring.attempt()
    assert hits < count
    tally("restores on a full disk that did harm", count)


@short_and_full(4, 1, "step")
def test_a_restore_on_a_disk_without_inodes(
    few_files: Disk, trees: dict[int, Path], entry: Path, tally: Tally, step: int
) -> None:
    restoring = Restoring(few_files, entry, trees[1])
    results = []
    for left in range(0, restoring.needed(lambda: few_files.free_files), step):
        restoring.begin()
        few_files.leave_files(left)
        results.append(restoring.attempt())
    assert not results[0]
    assert results[-1]
    tally("restores on a disk without inodes that did harm", len(results))


@pytest.mark.docker
@pytest.mark.parametrize("kib", [0, 1_000])
def test_a_build_whose_cache_is_on_a_full_disk(tmp_path: Path, small: Disk, kib: int) -> None:
    """The build ends as without a cache; once there is room it is kept."""
    shutil.rmtree(small.place / "root", ignore_errors=True)
    place = small.place / f"cache {kib}"
    section = "cache:\n  paths: [deps/**/*]\n"
    text = spec("mkdir deps; head -c 3000000 /dev/urandom > deps/file", "echo made", after=section)
    folder = project(tmp_path / "full", text)
    options = ("--cache", str(place), "--cache-layers", "off")
    small.leave(kib)
    ended = run(folder, *options)
    assert ended.code == 0, ended.stderr
    assert ended.document["buildStatus"] == "SUCCEEDED"
    assert set(ended.phases.values()) == {"SUCCEEDED"}
    said = ended.stdout + ended.stderr
    assert "Traceback" not in said
    assert any(FULL.search(line) and str(place) in line for line in said.splitlines()), said
    small.empty()
    assert run(folder, *options).code == 0
    assert (place / "v1").exists()
    assert "the disk is full" not in run(folder, *options).stderr
