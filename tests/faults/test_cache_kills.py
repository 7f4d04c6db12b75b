"""A save and a restore that are killed at any moment: no repair, nothing half, nothing in the way.

Each system call that may change something is a moment; and there are moments by chance.
"""

import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.verify import verify
from localbuild.ports.cache import CacheOutcome
from tests.faults import victims
from tests.faults.conftest import Tally
from tests.faults.counts import short_and_full
from tests.faults.rooms import SCOPE, Came, FolderContainer, Project, directory, make_root
from tests.faults.syscalls import Supervisor, kill_at
from tests.faults.trees import BASES, differing, facts_of, fill, new_tree
from tests.trees.compare import Facts

PATIENCE_S = 60.0
Work = Callable[[Path, Path], Came]


class Scene:
    """One store and one container's root, made anew for every kill; what is right afterwards."""

    key = "key"
    work: Work

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.trees = {n: new_tree(folder / f"tree {n}", n) for n in (1, 2)}
        self._number = 0
        self.place = folder
        self.make()

    def make(self) -> tuple[Path, Path]:
        """A new store and a new root."""
        shutil.rmtree(self.place / "store", ignore_errors=True)
        self._number += 1
        self.place = self._folder / str(self._number)
        self.place.mkdir()
        self.prepare()
        return self.store, self.root

    @property
    def store(self) -> Path:
        return self.place / "store"

    @property
    def root(self) -> Path:
        return self.place / "root"

    def prepare(self) -> None:
        """Put there what is there before."""
        raise NotImplementedError

    def check(self) -> None:
        """What must be so after a kill."""
        raise NotImplementedError

    def clean(self) -> None:
        """Make room."""
        shutil.rmtree(self.place)

    # --- what scenes share ---

    def build(self, root: Path, version: int = 0) -> Came:
        """A build in that root, which makes that version of the tree where it is not 0."""

        def commands() -> None:
            if version:
                fill(root, version)

        container = FolderContainer(root=root)
        return Project(key=self.key).build(directory(self.store), container, commands)

    def restored(self, name: str) -> tuple[Path, Came]:
        """A build in an empty container that changes nothing."""
        root = make_root(self.place / name)
        return root, self.build(root)

    def check_store(self) -> None:
        """Nothing of the store is damaged, and nobody has repaired it."""
        store = DirectoryStore(self.store)
        found = verify(store, SCOPE)
        assert (found.damage, found.spoiled) == ((), ())
        store.sweep(0.0)
        left = self.store / "tmp"
        assert not left.exists() or {p.name for p in left.iterdir()} <= {"clock"}

    def check_entry(self, name: str, *versions: int) -> None:
        """The entry is whole, one of the versions, and comes without a word."""
        root, came = self.restored(name)
        assert came.restored.outcome is CacheOutcome.HIT
        assert came.warnings == ()
        assert [] in [differing(self.trees[n], root) for n in versions]


class Save(Scene):
    """A key's first save."""

    work = staticmethod(victims.save)

    def prepare(self) -> None:
        new_tree(self.root)

    def check(self) -> None:
        self.check_store()
        present = DirectoryStore(self.store).find(Project(key=self.key).manifest) is not None
        if present:
            self.check_entry("present", 1)
        else:
            root, came = self.restored("absent")
            assert came.restored.outcome is CacheOutcome.MISS
            assert came.warnings == ()
            assert not any(facts_of(root).values())
        came = self.build(self.root)
        assert came.saved.saved is not present, came
        assert came.warnings == ()
        self.check_entry("after", 1)
        self.check_store()


class Replace(Scene):
    """A save without a key over an older one, from which it takes most of the files over."""

    key = ""
    work = staticmethod(victims.replace)

    def prepare(self) -> None:
        kept = self._folder / "kept"
        if kept.exists():
            shutil.copytree(kept, self.store)
        else:
            assert self.build(make_root(self.place / "first"), 1).saved.saved
            shutil.copytree(self.store, kept)
        make_root(self.root)

    def check(self) -> None:
        self.check_store()
        self.check_entry("present", 1, 2)
        came = self.build(make_root(self.place / "next"), 2)
        assert came.warnings == ()
        self.check_entry("after", 2)
        self.check_store()


