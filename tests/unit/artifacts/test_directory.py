"""Outputs in a directory: whole or not there, modes and times kept, nothing outside of it."""

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from localbuild.artifacts.cursor import Cursor
from localbuild.artifacts.directory import DirectoryArtifacts, Folder
from localbuild.artifacts.staging import PREFIX, Staging
from localbuild.errors import StorageError
from localbuild.ports.artifacts import Handed, Output
from localbuild.ports.collect import FoundFile
from tests.trees.compare import describe


class StopError(Exception):
    """What a build's own reading may raise."""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def put(out: Path, output: Output, files: dict[str, bytes], **facts: Any) -> Handed:
    return put_all(
        out, output, ((FoundFile(name=n, path=f"/s/{n}", **facts), [d]) for n, d in files.items())
    )


def put_all(out: Path, output: Output, contents: Iterator[tuple[FoundFile, list[bytes]]]) -> Handed:
    descriptor = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    try:
        folder = Folder(descriptor=descriptor, path=str(out), shown="out")
        return DirectoryArtifacts(folder).put(output, contents)
    finally:
        os.close(descriptor)


FOLDER = Output()
ZIP = Output(parts=("z.zip",), packaging="ZIP")


def test_files_come_with_modes_and_times(out: Path) -> None:
    handed = put(out, FOLDER, {"a/b": b"12", "c": b"3"}, mode=0o750, modified_s=77)
    assert (out / "a/b").read_bytes() == b"12"
    status = (out / "a/b").stat()
    assert (stat.S_IMODE(status.st_mode), status.st_mtime) == (0o750, 77)
    assert (handed.files, handed.size_bytes, handed.path) == (2, 3, "out")
    assert handed.location == str(out)
    assert sorted(p.name for p in out.iterdir()) == ["a", "c"]


def test_parts_are_folders(out: Path) -> None:
    handed = put(out, Output(parts=("x", "y")), {"a": b"1"})
    assert (out / "x/y/a").read_bytes() == b"1"
    assert (handed.path, handed.location) == ("out/x/y", str(out / "x/y"))
    assert put(out, Output(parts=("n", "z"), packaging="ZIP"), {"a": b"1"}).path == "out/n/z"
    assert ZipFile(out / "n/z").read("a") == b"1"


def test_files_of_the_name_make_way_and_others_stay(out: Path) -> None:
    (out / "a").write_text("old")
    (out / "other").write_text("other")
    (out / "a").chmod(0o400)
    put(out, FOLDER, {"a": b"new"})
    put(out, ZIP, {"a": b"1"})
    put(out, ZIP, {"a": b"2"})
    assert (out / "a").read_text() == "new"
    assert (out / "other").read_text() == "other"
    assert ZipFile(out / "z.zip").read("a") == b"2"


