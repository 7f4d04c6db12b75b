"""A zoo of files: every kind, name, mode and time that a tree on Linux can have."""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from random import Random

from tests.trees.zoo_names import NAMES, TARGETS, WHITEOUTS

MIB = 1 << 20
DEPTH = 220
OLDEST_S, NEWEST_S, NPM_S = -(1 << 31), 15_032_385_535, 499_162_500
"""What ext4 can hold: 1901-12-13 and 2446-05-10; and what npm gives to every file."""

FILE_MODES = (0o000, 0o400, 0o444, 0o600, 0o644, 0o666, 0o755, 0o777)
SPECIAL_MODES = (0o1644, 0o2755, 0o4755, 0o6711)
DIRECTORY_MODES = (0o500, 0o700, 0o755, 0o777, 0o1777, 0o2755, 0o000)


def make_zoo(
    folder: Path, *, more_files: int = 0, whiteouts: bool = False, specials: bool = True
) -> Path:
    """Fill a new `folder`: about 500 entries, 35 MB on the disk, and `more_files` small ones.

    `specials` are a FIFO, a socket and, for root, devices: what no cache keeps. `whiteouts` are
    names that an image's layer would take for something else.
    """
    folder.mkdir(parents=True)
    _contents(_room(folder, b"contents"))
    _sparse(_room(folder, b"sparse"))
    _names(_room(folder, b"names"), NAMES)
    _hard_links(_room(folder, b"hard"))
    _links(_room(folder, b"links"))
    _depths(_room(folder, b"deep"))
    _times(_room(folder, b"times"))
    _attributes(_room(folder, b"attributes"))
    if whiteouts:
        _names(_room(folder, b"whiteouts"), WHITEOUTS)
    if specials:
        _specials(_room(folder, b"specials"))
    if more_files:
        _many(_room(folder, b"many"), more_files)
    _modes(_room(folder, b"modes"))
    return folder


def open_up(folder: Path) -> None:
    """Let the owner remove a zoo: directories become writable."""
    folder.chmod(0o700)
    for child in folder.iterdir():
        if child.is_dir() and not child.is_symlink():
            open_up(child)


def _at(folder: Path, name: bytes) -> Path:
    return folder / os.fsdecode(name)


def _room(folder: Path, name: bytes) -> Path:
    room = _at(folder, name)
    room.mkdir(0o755)
    return room


def _file(room: Path, name: bytes, data: bytes = b"x", mode: int = 0o644) -> Path:
    path = _at(room, name)
    with open(path, "wb") as file:
        file.write(data)
    path.chmod(mode)
    return path


def _contents(room: Path) -> None:
    random = Random("zoo")
    text = b"".join(b"%d lines of text that compress well\n" % n for n in range(150_000))
    _file(room, b"empty", b"")
    _file(room, b"one byte")
    _file(room, b"nothing but NUL", bytes(10_000))
    _file(room, b"compressible", text)
    _file(room, b"incompressible", random.randbytes(20 * MIB))
    for name, size in ((b"less", 4 * MIB - 1), (b"chunk", 4 * MIB), (b"more", 4 * MIB + 1)):
        _file(room, name, text[:size])
    for name in (b"twin", b"other twin"):
        _file(room, name, b"the same in both\n" * 1000)
    _file(room, b"script", b"#!/bin/sh\nexit 0\n", 0o755)


def _sparse(room: Path) -> None:
    """Islands at places that no block or chunk begins at, holes at either end or all over."""
    _islands(room, b"islands", 64 * MIB, (3 * MIB + 17, 4 * MIB - 3, 50 * MIB))
    _islands(room, b"hole", 8 * MIB, ())
    _islands(room, b"hole at the end", 9 * MIB + 5, (0,))
    _islands(room, b"hole at the beginning", 9 * MIB + 5, (9 * MIB,))
    _islands(room, b"small hole", 100_000, (0, 90_000))


def _islands(room: Path, name: bytes, size: int, offsets: Iterable[int]) -> None:
    with open(_at(room, name), "wb") as file:
        for offset in offsets:
            file.seek(offset)
            file.write(b"island")
        file.truncate(size)


def _names(room: Path, names: Iterable[bytes]) -> None:
    """A file of each name, and a directory of each with a file of that name in it."""
    below = _at(room, b"directories")
    below.mkdir()
    for name in names:
        _file(room, name, name)
        _at(below, name).mkdir()
        _file(_at(below, name), name, name)


