"""ZIP files: what is written, and what is refused before anything is."""

import os
import random
import stat
import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from localbuild.errors import SourceError
from localbuild.sources.unzip import MOST_DIRECTORY_BYTES, unzip
from localbuild.sources.zip_entries import HIGHEST_RATIO, SMALL_BYTES, read_entries
from tests.unit.sources.zips import entry, flip, link, write_zip

FILE = stat.S_IFREG | 0o644


class Room:
    """A folder to unpack into, in another one in which nothing may appear."""

    def __init__(self, root: Path) -> None:
        self.archive = root / "a.zip"
        self.into = root / "outer" / "into"
        self.into.mkdir(parents=True)
        (root / "outer" / "kept").write_text("kept\n")

    def write(self, *entries: tuple[zipfile.ZipInfo, bytes]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of names that are there twice
            write_zip(self.archive, entries)

    def unzip(self) -> dict[str, str]:
        """Unpack; every path with its content, a link with its target."""
        unzip(self.archive, self.into, lambda: None)
        return self.found()

    def found(self) -> dict[str, str]:
        """What is there."""
        paths = (p for p in self.into.rglob("*") if p.is_symlink() or not p.is_dir())
        return {
            str(p.relative_to(self.into)): (
                f"-> {p.readlink()}" if p.is_symlink() else p.read_text()
            )
            for p in paths
        }

    def refuses(self, match: str) -> None:
        """It is refused, and nothing is written, here or elsewhere."""
        with pytest.raises(SourceError, match=match):
            self.unzip()
        outer = self.into.parent
        assert sorted(p.name for p in outer.iterdir()) == ["into", "kept"]
        assert (outer / "kept").read_text() == "kept\n"
        assert list(self.into.iterdir()) == []


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_files_folders_links_and_permissions(room: Room) -> None:
    room.write(
        (entry("empty/", stat.S_IFDIR | 0o700), b""),
        (entry("a/run.sh", stat.S_IFREG | 0o755), b"#!/bin/sh\n"),
        (entry("a/plain", FILE), b"plain\n"),
        (link("a/link"), b"plain"),
        (entry("./b//c", FILE), b"c\n"),
        (entry("set", stat.S_IFREG | 0o4755), b""),
    )
    assert room.unzip() == {
        "a/run.sh": "#!/bin/sh\n",
        "a/plain": "plain\n",
        "a/link": "-> plain",
        "b/c": "c\n",
        "set": "",
    }
    modes = {
        n: stat.S_IMODE((room.into / n).stat().st_mode) for n in ("a/run.sh", "a/plain", "set")
    }
    assert modes == {"a/run.sh": 0o755, "a/plain": 0o644, "set": 0o755}
    assert (room.into / "empty").is_dir()


def test_times_are_those_of_the_archive(room: Room) -> None:
    room.write(
        (entry("a", FILE, date_time=(2020, 2, 3, 4, 5, 6)), b""),
        (entry("b", FILE, date_time=(2020, 0, 0, 0, 0, 0)), b""),
    )
    room.unzip()
    assert (room.into / "a").stat().st_mtime == 1580702706


def test_names_of_all_kinds(room: Room) -> None:
    names = ["grüße.txt", "日本", "a\\b", "C:\\x", "-rf", "a\nb", "x" * 255, "..a", "a/...", "~"]
    room.write(*((entry(name, FILE), b"x") for name in names))
    assert set(room.unzip()) == set(names)


def test_names_without_a_flag_are_bytes(room: Room) -> None:
    room.write((entry("gr__e", FILE), b"x"))
    flip(room.archive, b"gr__e", "grüe".encode())
    assert set(room.unzip()) == {"grüe"}


def test_of_two_with_one_name_the_last_one_counts(room: Room) -> None:
    room.write((entry("a", FILE), b"first"), (entry("./a", FILE), b"second"))
    assert room.unzip() == {"a": "second"}


@pytest.mark.parametrize(
    "name", ["../a", "a/../../b", "/etc/passwd", "..", "a/..", "//a", "../into/a", "a\0/../b"]
)
def test_a_name_that_leads_out(room: Room, name: str) -> None:
    room.write((entry("first", FILE), b"x"))
    with zipfile.ZipFile(room.archive, "a") as writer:
        writer.writestr(entry(name.replace("\0", "Z"), FILE), b"x")
    if "\0" in name:
        flip(room.archive, b"aZ/", b"a\0/")
    room.refuses("leads out of the source")


@pytest.mark.parametrize("target", [b"..", b"/", b"../kept", b"x/../../kept"])
def test_nothing_is_written_through_a_link(room: Room, target: bytes) -> None:
    room.write((link("out"), target), (entry("out/kept", FILE), b"changed"))
    room.refuses("lies below a link")


def test_a_link_that_leads_out_is_a_link(room: Room) -> None:
    room.write((link("out"), b"../kept"), (link("gone"), b"/none"))
    assert room.unzip() == {"out": "-> ../kept", "gone": "-> /none"}


def test_a_link_in_the_place_of_a_file(room: Room) -> None:
    room.write((link("a"), b"../kept"), (entry("a", FILE), b"x"))
    assert room.unzip() == {"a": "x"}
    assert (room.into.parent / "kept").read_text() == "kept\n"


def test_a_file_below_a_file(room: Room) -> None:
    room.write((entry("a", FILE), b"x"), (entry("a/b", FILE), b"x"))
    room.refuses("'a/b' lies below a file")


@pytest.mark.parametrize("kind", [stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFBLK])
def test_what_is_neither_file_folder_nor_link(room: Room, kind: int) -> None:
    room.write((entry("a", kind | 0o666), b""))
    room.refuses("neither a file")


@pytest.mark.parametrize("target", [b"", b"x" * 5000])
def test_a_link_that_is_none(room: Room, target: bytes) -> None:
    room.write((link("a"), target))
    room.refuses("is a link of")


def test_encrypted(room: Room) -> None:
    room.write((entry("a", FILE), b"x"))
    data = bytearray(room.archive.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    room.archive.write_bytes(data)
    room.refuses("'a' is encrypted")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_the_service_has_not(room: Room, method: int) -> None:
    room.write((entry("a", FILE, compress_type=method), b"x"))
    room.refuses("neither stored nor deflated")


def test_a_bomb_is_refused_by_what_it_says(room: Room) -> None:
    huge = entry("a", FILE, file_size=SMALL_BYTES + 1, compress_size=1000)
    with pytest.raises(SourceError, match=f"more than {HIGHEST_RATIO} times"):
        read_entries([huge], 1000)
    assert read_entries([huge], SMALL_BYTES)


def test_many_that_share_their_bytes_count_each(room: Room) -> None:
    some = [entry(str(n), FILE, file_size=SMALL_BYTES // 4) for n in range(5)]
    with pytest.raises(SourceError, match="would become"):
        read_entries(some, 1000)


def test_a_bomb_that_says_nothing_is_damaged(room: Room) -> None:
    room.write((entry("a", FILE), bytes(10_000_000)))
    size = struct.pack("<L", 10_000_000)
    data = room.archive.read_bytes()
    room.archive.write_bytes(data.replace(size, struct.pack("<L", 10)))
    with pytest.raises(SourceError, match="ZIP file"):
        room.unzip()
    written = sum(p.stat().st_size for p in room.into.rglob("*"))
    assert written <= 10


def test_a_list_without_end(room: Room) -> None:
    room.write((entry("a", FILE), b"x"))
    data = bytearray(room.archive.read_bytes())
    at = data.rindex(b"PK\x05\x06")
    struct.pack_into("<L", data, at + 12, MOST_DIRECTORY_BYTES + 1)
    room.archive.write_bytes(data)
    room.refuses("its list of files has")


@pytest.mark.parametrize("data", [b"", b"PK", b"no ZIP file", bytes(100_000), b"PK\x05\x06" * 9])
def test_what_is_no_zip_file(room: Room, data: bytes) -> None:
    room.archive.write_bytes(data)
    room.refuses("ZIP file")


def test_an_empty_archive(room: Room) -> None:
    room.write()
    assert room.unzip() == {}


def test_damage_is_told_wherever_it_is(room: Room) -> None:
    room.write(*((entry(f"f{n}", FILE), os.urandom(200)) for n in range(5)))
    whole = room.archive.read_bytes()
    chance = random.Random(4)
    for number in range(300):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        room.archive.write_bytes(data[: chance.randrange(len(data))] if number % 3 == 0 else data)
        into = room.into / str(number)
        into.mkdir()
        try:
            unzip(room.archive, into, lambda: None)
        except SourceError:
            continue
    assert sorted(p.name for p in room.into.parent.iterdir()) == ["into", "kept"]


def test_a_stop_ends_it(room: Room) -> None:
    class StopError(Exception):
        pass

    def stop() -> None:
        raise StopError

    room.write((entry("a", FILE), b"x"))
    with pytest.raises(StopError):
        unzip(room.archive, room.into, stop)