@pytest.mark.parametrize("mode", [0o000, 0o777])
def test_a_zip_has_a_file_s_usual_mode(mode: int, out: Path) -> None:
    before = os.umask(0o027)
    try:
        put(out, ZIP, {"a": b"1"}, mode=mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE((out / "z.zip").stat().st_mode) == 0o640


@pytest.mark.parametrize("modified_s", [-(1 << 70), -1, 1 << 70])
def test_times_that_no_file_can_have(modified_s: int, out: Path) -> None:
    put(out, FOLDER, {"a": b"1"}, modified_s=modified_s)
    assert 0 <= (out / "a").stat().st_mtime <= 1 << 33


def test_no_link_is_followed(tmp_path: Path, out: Path) -> None:
    """Neither one in a folder's place nor one in a file's; what they lead to stays."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "canary").write_text("canary")
    (out / "folder").symlink_to(other)
    (out / "file").symlink_to(other / "canary")
    (out / "zips").symlink_to(other)
    before = describe(other)
    with pytest.raises(StorageError, match="is a file or a link where a folder is needed"):
        put(out, FOLDER, {"folder/canary": b"bad"})
    with pytest.raises(StorageError, match="where a folder is needed"):
        put(out, Output(parts=("zips", "z"), packaging="ZIP"), {"a": b"bad"})
    put(out, FOLDER, {"file": b"mine"})
    assert not (out / "file").is_symlink()
    assert describe(other) == before


@pytest.mark.parametrize("part", ["", ".", "..", "../x", "/x", "a/b", "a\0b"])
@pytest.mark.parametrize("packaging", ["NONE", "ZIP"])
def test_no_part_leads_out(part: str, packaging: Any, tmp_path: Path, out: Path) -> None:
    for parts in ((part,), ("a", part), (part, "a")):
        with pytest.raises(StorageError, match="is no name for a folder or a file"):
            put(out, Output(parts=parts, packaging=packaging), {"a": b"bad"})
    assert [list(out.iterdir()), list(tmp_path.iterdir())] == [[], [out]]


@pytest.mark.parametrize("path", [b"..", b"a/../..", b"a//b", b"/", b"/etc", b".", b"a\0b"])
def test_a_cursor_goes_down_alone(path: bytes, out: Path) -> None:
    (out / "a/b").mkdir(parents=True)
    cursor = Cursor(os.open(out, os.O_RDONLY | os.O_DIRECTORY), making=0o777)
    with pytest.raises(OSError, match="Invalid argument"):
        cursor.open(path)
    cursor.close()


def test_builds_that_make_the_same_folder(out: Path) -> None:
    """Each finds it missing, and one is the first."""
    roots = [os.open(out, os.O_RDONLY | os.O_DIRECTORY) for _ in range(8)]
    names = [b"/".join(b"%d" % n for n in range(at, at + 40)) for at in range(50)]

    def make(root: int) -> int:
        cursor = Cursor(root, making=0o777)
        opened = [cursor.open(name) for name in names]
        cursor.close()
        return len(opened)

    with ThreadPoolExecutor(len(roots)) as pool:
        assert list(pool.map(make, roots)) == [50] * 8


def test_builds_that_begin_at_once_do_not_sweep_each_other_away(out: Path) -> None:
    root = os.open(out, os.O_RDONLY | os.O_DIRECTORY)

    def begin(number: int) -> None:
        staging = Staging(root)
        name, descriptor = staging.create()
        os.close(descriptor)
        staging.move(name, root, b"%d" % number)
        staging.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(begin, range(400))) == [None] * 400
    assert sorted(int(p.name) for p in out.iterdir()) == list(range(400))


def test_a_folder_in_a_files_place_is_told(out: Path) -> None:
    (out / "a/b").mkdir(parents=True)
    with pytest.raises(StorageError, match="is a folder where a file is needed"):
        put(out, FOLDER, {"a": b"1"})
    with pytest.raises(StorageError, match=r"artifacts: out/a: .*is a folder"):
        put(out, Output(parts=("a",), packaging="ZIP"), {"a": b"1"})


@pytest.mark.parametrize("output", [FOLDER, ZIP])
def test_what_breaks_off_leaves_whole_files_alone(output: Output, out: Path) -> None:
    def contents() -> Iterator[tuple[FoundFile, list[bytes]]]:
        yield FoundFile(name="a", path="/a"), [b"1"]
        yield FoundFile(name="b", path="/b"), iter(stopping())  # type: ignore[misc]

    def stopping() -> Iterator[bytes]:
        yield b"half"
        raise StopError

    with pytest.raises(StopError):
        put_all(out, output, contents())
    assert [p.name for p in out.iterdir()] == (["a"] if output is FOLDER else [])


def test_what_a_dead_build_left_is_removed_and_a_living_ones_is_not(out: Path) -> None:
    dead = out / (PREFIX.decode() + "dead")
    dead.mkdir()
    (dead / "0").write_text("half")
    root = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    living = Staging(root)
    name, descriptor = living.create()
    put(out, FOLDER, {"a": b"1"})
    assert not dead.exists()
    living.move(name, root, b"mine")
    os.close(descriptor)
    living.close()
    os.close(root)
    assert sorted(p.name for p in out.iterdir()) == ["a", "mine"]


def test_a_directory_that_is_exchanged_is_not_written_to(tmp_path: Path, out: Path) -> None:
    """As a build that is root in a mounted source could do."""
    descriptor = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    out.rename(tmp_path / "moved")
    (tmp_path / "other").mkdir()
    out.symlink_to(tmp_path / "other")
    folder = Folder(descriptor=descriptor, path=str(out), shown="out")
    one = FoundFile(name="a", path="/a")
    DirectoryArtifacts(folder).put(FOLDER, [(one, [b"1"])])
    os.close(descriptor)
    assert (tmp_path / "moved/a").read_bytes() == b"1"
    assert list((tmp_path / "other").iterdir()) == []


def test_names_of_all_bytes(out: Path) -> None:
    names = [os.fsdecode(n) for n in (b"a\nb", b"\xff", b"-rf", b"n" * 255, b"d\\/x", b"...")]
    put(out, FOLDER, dict.fromkeys(names, b"1"))
    for name in names:
        assert (out / name).read_bytes() == b"1"


def test_a_place_that_cannot_be_written_is_told() -> None:
    folder = Folder(descriptor=-1, path="/x", shown="/x")
    with pytest.raises(StorageError, match="artifacts: /x: bad file descriptor"):
        DirectoryArtifacts(folder).put(FOLDER, [])
