"""Layers of an image that hold an entry: on the engine in memory they come to a restore's files."""

import io
import json
import subprocess
import tarfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from localbuild.cache.archive import Archive, Contents
from localbuild.cache.index import DIRECTORY, FILE, HARD_LINK, LINK, Entry, Index
from localbuild.cache.layer_care import drop_layers, drop_superseded, read_layers
from localbuild.cache.layer_names import (
    BASE_LABEL,
    CONTENT_LABEL,
    ENTRY_LABEL,
    KEY_LABEL,
    SCOPE_LABEL,
    SIZE_LABEL,
    Parent,
    layer_reference,
)
from localbuild.cache.layer_order import read_order, write_order
from localbuild.cache.layer_plan import LayerPlan
from localbuild.cache.layers import MOST_LAYERS, increment, make_layer, topmost
from localbuild.cache.loading import load_index
from localbuild.cache.stores.memory import MemoryStore
from localbuild.container import tar
from localbuild.engines.scripted import ScriptedEngine
from localbuild.errors import EngineError, EngineLostError
from localbuild.ports.engine import ContainerSpec, Image, NewLayer
from localbuild.ports.store import ByteStore, StoreError
from tests.trees.compare import Drop, describe, differences
from tests.trees.zoo import make_zoo, open_up
from tests.unit.cache.cupboard import SCOPE, HandClock
from tests.unit.cache.edits import make_tree, write
from tests.unit.cache.workshop import SOURCE, Kept, new_root, restore, save

PATHS = ("d/**/*",)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(HandClock())


class Recorder(ScriptedEngine):
    """Keeps the archives of layers as they are."""

    def __init__(self) -> None:
        super().__init__()
        self.archives: list[bytes] = []

    def add_layer(self, layer: NewLayer) -> Image:
        self.archives.append(b"".join(layer.archive))
        return super().add_layer(layer)


@pytest.fixture
def engine() -> Recorder:
    return Recorder()


def base_of(engine: Recorder) -> Image:
    found = engine.find_image("scripted:1", "")
    assert found is not None
    return found


def planned(engine: Recorder, kept: Kept, paths: Sequence[str] = PATHS) -> LayerPlan:
    return LayerPlan(
        manifest=kept.manifest, base=base_of(engine), source_directory=SOURCE, paths=tuple(paths)
    )


def files_of(engine: Recorder, image: Image) -> list[tarfile.TarInfo]:
    """What a container of an image has."""
    with engine.open_container(ContainerSpec(name="c", image=image)) as container:
        data = b"".join(container.take_tree([""]))
    with tarfile.open(fileobj=io.BytesIO(data), errors="surrogateescape") as found:
        return found.getmembers()


def unpacked(data: bytes, folder: Path) -> Path:
    """An archive on the disk, by GNU's tar."""
    folder.mkdir()
    command = ["tar", "-x", "-o", "-p", "-f", "-", "-C", str(folder)]
    subprocess.run(command, input=data, check=True)
    return folder


def archive_of(kept: Kept, store: ByteStore, parents: Sequence[Parent] = ()) -> Archive:
    index = load_index(store, kept.manifest)
    contents = Contents(store, SCOPE, index)
    return Archive(index.entries.values(), contents, lambda path: b"src/" + path, (), parents)


# --- the archive ----------------------------------------------------------------------------------


def test_an_archive_of_a_zoo_is_read_by_gnus_tar(store: MemoryStore, tmp_path: Path) -> None:
    old = new_root(tmp_path, "old")
    zoo = make_zoo(old / "src/zoo", whiteouts=True)
    archive = archive_of(save(old, ("zoo/**/*",), store), store)
    data = b"".join(archive)
    assert len(data) == archive.size_bytes
    assert b"".join(archive) == data
    new = unpacked(data, tmp_path / "new")
    lost = differences(describe(zoo), describe(new / "src/zoo"))
    lost = [line for line in lost if "are allocated" not in line]  # holes are zeros in it
    assert len(lost) == 1  # of a link with two names each is one
    open_up(zoo)
    open_up(new / "src/zoo")


def test_an_archive_of_a_zoo_is_read_by_python(store: MemoryStore, tmp_path: Path) -> None:
    old = new_root(tmp_path, "old")
    zoo = make_zoo(old / "src/zoo")
    kept = save(old, ("zoo/**/*",), store)
    with tarfile.open(fileobj=io.BytesIO(b"".join(archive_of(kept, store)))) as found:
        members = found.getmembers()
    assert len(members) == kept.manifest.entries
    names = [member.name for member in members]
    files = {member.name for member in members if member.isreg()}
    links = [(member.name, member.linkname) for member in members if member.islnk()]
    assert len(links) == 4 + 1 + 1 + 1
    assert all(names.index(target) < names.index(name) for name, target in links)
    assert {target for _, target in links} <= files
    assert all(member.uid == member.gid == 0 for member in members)
    open_up(zoo)