def _hard_links(room: Path) -> None:
    """Groups of two and of five, over directories and to files elsewhere; a link with two names."""
    for name in (b"a", b"z", b"z/below"):
        _at(room, name).mkdir()
    first = _file(room, b"m", b"a group of five")
    for name in (b"a/five", b"b", b"z/five", b"z/below/five"):
        os.link(first, _at(room, name))
    read_only = _file(room, b"z/read-only", b"a group of two", 0o400)
    os.link(read_only, _at(room, b"a/read-only"))
    empty = _file(room, b"empty", b"")
    os.link(empty, _at(room, b"empty too"))
    large = _file(room, b"large", Random("hard").randbytes(5 * MIB))
    os.link(large, _at(room, b"a/large"))
    link = _at(room, b"link")
    link.symlink_to("m")
    os.link(link, _at(room, b"link too"), follow_symlinks=False)


def _links(room: Path) -> None:
    _at(room, b"directory").mkdir()
    _file(room, b"file")
    for name, target in TARGETS.items():
        _at(room, name).symlink_to(os.fsdecode(target))
    _at(room, b"directory/up and back").symlink_to("../file")


def _depths(room: Path) -> None:
    """Many short directories, and few whose path is about 3,000 bytes long."""
    for name, depth in ((b"d", DEPTH), (b"l" * 250, 12)):
        above = os.open(room, os.O_RDONLY | os.O_DIRECTORY)
        for _ in range(depth):
            os.mkdir(name, 0o755, dir_fd=above)
            below = os.open(name, os.O_RDONLY | os.O_DIRECTORY, dir_fd=above)
            os.close(above)
            above = below
        file = os.open(b"bottom", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=above)
        os.write(file, b"deep")
        os.close(file)
        os.close(above)


def _times(room: Path) -> None:
    """Times of files, directories and links, by name; a directory's after what is in it."""
    second = 1_000_000_000
    times = {
        b"1970": 0,
        b"before 1970": -1,
        b"1969 and a half": -second // 2,
        b"oldest": OLDEST_S * second,
        b"npm": NPM_S * second,
        b"ns": 1_700_000_000 * second + 1,
        b"all ns": 1_700_000_000 * second + 999_999_999,
        b"after 2038": (1 << 31) * second + 123_456_789,
        b"newest": NEWEST_S * second,
    }
    for name, time_ns in times.items():
        directory = _at(room, b"directory " + name)
        directory.mkdir()
        link = _at(room, b"link " + name)
        link.symlink_to("nowhere")
        for path in (_file(room, name), _file(directory, b"inside"), link, directory):
            os.utime(path, ns=(time_ns, time_ns), follow_symlinks=False)


def _attributes(room: Path) -> None:
    """An extended attribute, where the file system has such."""
    path = _file(room, b"attributed")
    with suppress(OSError):
        os.setxattr(path, b"user.note", b"a note")


def _specials(room: Path) -> None:
    os.mknod(_at(room, b"fifo"), stat.S_IFIFO | 0o644)
    os.mknod(_at(room, b"socket"), stat.S_IFSOCK | 0o755)
    with suppress(PermissionError):
        os.mknod(_at(room, b"null"), stat.S_IFCHR | 0o666, os.makedev(1, 3))
        os.mknod(_at(room, b"block"), stat.S_IFBLK | 0o600, os.makedev(7, 250))
    _file(room, b"beside", b"a file beside them")


def _many(room: Path, count: int) -> None:
    for first in range(0, count, 500):
        below = _at(room, b"%05d" % (first // 500))
        below.mkdir()
        for number in range(first, min(count, first + 500)):
            with open(_at(below, b"%06d.txt" % number), "wb") as file:
                file.write(b"file number %d\n" % number * (number % 40))


def _modes(room: Path) -> None:
    """Files and directories of every mode; read-only directories are not empty."""
    for mode in (*FILE_MODES, *SPECIAL_MODES):
        _file(room, b"file %04o" % mode, b"mode %04o" % mode, mode)
    for mode in DIRECTORY_MODES:
        for content in (b"", b"full "):
            directory = _at(room, b"directory %s%04o" % (content, mode))
            directory.mkdir()
            if content:
                _file(directory, b"inside", b"inside", 0o444)
            directory.chmod(mode)
