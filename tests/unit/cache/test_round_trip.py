"""A zoo of files is saved and restored: what comes back is what was there, as documented."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.stores.memory import MemoryStore
from localbuild.ports.store import ByteStore
from tests.trees.compare import NOTHING, describe, differences
from tests.trees.zoo import make_zoo, open_up
from tests.unit.cache.cupboard import HandClock
from tests.unit.cache.workshop import new_root, open_descriptors, restore, save, staging_left

ZOO = ("zoo/**/*",)
MakeStore = Callable[[Path], ByteStore]
STORES: dict[str, MakeStore] = {
    "memory": lambda _: MemoryStore(HandClock()),
    "directory": lambda folder: DirectoryStore(folder / "store"),
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ByteStore:
    return STORES[request.param](tmp_path)


@pytest.fixture
def kept() -> ByteStore:
    return MemoryStore(HandClock())


def test_a_zoo_comes_back(store: ByteStore, tmp_path: Path) -> None:
    """Into an empty tree, with nothing left and nothing left open."""
    before = open_descriptors()
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    zoo = make_zoo(old / "src/zoo", whiteouts=True)
    entry = save(old, ZOO, store)
    assert dict(entry.files.skipped).keys() <= {"special", "unreadable"}
    back = restore(entry.manifest, new, store)
    store.close()
    lost = differences(describe(zoo), describe(new / "src/zoo"))
    assert [
        line for line in lost if "hard/link too" not in line
    ] == []  # of a link each name is one
    assert len(lost) == 1
    assert (back.files.refused, back.skipped) == ((), ())
    assert staging_left(new) == []
    assert open_descriptors() == before
    open_up(zoo)
    open_up(new / "src/zoo")


def test_the_source_is_left_as_it_was_when_it_is_saved(kept: ByteStore, tmp_path: Path) -> None:
    root = new_root(tmp_path)
    zoo = make_zoo(root / "src/zoo")
    before = describe(zoo)
    save(root, ZOO, kept)
    assert differences(before, describe(zoo), NOTHING) == []
    open_up(zoo)


def fill(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def texts(folder: Path) -> dict[str, str]:
    """Files by path, a link as an arrow and its target."""
    return {
        str(path.relative_to(folder)): f"-> {path.readlink()}"
        if path.is_symlink()
        else path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def test_other_files_stay_and_those_of_the_same_name_are_replaced(
    kept: ByteStore, tmp_path: Path
) -> None:
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    fill(old / "src/d", {"same": "cached", "sub/same": "cached", "sub/new": "cached"})
    (old / "src/d/link").symlink_to("same")
    (old / "src/d/over a link").write_text("cached")
    (old / "src/d").chmod(0o711)
    (old / "src/d/sub").chmod(0o2750)
    os.utime(old / "src/d/sub", ns=(5, 5))
    os.utime(old / "src/d", ns=(7, 7))
    entry = save(old, ["d/**/*"], kept)
    fill(new / "src/d", {"same": "mine", "other": "mine", "sub/same": "mine", "sub/other": "mine"})
    fill(new / "src", {"beside": "mine"})
    (new / "src/d/link").write_text("mine")
    (new / "src/d/over a link").symlink_to("../beside")
    back = restore(entry.manifest, new, kept)
    assert back.files.refused == ()
    assert texts(new / "src") == {
        "beside": "mine",
        "d/link": "-> same",
        "d/other": "mine",
        "d/over a link": "cached",
        "d/same": "cached",
        "d/sub/new": "cached",
        "d/sub/other": "mine",
        "d/sub/same": "cached",
    }
    found = describe(new / "src/d")
    assert (found[b""].mode, found[b"sub"].mode) == (0o711, 0o2750)
    assert (found[b""].mtime_ns, found[b"sub"].mtime_ns) == (7, 5)


def test_what_cannot_take_its_place_is_told(kept: ByteStore, tmp_path: Path) -> None:
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    fill(old / "src/d", {"file": "cached", "dir/x": "cached", "dir2/x": "cached", "fine": "cached"})
    (old / "src/d/link").symlink_to("fine")
    entry = save(old, ["d/**/*"], kept)
    fill(new / "src/d", {"file/in a directory": "mine", "dir": "mine", "link/in": "mine"})
    (new / "src/d/dir2").symlink_to("/etc")
    before = texts(new / "src/d")
    back = restore(entry.manifest, new, kept)
    assert back.files.refused == (b"d/dir", b"d/dir2", b"d/file", b"d/link")
    assert texts(new / "src/d") == before | {"fine": "cached"}
    assert staging_left(new) == []
    assert describe(new / "src/d")[b"dir2"].target == b"/etc"


def test_what_was_refused_is_read_by_a_later_save(kept: ByteStore, tmp_path: Path) -> None:
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    fill(old / "src/d", {"dir/x": "cached", "fine": "cached"})
    entry = save(old, ["d/**/*"], kept)
    fill(new / "src/d", {"dir": "mine"})
    back = restore(entry.manifest, new, kept)
    third = new_root(tmp_path, "third")
    later = save(new, ["d/**/*"], kept, back.base, key="later")
    restore(later.manifest, third, kept)
    assert texts(third / "src/d") == {"dir": "mine", "fine": "cached"}


BASES = [
    "a/**/*",
    "/home/u/.m2/**/*",
    "a/nested/**/*",
    "*.lock",
    "sub/dir/*.txt",
    "single",
    "/opt/x/",
]


def make_bases(root: Path) -> None:
    fill(root / "src", {"a/x": "1", "a/nested/y": "2", "a/nested/z/y": "3", "one.lock": "4"})
    fill(root / "src", {"sub/dir/a.txt": "5", "sub/dir/no": "-", "single": "6", "other": "-"})
    fill(root, {"home/u/.m2/repo/j.jar": "7", "home/u/.bashrc": "-", "opt/x/deep/er/f": "8"})
    os.link(root / "src/a/x", root / "home/u/.m2/hard")
    os.link(root / "src/a/x", root / "home/u/.m2/hard too")
    os.link(root / "src/a/x", root / "src/a/nested/hard")
    os.link(root / "src/a/x", root / "src/a/hard")
    for number, name in enumerate(
        ["src/a", "src/a/nested", "src/a/nested/z", "home/u/.m2", "opt/x"]
    ):
        (root / name).chmod(0o700 + number)
        os.utime(root / name, ns=(1000 + number, 1000 + number))


WANTED = {
    "src/a/x": "1",
    "src/a/hard": "1",
    "src/a/nested/hard": "1",
    "src/a/nested/y": "2",
    "src/a/nested/z/y": "3",
    "src/one.lock": "4",
    "src/sub/dir/a.txt": "5",
    "src/single": "6",
    "home/u/.m2/repo/j.jar": "7",
    "home/u/.m2/hard": "1",
    "home/u/.m2/hard too": "1",
    "opt/x/deep/er/f": "8",
}


@pytest.mark.parametrize("order", [1, -1])
def test_several_bases_come_back_at_once(order: int, kept: ByteStore, tmp_path: Path) -> None:
    """Nested ones, absolute ones, globs, a single file; hard links between them become files."""
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    make_bases(old)
    entry = save(old, BASES[::order], kept)
    back = restore(entry.manifest, new, kept)
    assert (back.files.refused, back.skipped) == ((), ())
    assert texts(new) == WANTED
    was, found = describe(old), describe(new)
    for name in (b"src/a", b"src/a/nested", b"src/a/nested/z", b"home/u/.m2", b"opt/x"):
        assert (found[name].mode, found[name].mtime_ns) == (was[name].mode, was[name].mtime_ns)
    assert found[b"src/a/hard"].group == found[b"src/a/x"].group
    assert found[b"home/u/.m2/hard"].group != found[b"src/a/x"].group
    assert staging_left(new) == []
    whole = {name: describe(new / name) for name in ("src/a", "home/u/.m2", "opt/x")}
    again = restore(entry.manifest, new, kept)
    assert again.files.refused == ()
    for place, was_there in whole.items():
        assert differences(was_there, describe(new / place)) == []
    assert texts(new) == WANTED


def test_the_source_itself_is_a_base(kept: ByteStore, tmp_path: Path) -> None:
    """Its own directory is not made anew; our records and the repository are left out."""
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    fill(
        old / "src",
        {"a": "1", ".b/c": "2", ".git/x": "-", ".localbuild/builds/1": "-", "d/.git/x": "3"},
    )
    (old / "src").chmod(0o700)
    entry = save(old, ["**/*"], kept)
    inode = (new / "src").stat().st_ino
    restore(entry.manifest, new, kept)
    assert texts(new / "src") == {"a": "1", ".b/c": "2", "d/.git/x": "3"}
    assert (new / "src").stat().st_ino == inode
    assert (new / "src").stat().st_mode & 0o777 == 0o755


def test_the_root_itself_is_a_base(kept: ByteStore, tmp_path: Path) -> None:
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    fill(old, {"a": "1", "b/c": "2", "src/d": "3"})
    entry = save(old, ["/**/*"], kept)
    restore(entry.manifest, new, kept)
    assert texts(new) == {"a": "1", "b/c": "2", "src/d": "3"}


@pytest.mark.parametrize(
    ("link", "target", "place"),
    [
        ("home", "usr/home", "usr/home/u/.m2"),
        ("home", "/usr/home", "usr/home/u/.m2"),
        ("home/u", "../../../../../../usr/x", "usr/x/.m2"),
        ("home/u", "/../../usr/x", "usr/x/.m2"),
        ("home/u/.m2", "/data", "data"),
        ("home/u/.m2", "../../data/.", "data"),
    ],
)
def test_a_link_on_the_way_to_a_base_is_followed_within_the_root(
    link: str, target: str, place: str, kept: ByteStore, tmp_path: Path
) -> None:
    """As a process of the container would, whose root nothing leads out of."""
    paths = ["/home/u/.m2/**/*"]
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    fill(old, {"home/u/.m2/x": "1"})
    entry = save(old, paths, kept)
    (new / place).mkdir(parents=True)
    (new / link).parent.mkdir(parents=True, exist_ok=True)
    (new / link).symlink_to(target)
    restore(entry.manifest, new, kept)
    assert texts(new / place) == {"x": "1"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new", "old"]
    assert (new / link).is_symlink()
    assert save(new, paths, kept, key="again").files.index.entries.keys() == {
        b"/home/u/.m2",
        b"/home/u/.m2/x",
    }


@pytest.mark.parametrize("target", ["nowhere", "/nowhere/at/all", "../../..//nowhere", "home/x"])
@pytest.mark.parametrize("name", ["home", "home/u", "home/u/.m2"])
def test_a_link_to_nowhere_on_the_way_means_that_nothing_of_its_base_comes(
    name: str, target: str, kept: ByteStore, tmp_path: Path
) -> None:
    """Nothing is made where it leads; what lies elsewhere comes."""
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    fill(old, {"home/u/.m2/x": "1", "src/a/x": "2"})
    entry = save(old, ["/home/u/.m2/**/*", "a/**/*"], kept)
    (new / name).parent.mkdir(parents=True, exist_ok=True)
    (new / name).symlink_to(target)
    before = describe(new)
    back = restore(entry.manifest, new, kept)
    assert back.files.refused == (b"/home/u/.m2",)
    after = describe(new)
    assert after.keys() - before.keys() == {b"src/a", b"src/a/x"}


@pytest.mark.parametrize("name", ["home", "home/u", "home/u/.m2"])
def test_a_file_on_the_way_means_that_nothing_of_its_base_comes(
    name: str, kept: ByteStore, tmp_path: Path
) -> None:
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    fill(old, {"home/u/.m2/x": "1", "src/a/x": "2"})
    entry = save(old, ["/home/u/.m2/**/*", "a/**/*"], kept)
    fill(new, {name: "mine"})
    before = open_descriptors()
    back = restore(entry.manifest, new, kept)
    assert back.files.refused == (b"/home/u/.m2",)
    assert texts(new) == {name: "mine", "src/a/x": "2"}
    assert staging_left(new) == []
    assert open_descriptors() == before


def test_hard_links_into_depths_come_back(kept: ByteStore, tmp_path: Path) -> None:
    """More directories than are kept open on the way to either name."""
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    deep = old / "src/d" / "/".join("x" * 200)
    other = old / "src/d" / "/".join("y" * 200)
    for folder in (deep, other):
        folder.mkdir(parents=True)
    for number in range(3):
        (deep / f"one{number}").write_text(str(number))
        os.link(deep / f"one{number}", other / f"two{number}")
    os.link(deep / "one0", old / "src/d/three")
    entry = save(old, ["d/**/*"], kept)
    restore(entry.manifest, new, kept)
    assert differences(describe(old / "src/d"), describe(new / "src/d")) == []


def test_what_is_too_deep_or_too_long_for_an_entry_is_left_out(
    kept: ByteStore, tmp_path: Path
) -> None:
    """And told: an entry that no restore would believe is never written."""
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    fill(old / "src/d", {"fine": "1"})
    for name, times in (("x", 300), ("n" * 250, 30)):
        above = os.open(old / "src/d", os.O_RDONLY)
        for depth in range(times):
            os.mkdir(name, dir_fd=above)
            below = os.open(name, os.O_RDONLY, dir_fd=above)
            os.close(above)
            above = below
            for file in (b"f", b"g" * 200):
                os.close(os.open(file + b"%d" % depth, os.O_CREAT | os.O_WRONLY, dir_fd=above))
        os.close(above)
    entry = save(old, ["d/**/*"], kept)
    assert dict(entry.files.skipped)["too deep"] > 0
    restore(entry.manifest, new, kept)
    assert (new / "src/d/fine").read_text() == "1"
    found = describe(new / "src")
    assert max(path.count(b"/") + 1 for path in found) == 256
    assert 3800 < max(map(len, found)) <= 4095


def test_what_is_no_file_is_never_opened(kept: ByteStore, tmp_path: Path) -> None:
    """Opening a device can do something. Who waits for a reader of a FIFO would get one."""
    root = new_root(tmp_path)
    fill(root / "src/d", {"fine": "1"})
    os.mkfifo(root / "src/d/fifo")
    waiting = threading.Thread(target=lambda: os.close(os.open(root / "src/d/fifo", os.O_WRONLY)))
    waiting.start()
    try:
        entry = save(root, ["d/**/*"], kept)
        waiting.join(0.1)
        assert waiting.is_alive()
    finally:
        os.close(os.open(root / "src/d/fifo", os.O_RDONLY))
        waiting.join()
    assert entry.files.skipped == (("special", 1),)
    assert list(entry.files.index.entries) == [b"d", b"d/fine"]