def test_an_archive_says_how_long_it_is_with_parents_and_whiteouts(store: MemoryStore) -> None:
    parents = (Parent("/codebuild", 0o755, 0, 0, 5), Parent("/home/u", 0o750, 1000, 3_000_000, 7))
    entries = [Entry(b"d", DIRECTORY, 0o755, -1), Entry(b"d/l", LINK, 0o777, 1, target=b"x" * 300)]
    contents = Contents(store, SCOPE, Index())
    archive = Archive(entries, contents, lambda p: b"src/" + p, [b"d/gone", b"e"], parents)
    data = b"".join(archive)
    assert len(data) == archive.size_bytes
    with tarfile.open(fileobj=io.BytesIO(data)) as found:
        members = {m.name: (m.mode, m.uid, m.gid, m.mtime) for m in found}
    assert list(members) == [
        "codebuild",
        "home/u",
        "src/d/.wh.gone",
        "src/.wh.e",
        "src/d",
        "src/d/l",
    ]
    assert members["home/u"] == (0o750, 1000, 3_000_000, 7)


# --- what goes into an increment ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gone", "wanted"),
    [
        ([], ()),
        ([b"a", b"a/b", b"a/b/c", b"ab"], (b"a", b"ab")),
        ([b"a/b/c", b"a/b"], (b"a/b",)),
        ([b"/a/b", b"/a"], (b"/a",)),
        ([b"file/x", b"link/x/y", b"dir/x"], (b"dir/x",)),
    ],
)
def test_only_the_topmost_is_removed(gone: list[bytes], wanted: tuple[bytes, ...]) -> None:
    entries = {b"file": FILE, b"link": LINK, b"dir": DIRECTORY}
    now = {path: Entry(path, kind) for path, kind in entries.items()}
    assert topmost(gone, now) == wanted


NAMES = {
    path: Entry(path, kind, target=target)
    for path, kind, target in (
        (b"d", DIRECTORY, b""),
        (b"d/a", HARD_LINK, b"d/s/file"),
        (b"d/b", HARD_LINK, b"d/s/file"),
        (b"d/other", FILE, b""),
        (b"d/s", DIRECTORY, b""),
        (b"d/s/file", FILE, b""),
        (b"d/s/z", HARD_LINK, b"d/s/file"),
        (b"e", DIRECTORY, b""),
        (b"e/f", DIRECTORY, b""),
        (b"e/f/g", FILE, b""),
    )
}
GROUP = {b"d", b"d/a", b"d/b", b"d/s", b"d/s/file", b"d/s/z"}


@pytest.mark.parametrize(
    ("changed", "removed", "wanted"),
    [
        ([b"d/other"], [], {b"d", b"d/other"}),
        ([b"d/a"], [], GROUP),
        ([b"d/b"], [], GROUP),
        ([b"d/s/z"], [], GROUP),
        ([b"d/s/file"], [], GROUP),
        ([b"e/f"], [], {b"e", b"e/f"}),
        ([], [b"e/f/x"], {b"e", b"e/f"}),
        ([], [b"x"], set()),
    ],
)
def test_an_increment_is_whole(
    changed: list[bytes], removed: list[bytes], wanted: set[bytes]
) -> None:
    """Directories above, of what was removed too, and every name of one file."""
    assert set(increment(NAMES, [NAMES[path] for path in changed], removed)) == wanted


# --- layers ---------------------------------------------------------------------------------------


def test_a_layer_has_what_a_restore_brings(
    store: MemoryStore, engine: Recorder, tmp_path: Path
) -> None:
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    zoo = make_zoo(old / "src/zoo")
    paths = ("zoo/**/*",)
    kept = save(old, paths, store)
    make_layer(planned(engine, kept, paths), store, engine, None)
    [data] = engine.archives
    restore(kept.manifest, new, store)
    found = unpacked(data, tmp_path / "found")
    drops = frozenset({Drop.OWNER, Drop.XATTRS})
    lost = differences(describe(new / "src/zoo"), describe(found / "src/zoo"), drops)
    assert [line for line in lost if "are allocated" not in line] == []
    for folder in (zoo, new / "src/zoo", found / "src/zoo"):
        open_up(folder)


