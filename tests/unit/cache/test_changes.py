"""What overlayfs keeps of a build's changes, read off a real one, is what a whole scan finds."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localbuild.cache.base import NOTHING_KNOWN
from localbuild.cache.changes import ChangeScanner, UnsureError, is_untouched
from localbuild.cache.index import HARD_LINK, Entry
from localbuild.cache.scan import Scanned, Scanner
from localbuild.cache.tree import Tree
from tests.conftest import missing
from tests.unit.cache.edits import EDITS, SPOTS, apply, make_tree, write
from tests.unit.cache.workshop import opened, parsed

ALL = ("d/**/*",)
SETTINGS = "redirect_dir=off,metacopy=off,index=off"


@dataclass(slots=True)
class Contents:
    """Gives every content a number."""

    digests: list[bytes] = field(default_factory=list)

    def add(self, data: bytes) -> int:
        digest = sha256(data).digest()
        if digest not in self.digests:
            self.digests.append(digest)
        return self.digests.index(digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """An image below, what a container changed, and what it sees."""

    lower: Path
    upper: Path
    merged: Path


@contextmanager
def overlay(fill: Callable[[Path], None]) -> Iterator[Overlay]:
    """A real one, in a folder of its own. `fill` makes the image's source."""
    folder = Path(tempfile.mkdtemp(prefix="localbuild-overlay-"))
    try:
        names = ("lower", "upper", "work", "merged")
        lower, upper, work, merged = (folder / name for name in names)
        for each in (lower / "src", upper, work, merged):
            each.mkdir(parents=True)
        fill(lower / "src")
        with _mounted(f"lowerdir={lower},upperdir={upper},workdir={work},{SETTINGS}", merged):
            yield Overlay(lower=lower, upper=upper, merged=merged)
    finally:
        shutil.rmtree(folder)


