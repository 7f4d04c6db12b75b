"""The comparison of trees finds every kind of difference, and nothing in a copy."""

import os
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.trees.compare import DOCUMENTED, NOTHING, UNREADABLE, Drop, describe, differences
from tests.trees.zoo import DEPTH, NEWEST_S, make_zoo, open_up

TIME_NS = 1_700_000_000_123_456_789


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    """Two small trees that are the same."""
    found = (tmp_path / "before", tmp_path / "after")
    for tree in found:
        (tree / "folder").mkdir(parents=True)
        (tree / "file").write_bytes(b"content")
        (tree / "other").write_bytes(b"content")
        (tree / "folder/linked").hardlink_to(tree / "file")
        (tree / "link").symlink_to("file")
        with (tree / "sparse").open("wb") as file:
            file.truncate(1 << 20)
        for path in (*tree.rglob("*"), tree):
            os.utime(path, ns=(TIME_NS, TIME_NS), follow_symlinks=False)
    return found


def found_in(trees: tuple[Path, Path], drops: frozenset[Drop] = NOTHING) -> list[str]:
    before, after = map(describe, trees)
    return differences(before, after, drops)


def test_same_trees_do_not_differ(trees: tuple[Path, Path]) -> None:
    assert found_in(trees) == []


def touch(path: Path) -> None:
    os.utime(path, ns=(TIME_NS, TIME_NS), follow_symlinks=False)


def rewrite(tree: Path) -> None:
    (tree / "other").write_bytes(b"CONTENT")
    touch(tree / "other")


def lengthen(tree: Path) -> None:
    (tree / "other").write_bytes(b"content!")
    touch(tree / "other")


def fill_hole(tree: Path) -> None:
    (tree / "sparse").write_bytes(bytes(1 << 20))
    touch(tree / "sparse")


def retarget(tree: Path) -> None:
    (tree / "link").unlink()
    (tree / "link").symlink_to("folder")
    touch(tree / "link")
    touch(tree)


def unlink_hard(tree: Path) -> None:
    (tree / "folder/linked").unlink()
    (tree / "folder/linked").write_bytes(b"content")
    touch(tree / "folder/linked")
    touch(tree / "folder")


def link_hard(tree: Path) -> None:
    (tree / "other").unlink()
    (tree / "other").hardlink_to(tree / "file")
    touch(tree)


def remove(tree: Path) -> None:
    (tree / "other").unlink()
    touch(tree)


def add(tree: Path) -> None:
    (tree / "folder/new").write_bytes(b"")
    touch(tree / "folder")


def change_kind(tree: Path) -> None:
    (tree / "link").unlink()
    (tree / "link").mkdir()
    touch(tree)


def set_time(name: str) -> Callable[[Path], None]:
    times = (TIME_NS + 1, TIME_NS + 1)
    return lambda tree: os.utime(tree / name, ns=times, follow_symlinks=False)


ONE_LINE = {
    "content": (rewrite, "b'other': digest should be "),
    "link target": (retarget, "b'link': target should be b'file', is b'folder'"),
    "mode of a file": (lambda tree: (tree / "other").chmod(0o600), "b'other': mode should be 0o"),
    "mode of a directory": (lambda tree: (tree / "folder").chmod(0o700), "b'folder': mode should "),
    "special bit": (lambda tree: (tree / "folder").chmod(0o1755), "b'folder': mode should be 0o"),
    "mode of the tree itself": (lambda tree: tree.chmod(0o700), "b'': mode should be "),
    "time of a file": (set_time("other"), "b'other': mtime_ns should be "),
    "time of a directory": (set_time("folder"), "b'folder': mtime_ns should be "),
    "time of a link": (set_time("link"), "b'link': mtime_ns should be "),
    "hard link broken": (unlink_hard, "b'folder/linked': group should be "),
    "hard link made": (link_hard, "b'other': group should be b'other', is b'file'"),
    "missing": (remove, "b'other': missing"),
    "extra": (add, "b'folder/new': not there before"),
    "kind": (change_kind, "b'link': was a link, is a directory"),
    "hole filled": (fill_hole, "b'sparse': 1048576 bytes are allocated instead of 0"),
}


@pytest.mark.parametrize("name", ONE_LINE)
def test_a_difference_is_found_and_only_that(name: str, trees: tuple[Path, Path]) -> None:
    work, begin = ONE_LINE[name]
    work(trees[1])
    lines = found_in(trees)
    assert len(lines) == 1
    assert lines[0].startswith(begin)
    assert found_in(trees, DOCUMENTED) == lines


def test_a_length_is_found(trees: tuple[Path, Path]) -> None:
    lengthen(trees[1])
    assert found_in(trees)[0] == "b'other': size should be 7, is 8"


