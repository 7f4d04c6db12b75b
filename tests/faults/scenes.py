"""Stores and containers that something happens to, and what must be so afterwards."""

import shutil
from collections.abc import Callable
from pathlib import Path

from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.verify import verify
from localbuild.ports.cache import CacheOutcome
from tests.faults import victims
from tests.faults.rooms import SCOPE, Came, FolderContainer, Project, directory, make_root
from tests.faults.trees import BASES, differing, facts_of, fill, new_tree
from tests.trees.compare import Facts

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

    def put_first(self) -> None:
        """An entry of the first version."""
        kept = self._folder / "kept"
        if kept.exists():
            shutil.copytree(kept, self.store)
        else:
            assert self.build(make_root(self.place / "first"), 1).saved.saved
            shutil.copytree(self.store, kept)

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
        self.put_first()
        make_root(self.root)

    def check(self) -> None:
        self.check_store()
        self.check_entry("present", 1, 2)
        came = self.build(make_root(self.place / "next"), 2)
        assert came.warnings == ()
        self.check_entry("after", 2)
        self.check_store()


class SaveAgain(Replace):
    """The same by a build that restores nothing: what it builds upon it has to look for."""

    work = staticmethod(victims.save_again)

    def prepare(self) -> None:
        self.put_first()
        new_tree(self.root, 2)


class Restore(Scene):
    """A restore: one base is there already with other files in it, the other is not."""

    work = staticmethod(victims.restore)

    def prepare(self) -> None:
        self.put_first()
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