def test_labels_say_what_a_layer_is(store: MemoryStore, engine: Recorder, tmp_path: Path) -> None:
    root = new_root(tmp_path)
    make_tree(root / "src/d")
    kept = save(root, PATHS, store)
    plan = planned(engine, kept)
    image = make_layer(plan, store, engine, None)
    labels = dict(image.labels)
    assert labels[SCOPE_LABEL] == SCOPE
    assert labels[ENTRY_LABEL] == kept.manifest.name
    assert labels[KEY_LABEL] == "key"
    assert labels[CONTENT_LABEL] == kept.manifest.content
    assert labels[BASE_LABEL] == plan.base.id
    assert labels[SIZE_LABEL] == str(kept.manifest.size_bytes)
    assert image.reference == layer_reference(
        kept.manifest.content, plan.base.id, SOURCE, plan.paths
    )
    assert layer_reference("c", "i", "/a", ("x",)) != layer_reference("c", "i", "/b", ("x",))
    assert layer_reference("c", "i", "/a", ("x",)) != layer_reference("c", "i", "/a", ("y",))


def test_increments_stack_to_what_is_there(
    store: MemoryStore, engine: Recorder, tmp_path: Path
) -> None:
    """Three of them, small ones: changed, added, removed, a directory become a file and back."""
    root = new_root(tmp_path)
    make_tree(root / "src/d")
    kept = save(root, PATHS, store)
    plan = planned(engine, kept)
    image = make_layer(plan, store, engine, None)
    first = image.layers
    for step in range(3):
        before = kept
        back = restore(kept.manifest, root, store)
        change(root / "src/d", step)
        kept = save(root, PATHS, store, back.base, key=f"key {step}")
        plan = replace(
            planned(engine, kept),
            below=image.reference,
            below_segments=before.manifest.segments,
            bare=True,
        )
        image = make_layer(plan, store, engine, image)
        assert image.layers == first + step + 1
        top = engine.list_layers()[-1]
        assert top.size_bytes < 20_000  # not the ballast
        there = {m.name for m in files_of(engine, image) if m.name.startswith("src/d")}
        assert there == {f"src/{path.decode()}" for path in kept.files.index.entries}


class Builder(Recorder):
    """An engine that can take nothing away with a layer."""

    def add_layer(self, layer: NewLayer) -> Image:
        if layer.removes:
            raise self.refusal
        return super().add_layer(layer)

    refusal: EngineError = EngineError("it takes no whiteouts")


def shrunk(
    store: MemoryStore, engine: Recorder, tmp_path: Path, gone: str = "y/b", *, bare: bool = True
) -> tuple[LayerPlan, Image, Kept]:
    """A layer, and the plan of a next one that has a file less."""
    root = new_root(tmp_path)
    make_tree(root / "src/d")
    kept = save(root, PATHS, store)
    image = make_layer(planned(engine, kept), store, engine, None)
    back = restore(kept.manifest, root, store)
    (root / "src/d" / gone).unlink()
    later = save(root, PATHS, store, back.base, key="later")
    plan = replace(
        planned(engine, later),
        below=image.reference,
        below_segments=kept.manifest.segments,
        bare=bare,
    )
    return plan, image, later


def test_an_engine_that_takes_nothing_away_gets_a_whole_layer(
    store: MemoryStore, tmp_path: Path
) -> None:
    engine = Builder()
    plan, below, later = shrunk(store, engine, tmp_path)
    image = make_layer(plan, store, engine, below)
    assert image.layers == base_of(engine).layers + 1
    there = {m.name for m in files_of(engine, image) if m.name.startswith("src/d")}
    assert there == {f"src/{path.decode()}" for path in later.files.index.entries}


def test_an_engine_that_has_gone_is_asked_no_more(store: MemoryStore, tmp_path: Path) -> None:
    engine = Builder()
    engine.refusal = EngineLostError("gone")
    plan, below, _ = shrunk(store, engine, tmp_path)
    with pytest.raises(EngineLostError):
        make_layer(plan, store, engine, below)
    assert len(engine.archives) == 1


def change(tree: Path, step: int) -> None:
    if step == 0:
        write(tree / "x/a", "changed!")
        (tree / "y/b").unlink()
        (tree / "x/s").rename(tree / "moved")
        (tree / "hard").hardlink_to(tree / "y/a")
    elif step == 1:
        for name in ("x/a", "x/b"):
            (tree / name).unlink()
        (tree / "x").rmdir()
        write(tree / "x", "a file")
        (tree / "hard too").hardlink_to(tree / "hard")
    else:
        (tree / "x").unlink()
        (tree / "x").mkdir()
        write(tree / "x/new", "new")
        (tree / "hard").unlink()