def test_owner_counts_unless_dropped(trees: tuple[Path, Path]) -> None:
    before, after = map(describe, trees)
    after[b"other"] = replace(after[b"other"], owner=(1234, 5678))
    assert len(differences(before, after, NOTHING)) == 1
    assert differences(before, after, frozenset({Drop.OWNER})) == []


def test_attributes_count_unless_dropped(trees: tuple[Path, Path]) -> None:
    before, after = map(describe, trees)
    before[b"other"] = replace(before[b"other"], xattrs=(("user.note", b"a note"),))
    assert len(differences(before, after, NOTHING)) == 1
    assert differences(before, after, frozenset({Drop.XATTRS})) == []


def test_an_attribute_is_seen(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    try:
        os.setxattr(tmp_path / "file", "user.note", b"a note")
    except OSError as error:
        missing("xattrs", f"no extended attributes here: {error}")
    assert describe(tmp_path)[b"file"].xattrs == (("user.note", b"a note"),)


def test_special_bits_of_files_must_be_lost_where_they_are_dropped(
    trees: tuple[Path, Path],
) -> None:
    (trees[0] / "other").chmod(0o4755)
    (trees[1] / "other").chmod(0o755)
    assert found_in(trees, NOTHING) == ["b'other': mode should be 0o4755, is 0o755"]
    assert found_in(trees, frozenset({Drop.SPECIAL_BITS})) == []
    (trees[1] / "other").chmod(0o4755)
    assert found_in(trees, NOTHING) == []
    assert len(found_in(trees, frozenset({Drop.SPECIAL_BITS}))) == 1


def test_specials_must_be_lost_where_they_are_dropped(trees: tuple[Path, Path]) -> None:
    os.mkfifo(trees[0] / "folder/fifo")
    touch(trees[0] / "folder")
    assert found_in(trees, NOTHING) == ["b'folder/fifo': missing"]
    assert found_in(trees, frozenset({Drop.SPECIALS})) == []
    os.mkfifo(trees[1] / "folder/fifo")
    touch(trees[1] / "folder")
    assert found_in(trees, frozenset({Drop.SPECIALS})) == ["b'folder/fifo': not there before"]


def test_whole_seconds_are_rounded_down(trees: tuple[Path, Path]) -> None:
    second = 1_000_000_000
    for tree, time_ns in zip(trees, (-second // 2, -second), strict=True):
        os.utime(tree / "other", ns=(time_ns, time_ns))
        for path in (tree, *tree.rglob("*")):
            if path.name != "other":
                os.utime(path, ns=(TIME_NS // second * second,) * 2, follow_symlinks=False)
    assert len(found_in(trees, NOTHING)) == 1
    assert found_in(trees, frozenset({Drop.NANOSECONDS})) == []


def test_what_may_not_be_read_is_no_content(trees: tuple[Path, Path]) -> None:
    before, after = map(describe, trees)
    after[b"other"] = replace(after[b"other"], digest=UNREADABLE)
    assert len(differences(before, after)) == 1


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_bytes(b"")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/link").symlink_to("../outside")
    assert set(describe(tmp_path / "tree")) == {b"", b"link"}
    (tmp_path / "itself").symlink_to("tree")
    with pytest.raises(OSError, match=r"Not a directory|symbolic"):
        describe(tmp_path / "itself")


# --- the zoo --------------------------------------------------------------------------------------


def test_a_copy_of_the_zoo_does_not_differ(tmp_path: Path) -> None:
    zoo = make_zoo(tmp_path / "zoo", whiteouts=True)
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-a", "--sparse=always", str(zoo), str(copy)], check=True)
    drops = NOTHING if os.geteuid() == 0 else frozenset({Drop.OWNER})
    assert differences(describe(zoo), describe(copy), drops) == []
    for tree in (zoo, copy):
        open_up(tree)


def test_the_zoo_has_what_it_says(tmp_path: Path) -> None:
    facts = describe(make_zoo(tmp_path / "zoo", more_files=1200))
    groups = Counter(each.group for each in facts.values() if each.kind != "directory")
    assert {"file", "directory", "link", "fifo", "socket"} <= {f.kind for f in facts.values()}
    assert sorted(count for count in groups.values() if count > 1) == [2, 2, 2, 2, 5]
    assert max(len(each.target) for each in facts.values()) == 4095
    assert max(path.count(b"/") for path in facts) == DEPTH + 1
    assert max(map(len, facts)) > 3000
    assert facts[b"sparse/islands"].allocated < 1 << 20 < facts[b"sparse/islands"].size
    assert {facts[b"times/" + name].mtime_ns for name in (b"before 1970", b"ns")} == {
        -1,
        1_700_000_000_000_000_001,
    }
    assert facts[b"times/newest"].mtime_ns == NEWEST_S * 10**9
    assert facts[b"modes/file 4755"].mode == 0o4755
    assert sum(path.startswith(b"many/") for path in facts) == 1200 + 3
    open_up(tmp_path / "zoo")