class Restore(Scene):
    """A restore: one base is there already with other files in it, the other is not."""

    work = staticmethod(victims.restore)

    def prepare(self) -> None:
        if self._number == 1:
            assert self.build(make_root(self.place / "first"), 1).saved.saved
            self.kept = self._folder / "kept"
            shutil.copytree(self.store, self.kept)
        else:
            self.store.symlink_to(self.kept)
        (make_root(self.root) / "src/deps/below").mkdir(parents=True)
        for name in ("deps/own", "deps/nothing", "deps/below/00.txt", "beside"):
            (self.root / "src" / name).write_text("the source's")
        self.before = facts_of(self.root)

    def check(self) -> None:
        self.check_files()
        self.check_store()
        came = self.build(self.root)
        assert came.restored.outcome is CacheOutcome.HIT
        assert came.warnings == ()
        assert (self.root / "src/deps/own").read_text() == "the source's"
        assert (self.root / "src/beside").read_text() == "the source's"
        (self.root / "src/deps/own").unlink()
        for left in self.staging():
            shutil.rmtree(left)
        deps = "b'': mtime_ns"  # the file that was just removed
        assert [d for d in differing(self.trees[1], self.root) if not d.startswith(deps)] == []

    def staging(self) -> list[Path]:
        """What a restore that was killed may leave: no build of ours comes back to its container,
        and a save does not see it."""
        return list(self.root.rglob(".localbuild-restore-*"))

    def check_files(self) -> None:
        """Each file is the source's or the entry's, whole; a new base is there whole or not."""
        wanted, now = facts_of(self.trees[1]), facts_of(self.root)
        for base in BASES:
            for path, facts in now[base].items():
                if facts.kind != "directory" and b".localbuild-restore-" not in path:
                    allowed = (wanted[base].get(path), self.before[base].get(path))
                    assert _plain(facts) in map(_plain, allowed), (base, path, facts)
        tools = now["opt/tools"]
        assert not tools or set(tools) == set(wanted["opt/tools"])


def _plain(facts: Facts | None) -> object:
    """A file without what depends on its siblings or its owner."""
    return facts and (facts.kind, facts.mode, facts.mtime_ns, facts.digest, facts.target)


SCENES = [Save, Replace, Restore]


@pytest.fixture(params=SCENES, ids=lambda kind: kind.__name__.lower())
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    made: Scene = request.param(tmp_path)
    yield made
    shutil.rmtree(tmp_path)


@short_and_full(16, 1, "step")
def test_a_kill_at_any_system_call(
    scene: Scene, supervisor: Supervisor, chance: random.Random, tally: Tally, step: int
) -> None:
    number, tried = chance.randint(1, step), 0
    while True:
        args = scene.make()
        ended = supervisor.run(scene.work, *args, judge=kill_at(number))
        if ended.calls < number:
            break
        assert ended.code == -signal.SIGKILL, number
        scene.check()
        scene.clean()
        number, tried = number + step, tried + 1
    assert ended.code == 0
    assert ended.said is not None
    scene.check()
    tally(f"kills at a system call of a {type(scene).__name__.lower()}", tried)


@short_and_full(4, 70)
def test_a_kill_at_any_time(
    scene: Scene, supervisor: Supervisor, chance: random.Random, tally: Tally, count: int
) -> None:
    times = []
    for _ in range(3):
        args, begun = scene.make(), time.monotonic()
        assert supervisor.killed(PATIENCE_S, scene.work, *args) == 0
        times.append(time.monotonic() - begun)
        scene.clean()
    killed = 0
    while killed < count:
        args = scene.make()
        code = supervisor.killed(chance.uniform(0, sorted(times)[1]), scene.work, *args)
        killed += code == -signal.SIGKILL
        scene.check()
        scene.clean()
    tally(f"kills at any time of a {type(scene).__name__.lower()}", killed)


def test_what_is_restored_is_what_was_saved(scene: Scene) -> None:
    """The judge of all the others sees a difference."""
    os.utime(scene.trees[1] / "src/deps/nothing", ns=(1, 1))
    with pytest.raises(AssertionError):
        Scene.check_entry(scene, "other", 1)