def test_what_changed_much_or_lies_high_is_made_whole(
    store: MemoryStore, engine: Recorder, tmp_path: Path
) -> None:
    root = new_root(tmp_path)
    make_tree(root / "src/d")
    kept = save(root, PATHS, store)
    image = make_layer(planned(engine, kept), store, engine, None)
    back = restore(kept.manifest, root, store)
    write(root / "src/d/x/a", "changed!")
    later = save(root, PATHS, store, back.base, key="later")
    plan = replace(planned(engine, later), below_segments=kept.manifest.segments)
    high = replace(image, layers=MOST_LAYERS)
    assert make_layer(plan, store, engine, high).layers == base_of(engine).layers + 1
    for path in (root / "src/d/ballast").iterdir():
        write(path, path.name)
    last = save(root, PATHS, store, back.base, key="last")
    plan = replace(planned(engine, last), below_segments=kept.manifest.segments)
    assert make_layer(plan, store, engine, image).layers == base_of(engine).layers + 1


@pytest.mark.parametrize("bare", [True, False])
def test_what_is_gone_is_whited_out_only_where_the_image_has_nothing(
    bare: bool, store: MemoryStore, engine: Recorder, tmp_path: Path
) -> None:
    plan, image, _ = shrunk(store, engine, tmp_path, "x/a", bare=bare)
    assert read_order(json.loads(json.dumps(write_order(plan)))) == plan
    made = make_layer(plan, store, engine, image)
    assert made.layers == base_of(engine).layers + (2 if bare else 1)
    assert (b".wh.a" in engine.archives[-1]) is bare


def test_contents_are_told_apart_though_an_index_was_counted_anew(
    store: MemoryStore, engine: Recorder, tmp_path: Path
) -> None:
    """Numbers of one index say nothing about another's; little has changed, so little is made."""
    root = new_root(tmp_path)
    make_tree(root / "src/d")
    kept = save(root, PATHS, store)
    image = make_layer(planned(engine, kept), store, engine, None)
    write(root / "src/d/0", "first of all")
    other = save(root, PATHS, store, key="other")
    assert len(other.manifest.segments) == 1
    plan = replace(planned(engine, other), below_segments=kept.manifest.segments)
    image = make_layer(plan, store, engine, image)
    assert image.layers == base_of(engine).layers + 2
    data = {m.name: m.size for m in files_of(engine, image)}
    assert data["src/d/0"] == 12


