"""What builds do to a tree of cached files: edits that are hard to see, and how to make a tree."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import sleep

from localbuild.cache.base import Base

TIME_NS = 1_700_000_000_123_456_789
SPOTS = ("a", "b", "x", "y", "x/a", "x/b", "y/a", "y/b", "x/s", "x/s/a", "y/s", "y/s/a")
"""Small enough that edits meet each other."""

BALLAST = 30


def make_tree(folder: Path) -> None:
    """Two directories whose files have the same names, sizes and times; and files that stay."""
    for name in ("x", "y", "x/s", "y/s", "ballast", "a"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in ("x/a", "x/b", "x/s/a", "y/a", "y/b", "y/s/a"):
        write(folder / name, name.ljust(8))
    for number in range(BALLAST):
        write(folder / f"ballast/{number:02}", f"ballast {number}\n")
    for name in ("ballast", "x/s", "y/s", "x", "y", "a"):
        os.utime(folder / name, ns=(TIME_NS, TIME_NS))


def write(path: Path, text: str) -> None:
    """A file of the time that all of them have."""
    path.write_text(text)
    os.utime(path, ns=(TIME_NS, TIME_NS))


def settled(base: Base, root: Path) -> Base:
    """What is known, as if the build began a moment later: not within one tick of the clock."""
    sleep(0.02)
    probe = root / "probe"
    probe.touch()
    stamp_ns = probe.stat().st_ctime_ns
    probe.unlink()
    sleep(0.02)
    return replace(base, known=base.known._replace(stamp_ns=stamp_ns))


# --- edits: of one path, or of two ----------------------------------------------------------------


def rewrite(path: Path, _: Path) -> None:
    """Other bytes, the same size, the same time."""
    write(path, path.read_text()[::-1] if path.is_file() else "new     ")


def touch(path: Path, _: Path) -> None:
    os.utime(path, ns=(1, 1), follow_symlinks=False)


def grow(path: Path, _: Path) -> None:
    with path.open("a") as file:
        file.write("more")


def change_mode(path: Path, _: Path) -> None:
    path.chmod(path.stat().st_mode ^ 0o010)


def delete(path: Path, _: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def move(path: Path, other: Path) -> None:
    path.rename(other)


def swap(path: Path, other: Path) -> None:
    between = path.parent / "between"
    path.rename(between)
    try:
        other.rename(path)
    finally:
        between.rename(other if path.exists() or path.is_symlink() else path)


def to_file(path: Path, other: Path) -> None:
    with suppress(OSError):
        delete(path, other)
    write(path, "a file  ")


def to_directory(path: Path, other: Path) -> None:
    with suppress(OSError):
        delete(path, other)
    path.mkdir()
    write(path / "a", "in it   ")


def to_link(path: Path, other: Path) -> None:
    with suppress(OSError):
        delete(path, other)
    path.symlink_to(other.name)


def link_hard(path: Path, other: Path) -> None:
    """Of a file: names of one link are links of their own in a cache."""
    if path.is_symlink():
        raise OSError("a link")
    with suppress(OSError):
        delete(other, path)
    os.link(path, other, follow_symlinks=False)


def break_link(path: Path, _: Path) -> None:
    """As an editor writes: a new file in the place of the old one."""
    text = path.read_text()
    new = path.with_name("new")
    write(new, text)
    new.replace(path)


def remake(path: Path, _: Path) -> None:
    """A directory, and all that was in it, anew."""
    copy = path.with_name("copy")
    shutil.copytree(path, copy, symlinks=True)
    shutil.rmtree(path)
    copy.rename(path)


Edit = Callable[[Path, Path], None]
EDITS: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (
        *(rewrite, touch, grow, change_mode, delete, move, swap, to_file, to_directory, to_link),
        *(link_hard, break_link, remake),
    )
}


def apply(edit: str, path: Path, other: Path) -> bool:
    """Make an edit, where the tree lets it be made."""
    if path == other or path in other.parents or other in path.parents:
        return False
    try:
        EDITS[edit](path, other)
    except (OSError, UnicodeDecodeError, shutil.Error):
        return False
    return True