@contextmanager
def _mounted(options: str, place: Path) -> Iterator[None]:
    command = ["mount", "-t", "overlay", "-o", options, "overlay", str(place)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        missing("root", f"no overlayfs can be mounted: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def whole(root: Path, paths: Sequence[str], contents: Contents) -> Scanned:
    """What a whole scan finds."""
    with opened(root) as tree:
        return Scanner(parsed(paths), contents.add, NOTHING_KNOWN).scan(tree)


def changed(found: Overlay, paths: Sequence[str], contents: Contents) -> Scanned:
    """What the changes tell. Raises UnsureError."""
    before = whole(found.lower, paths, contents).entries
    upper = os.open(found.upper, os.O_RDONLY)
    try:
        with opened(found.merged) as tree:
            return ChangeScanner(parsed(paths), contents.add, before).scan(upper, tree)
    finally:
        os.close(upper)


def plain(entries: dict[bytes, Entry]) -> dict[bytes, Entry]:
    """Without hard links: copying one name up parts it from the others, which no one can see."""
    return {
        path: entries[entry.target]._replace(path=path) if entry.kind == HARD_LINK else entry
        for path, entry in entries.items()
    }


def compare(found: Overlay, paths: Sequence[str] = ALL) -> Scanned:
    """Both ways find the same."""
    contents = Contents()
    told = changed(found, paths, contents)
    wanted = whole(found.merged, paths, contents)
    assert plain(told.entries) == plain(wanted.entries)
    return told


MADE = st.lists(
    st.tuples(st.sampled_from(sorted(EDITS)), st.sampled_from(SPOTS), st.sampled_from(SPOTS)),
    max_size=8,
)


@settings(max_examples=60)
@given(MADE, st.sampled_from([ALL, ("d/**/a", "d/x/*"), ("d/**/*", "d/x/**/*", "d/x/s/a")]))
def test_changes_are_what_a_whole_scan_finds(
    made: list[tuple[str, str, str]], paths: tuple[str, ...]
) -> None:
    """The builds of test_increments, in a container; links between names may leave it unsure."""
    with overlay(lambda source: make_tree(source / "d")) as found:
        tree = found.merged / "src/d"
        edits = {edit for edit, path, other in made if apply(edit, tree / path, tree / other)}
        unsure = ""
        try:
            compare(found, paths)
        except UnsureError as error:
            unsure = str(error)
    assert "one name" not in unsure or "link_hard" in edits
    assert "way" not in unsure or paths != ALL


@pytest.mark.parametrize("edit", sorted(EDITS))
@pytest.mark.parametrize("paths", [ALL, ("d/**/a",)])
def test_each_edit_alone_is_seen(edit: str, paths: tuple[str, ...]) -> None:
    places = [("x/a", "y/b"), ("x", "z"), ("x/s", "y/s")]
    with overlay(lambda source: make_tree(source / "d")) as found:
        tree = found.merged / "src/d"
        done = [apply(edit, tree / path, tree / other) for path, other in places]
        assert any(done)
        compare(found, paths)


def test_what_was_not_touched_is_not_read() -> None:
    with overlay(lambda source: make_tree(source / "d")) as found:
        assert compare(found).read == 0
        write(found.merged / "src/d/x/a", "changed!")
        write(found.merged / "src/d/new", "new")
        (found.merged / "src/d/y/a").chmod(0o600)
        assert compare(found).read == 3


def test_nothing_below_means_that_all_is_new() -> None:
    with overlay(lambda _: None) as found:
        make_tree(found.merged / "src/d")
        assert compare(found).read == 36


def test_a_base_that_is_gone() -> None:
    with overlay(lambda source: make_tree(source / "d")) as found:
        shutil.rmtree(found.merged / "src/d")
        with pytest.raises(UnsureError, match="something else"):
            compare(found)


def test_a_base_that_was_made_anew() -> None:
    with overlay(lambda source: make_tree(source / "d")) as found:
        shutil.rmtree(found.merged / "src/d")
        make_tree(found.merged / "src/d")
        with pytest.raises(UnsureError, match="made anew"):
            compare(found)


def test_a_link_on_the_way() -> None:
    with overlay(lambda source: make_tree(source / "d")) as found:
        shutil.move(found.merged / "src/d", found.merged / "other")
        (found.merged / "src/d").symlink_to("/other")
        with pytest.raises(UnsureError, match="something else"):
            compare(found)


def test_a_name_of_a_file_that_others_have_too() -> None:
    """Copying one up parts it from the others: a whole scan has to tell."""

    def fill(source: Path) -> None:
        make_tree(source / "d")
        os.link(source / "d/x/a", source / "d/x/z")

    with overlay(fill) as found:
        (found.merged / "src/d/x/z").chmod(0o600)
        compare(found)
    with overlay(fill) as found:
        (found.merged / "src/d/x/a").chmod(0o600)
        with pytest.raises(UnsureError, match="one name"):
            compare(found)
    with overlay(fill) as found:
        (found.merged / "src/d/x/a").unlink()
        with pytest.raises(UnsureError, match="one name"):
            compare(found)


def test_bases_that_lie_in_each_other_and_names_of_one_file() -> None:
    with overlay(lambda source: make_tree(source / "d")) as found:
        write(found.merged / "src/d/x/new", "new")
        os.link(found.merged / "src/d/x/new", found.merged / "src/d/x/newer")
        told = compare(found, ("d/**/*", "d/x/**/*"))
        assert told.entries[b"d/x/newer"].target == b"d/x/new"
        assert told.read == 1


def test_what_is_no_file() -> None:
    with overlay(lambda source: make_tree(source / "d")) as found:
        os.mkfifo(found.merged / "src/d/fifo")
        os.mknod(found.merged / "src/d/x/device", 0o20666, os.makedev(1, 3))
        (found.merged / "src/d/y/a").unlink()
        os.mkfifo(found.merged / "src/d/y/a")
        assert dict(compare(found).skipped) == {"special": 3}


def test_the_source_as_a_base_keeps_its_records_and_its_repository_to_itself() -> None:
    with overlay(lambda source: make_tree(source / "d")) as found:
        for name in (".git/x", ".localbuild/x", "d/.git/x", "new"):
            (found.merged / "src" / name).parent.mkdir(exist_ok=True)
            write(found.merged / "src" / name, name)
        told = compare(found, ("**/*",))
        assert {p for p in told.entries if b"." in p} == {b"d/.git", b"d/.git/x"}


def test_depths_are_left_out_as_a_whole_scan_does() -> None:
    with overlay(lambda source: make_tree(source / "d")) as found:
        above = os.open(found.merged / "src/d", os.O_RDONLY)
        for _ in range(600):
            os.mkdir("deep", dir_fd=above)
            below = os.open("deep", os.O_RDONLY, dir_fd=above)
            os.close(above)
            above = below
        os.close(above)
        assert compare(found).skipped["too deep"] == 1


@pytest.mark.parametrize("name", ["user.overlay.opaque", "trusted.overlay.redirect"])
def test_marks_of_another_kind_leave_it_unsure(name: str) -> None:
    """Of an overlay that a user mounted, or one that moves directories."""
    with overlay(lambda source: make_tree(source / "d")) as found:
        (found.merged / "src/d/x/new").mkdir()
        os.setxattr(found.upper / "src/d/x/new", name, b"y")
        with pytest.raises(UnsureError, match="moved"):
            compare(found)


def test_what_cannot_be_read_any_more_leaves_it_unsure() -> None:
    with opened(Path("/proc/self/fd")) as tree, pytest.raises(UnsureError):
        ChangeScanner(parsed(ALL), Contents().add, {}).scan(-1, tree)


def test_what_is_mounted_at_a_path_is_not_told_from_the_upper_directory() -> None:
    """An image's own volume, say: what is written there never comes into the upper directory."""
    with overlay(lambda source: make_tree(source / "d")) as found:
        place = found.merged / "src/d"
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(place)], check=True)
        try:
            upper = os.open(found.upper, os.O_RDONLY)
            tree = Tree(os.open(found.merged, os.O_RDONLY), b"src")
            try:
                assert is_untouched(parsed(ALL), upper, tree) is False
                with pytest.raises(UnsureError):
                    ChangeScanner(parsed(ALL), Contents().add, {}).scan(upper, tree)
            finally:
                os.close(upper)
                tree.close()
        finally:
            subprocess.run(["umount", str(place)], check=True)


def test_a_tree_that_was_left_alone_is_untouched() -> None:
    with overlay(lambda source: make_tree(source / "d")) as found:
        upper = os.open(found.upper, os.O_RDONLY)
        tree = Tree(os.open(found.merged, os.O_RDONLY), b"src")
        try:
            (found.merged / "src/beside").write_text("x")
            assert is_untouched(parsed(ALL), upper, tree) is True
            (found.merged / "src/d/new").write_text("x")
            assert is_untouched(parsed(ALL), upper, tree) is False
        finally:
            os.close(upper)
            tree.close()