@pytest.mark.parametrize(
    ("paths", "parents"),
    [
        (("d/**/*", "d/x/**/*", "/home/u/.m2/**/*"), {"src", "home", "home/u"}),
        (("d/*/*.txt",), {"src", "src/d", "src/d/x"}),
        (("/home/u/*.txt",), {"home", "home/u"}),
        (("**/*",), {"src"}),
        (("**/*.txt",), {"src", "src/d", "src/d/x"}),
    ],
)
def test_every_directory_is_there_once_with_its_mode(
    paths: tuple[str, ...],
    parents: set[str],
    store: MemoryStore,
    engine: Recorder,
    tmp_path: Path,
) -> None:
    """Those of the image keep what they are; the engine in memory takes none twice."""
    root = new_root(tmp_path)
    for name in ("src/d/x/f.txt", "home/u/.m2/f", "home/u/f.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    kept = save(root, paths, store)
    known = (
        Parent("/home", 0o711, 0, 0, 1),
        Parent("/home/u", 0o750, 1000, 1001, 2),
        Parent("/src", 0o700, 0, 0, 3),
        Parent("/src/d", 0o777, 5, 5, 4),
        Parent("/elsewhere", 0o777, 5, 5, 4),
    )
    plan = replace(planned(engine, kept, paths), parents=known)
    members = {m.name: m for m in files_of(engine, make_layer(plan, store, engine, None))}
    entries = {
        (p.decode()[1:] if p.startswith(b"/") else f"src/{p.decode()}"): e
        for p, e in kept.files.index.entries.items()
    }
    assert members.keys() - entries.keys() == parents
    for name in parents & {"home", "home/u", "src"}:
        wanted = next(p for p in known if p.path == f"/{name}")
        found = members[name]
        assert (found.mode, found.uid, found.gid, found.mtime) == wanted[1:]
    assert all(members[n].mode == e.mode for n, e in entries.items() if e.kind == DIRECTORY)


@pytest.mark.parametrize("name", [".wh.x", ".wh..wh..opq"])
def test_names_that_mean_something_else_in_a_layer_make_none(
    name: str, store: MemoryStore, engine: Recorder, tmp_path: Path
) -> None:
    root = new_root(tmp_path)
    make_tree(root / "src/d")
    (root / "src/d/x" / name).touch()
    kept = save(root, PATHS, store)
    with pytest.raises(ValueError, match=r"\.wh\."):
        make_layer(planned(engine, kept), store, engine, None)
    assert engine.list_layers() == ()


def test_a_damaged_pack_makes_no_layer(
    store: MemoryStore, engine: Recorder, tmp_path: Path
) -> None:
    root = new_root(tmp_path)
    make_tree(root / "src/d")
    kept = save(root, PATHS, store)
    for stored in list(store.list("v1/scopes/")):
        if stored.name.endswith(kept.manifest.packs[0].digest):
            store.replace(stored.name, b"x" * stored.size_bytes)
    with pytest.raises(StoreError):
        make_layer(planned(engine, kept), store, engine, None)
    assert engine.list_layers() == ()


def test_what_the_paths_do_not_allow_is_in_no_layer(
    store: MemoryStore, engine: Recorder, tmp_path: Path
) -> None:
    root = new_root(tmp_path)
    make_tree(root / "src/d")
    (root / "src/d/x/hard").hardlink_to(root / "src/d/y/a")
    kept = save(root, PATHS, store)
    image = make_layer(planned(engine, kept, ("d/x/**/*",)), store, engine, None)
    members = {m.name: m for m in files_of(engine, image)}
    assert {n for n in members if not n.startswith("src/d/x")} == {"src", "src/d"}
    assert members["src/d/x/hard"].isreg()


def test_a_plan_goes_to_another_process_and_back(
    store: MemoryStore, engine: Recorder, tmp_path: Path
) -> None:
    root = new_root(tmp_path)
    make_tree(root / "src/d")
    kept = save(root, PATHS, store)
    plan = replace(
        planned(engine, kept),
        parents=(Parent("/home/\udcff", 0o750, 1, 2, 3),),
        below="localbuild-cache:x",
        below_segments=kept.manifest.segments,
    )
    assert read_order(json.loads(json.dumps(write_order(plan)))) == plan


# --- keeping them within bounds -------------------------------------------------------------------


def add(engine: Recorder, name: str, entry: str, content: str, size: str) -> str:
    layer = NewLayer(
        base=base_of(engine),
        reference=f"localbuild-cache:{name}",
        labels=((ENTRY_LABEL, entry), (CONTENT_LABEL, content), (SIZE_LABEL, size)),
        size_bytes=len(tar.END),
        archive=[tar.END],
    )
    return engine.add_layer(layer).reference


def test_the_least_recently_used_layers_go_first(engine: Recorder) -> None:
    for number, size in enumerate(["100", "200", "300", "nonsense"]):
        add(engine, str(number), f"entry {number}", "c", size)
    used = {"localbuild-cache:0": 50.0, "localbuild-cache:2": 40.0}
    found = read_layers(engine, lambda _: used)
    assert [f.reference[-1] for f in found] == ["0", "2", "3", "1"]
    assert [f.size_bytes for f in found] == [100, 300, 1024, 200]
    assert drop_layers(engine, found, limit_bytes=5000, spare=frozenset()) == ()
    spare = frozenset({"localbuild-cache:1"})
    gone = drop_layers(engine, found, limit_bytes=400, spare=spare)
    assert [f.reference[-1] for f in gone] == ["3"]
    assert {f.reference[-1] for f in read_layers(engine, lambda _: used)} == {"0", "1", "2"}


def test_a_layer_in_use_stays(engine: Recorder) -> None:
    reference = add(engine, "0", "entry", "c", "100")
    image = engine.find_image(reference, "")
    assert image is not None
    found = read_layers(engine, lambda _: {})
    with engine.open_container(ContainerSpec(name="c", image=image)):
        assert drop_layers(engine, found, limit_bytes=0, spare=frozenset()) == ()
    assert drop_layers(engine, found, limit_bytes=0, spare=frozenset()) == found


def test_layers_of_what_an_entry_held_before_go(engine: Recorder) -> None:
    add(engine, "old", "entry", "old", "1")
    add(engine, "new", "entry", "new", "1")
    add(engine, "other", "other entry", "old", "1")
    drop_superseded(engine, "entry", "new")
    assert {i.reference for i in engine.list_layers()} == {
        "localbuild-cache:new",
        "localbuild-cache:other",
    }
