"""Saves upon what was restored: read what may have changed, write what is new, miss nothing."""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from localbuild.cache.base import NOTHING_KNOWN
from localbuild.cache.check import MAX_ENTRIES
from localbuild.cache.index import FILE, Entry
from localbuild.cache.keys import objects_prefix
from localbuild.cache.saving import MAX_SEGMENTS
from localbuild.cache.scan import Scanned
from localbuild.cache.stores.memory import MemoryStore
from localbuild.errors import UsageError
from tests.trees.compare import NOTHING, describe, differences
from tests.unit.cache.cupboard import SCOPE, HandClock
from tests.unit.cache.edits import BALLAST, EDITS, SPOTS, apply, make_tree, settled, write
from tests.unit.cache.workshop import Back, CountingStore, Kept, new_root, restore, save, save_scan

PATHS = ("d/**/*",)
FILES = BALLAST + 6


class Builds(RuleBasedStateMachine):
    """One build after the other: restored, edited, saved, each in a tree of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="localbuild-builds-"))
        self.store = MemoryStore(HandClock())
        self.number = 0
        root = new_root(self.folder, "0")
        make_tree(root / "src/d")
        self.entry = save(root, PATHS, self.store)
        self._next_build()

    @rule(
        edit=st.sampled_from(sorted(EDITS)),
        path=st.sampled_from(SPOTS),
        other=st.sampled_from(SPOTS),
    )
    def edit(self, edit: str, path: str, other: str) -> None:
        apply(edit, self.root / "src/d" / path, self.root / "src/d" / other)

    @rule()
    def save(self) -> None:
        self.entry = save(self.root, PATHS, self.store, self.back.base)
        old = self.root
        self._next_build()
        assert differences(describe(old / "src/d"), describe(self.root / "src/d"), NOTHING) == []
        shutil.rmtree(old)

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _next_build(self) -> None:
        self.number += 1
        self.root = new_root(self.folder, str(self.number))
        self.back = restore(self.entry.manifest, self.root, self.store)


TestBuilds = Builds.TestCase
TestBuilds.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)


# --- what is read and written -------------------------------------------------------------------


@pytest.fixture
def store() -> CountingStore:
    return CountingStore()


class Bench:
    """A restored tree whose build is about to begin."""

    def __init__(self, folder: Path, store: CountingStore) -> None:
        old, self.root = new_root(folder, "old"), new_root(folder, "new")
        make_tree(old / "src/d")
        self.entry: Kept = save(old, PATHS, store)
        self.back: Back = restore(self.entry.manifest, self.root, store)
        self.base = settled(self.back.base, self.root)
        self.tree = self.root / "src/d"
        self.store = store
        store.written.clear()

    def save(self) -> Kept:
        """Save the tree, and see that it comes back as it is."""
        kept = save(self.root, PATHS, self.store, self.base, key="later")
        other = new_root(self.root.parent, f"other {self.store.count}")
        restore(kept.manifest, other, self.store)
        assert differences(describe(self.tree), describe(other / "src/d"), NOTHING) == []
        return kept


@pytest.fixture
def bench(tmp_path: Path, store: CountingStore) -> Bench:
    return Bench(tmp_path, store)


def test_where_nothing_has_changed_nothing_is_read_or_written(bench: Bench) -> None:
    kept = bench.save()
    assert bench.store.written == []
    assert kept.files.segments == bench.entry.manifest.segments
    assert kept.files.packs == bench.entry.manifest.packs
    assert (kept.files.read, kept.files.new_bytes) == (0, 0)


def test_without_knowledge_all_is_read_and_nothing_written(bench: Bench) -> None:
    """From afar, or upon an entry of another build; contents that are there twice among them."""
    write(bench.tree / "x/a", "twice   ")
    write(bench.tree / "x/b", "twice   ")
    for upon in (bench.base, replace(bench.base, manifest=None)):
        one = save(bench.root, PATHS, bench.store, upon)
        back = restore(one.manifest, bench.root, bench.store)
        bench.store.written.clear()
        again = save(bench.root, PATHS, bench.store, replace(back.base, known=NOTHING_KNOWN))
        assert (again.files.read, again.files.new_bytes) == (FILES, 0)
        assert (again.files.segments, bench.store.written) == (one.files.segments, [])


def test_twins_of_a_first_save_are_the_same_later(tmp_path: Path, store: CountingStore) -> None:
    root = new_root(tmp_path)
    (root / "src/d").mkdir()
    for name in "abc":
        write(root / "src/d" / name, "three times")
    one = save(root, PATHS, store)
    back = restore(one.manifest, root, store)
    store.written.clear()
    again = save(root, PATHS, store, replace(back.base, known=NOTHING_KNOWN))
    assert (again.files.segments, store.written) == (one.files.segments, [])


@pytest.mark.parametrize(
    ("edit", "path", "other", "read"),
    [
        ("rewrite", "x/a", "y", 1),
        ("touch", "x/a", "y", 1),
        ("touch", "x", "a", 0),
        ("grow", "y/s/a", "x", 1),
        ("change_mode", "x/a", "y", 1),
        ("change_mode", "x", "y", 0),
        ("delete", "x/a", "y", 0),
        ("delete", "x", "y", 0),
        ("move", "x/a", "y/c", 1),
        ("move", "x", "z", 3),
        ("move", "x/s", "y/t", 1),
        ("swap", "x", "y", 6),
        ("swap", "x/s", "y/s", 2),
        ("swap", "x/a", "y/a", 2),
        ("to_file", "x", "y", 1),
        ("to_directory", "x/a", "y", 1),
        ("to_link", "x/a", "x/b", 0),
        ("to_link", "x", "y", 0),
        ("link_hard", "x/a", "y/c", 1),
        ("link_hard", "x/a", "x/b", 1),
        ("break_link", "x/a", "y", 1),
        ("remake", "x", "y", 3),
    ],
)
def test_what_has_changed_is_read_and_nothing_else(
    edit: str, path: str, other: str, read: int, bench: Bench
) -> None:
    assert apply(edit, bench.tree / path, bench.tree / other)
    kept = bench.save()
    assert kept.files.read == read
    assert len(kept.files.segments) == 2


def test_contents_that_are_known_are_not_written(bench: Bench) -> None:
    (bench.tree / "x").rename(bench.tree / "z")
    (bench.tree / "y/a").rename(bench.tree / "copy")
    kept = bench.save()
    assert len([name for name in bench.store.written if "/o/" in name]) == 1  # the segment
    assert kept.files.packs == bench.entry.manifest.packs


def test_names_of_one_file_are_read_once(tmp_path: Path, store: CountingStore) -> None:
    """A file with several names is read again each time: another name may have been written to."""
    root = new_root(tmp_path)
    make_tree(root / "src/d")
    for name in ("one", "two", "x/three"):
        os.link(root / "src/d/y/a", root / "src/d" / name)
    first = save(root, PATHS, store)
    assert first.files.read == FILES
    new = new_root(tmp_path, "new")
    base = settled(restore(first.manifest, new, store).base, new)
    again = save(new, PATHS, store, base)
    assert (again.files.read, again.files.segments) == (1, first.files.segments)


def test_segments_are_chained_up_to_a_limit(tmp_path: Path, store: CountingStore) -> None:
    root = new_root(tmp_path)
    make_tree(root / "src/d")
    entry = save(root, PATHS, store)
    counts = []
    for number in range(MAX_SEGMENTS + 2):
        back = restore(entry.manifest, root, store)
        write(root / "src/d/x/a", f"change {number}")
        entry = save(root, PATHS, store, back.base)
        counts.append(len(entry.files.segments))
    assert counts == [*range(2, MAX_SEGMENTS + 1), 1, 2, 3]
    other = new_root(tmp_path, "other")
    restore(entry.manifest, other, store)
    assert differences(describe(root / "src/d"), describe(other / "src/d"), NOTHING) == []


def test_going_back_and_forth_is_no_damage(tmp_path: Path, store: CountingStore) -> None:
    """Then an increment can say just what an earlier one said."""
    root = new_root(tmp_path)
    make_tree(root / "src/d")
    entry = save(root, PATHS, store)
    for number, mode in enumerate((0o600, 0o644) * 3):
        root = new_root(tmp_path, f"build {number}")
        back = restore(entry.manifest, root, store)
        (root / "src/d/x/a").chmod(mode)
        entry = save(root, PATHS, store, back.base)
    other = new_root(tmp_path, "other")
    restore(entry.manifest, other, store)
    assert differences(describe(root / "src/d"), describe(other / "src/d"), NOTHING) == []


def test_much_that_changed_is_written_as_a_whole_index(bench: Bench) -> None:
    for number in range(BALLAST):
        write(bench.tree / f"ballast/{number:02}", f"other {number}\n")
    assert len(bench.save().files.segments) == 1


def test_a_pack_with_little_living_is_written_anew(tmp_path: Path, store: CountingStore) -> None:
    root = new_root(tmp_path)
    (root / "src/d").mkdir()
    random = Random("sparse")
    for number in range(8):
        (root / f"src/d/{number}").write_bytes(random.randbytes(1 << 20))
    first = save(root, PATHS, store)
    [pack] = first.manifest.packs
    back = restore(first.manifest, root, store)
    for number in range(1, 8):
        (root / f"src/d/{number}").unlink()
    second = save(root, PATHS, store, back.base)
    assert second.manifest.packs == (pack,)
    back = restore(second.manifest, root, store)
    third = save(root, PATHS, store, settled(back.base, root))
    assert pack not in third.manifest.packs
    assert third.files.read == 1
    assert sum(p.size_bytes for p in third.manifest.packs) < 1.1 * (1 << 20)
    for stored in list(store.list(objects_prefix(SCOPE))):
        if stored.name.endswith(pack.digest):
            assert store.remove(stored.name)
    other = new_root(tmp_path, "other")
    restore(third.manifest, other, store)
    assert differences(describe(root / "src/d"), describe(other / "src/d"), NOTHING) == []


def test_there_is_a_limit_to_files(store: CountingStore) -> None:
    """An entry that no restore would believe is never written."""
    one = Entry(b"x", FILE)
    many = Scanned(entries=dict.fromkeys(map(b"%d".__mod__, range(MAX_ENTRIES + 1)), one))
    with pytest.raises(UsageError, match="no more than"):
        save_scan(lambda _, __: many, PATHS, store)
    assert store.written == []
