"""Small file systems of their own that fill up at a chosen byte or file."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import missing

KIB = 1 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A mounted ext4 with blocks of a kibibyte. `place` is empty but for ballast."""

    place: Path

    @property
    def free_kib(self) -> int:
        """How much there is room for."""
        found = os.statvfs(self.place)
        return found.f_bavail * found.f_frsize // KIB

    @property
    def free_files(self) -> int:
        """How many files there is room for."""
        return os.statvfs(self.place).f_favail

    @property
    def _ballast(self) -> Path:
        return self.place / "ballast"

    def leave(self, kib: int) -> None:
        """Fill up all but so much; what is in the way of blocks' own blocks is left, too."""
        self.empty()
        size_kib = self.free_kib - kib
        with self._ballast.open("wb") as file:
            while size_kib > 0 and self.free_kib > kib:
                size_kib = min(size_kib, self.free_kib - kib)
                end = os.fstat(file.fileno()).st_size
                try:
                    os.posix_fallocate(file.fileno(), end, size_kib * KIB)
                except OSError:
                    size_kib -= 1

    def leave_files(self, count: int) -> None:
        """Use all inodes but so many."""
        self.empty()
        folder = self._ballast.with_name("ballast-files")
        folder.mkdir()
        for number in range(self.free_files - count):
            (folder / str(number)).touch()

    def empty(self) -> None:
        """Make room."""
        self._ballast.unlink(missing_ok=True)
        folder = self._ballast.with_name("ballast-files")
        if folder.exists():
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()


@contextmanager
def disk(folder: Path, size_mib: int, *options: str) -> Iterator[Disk]:
    """A new file system for the block. `options` are for its making."""
    if os.geteuid() != 0:
        missing("root", "a small file system needs root")
    image, place = folder / "disk.img", folder / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(size_mib << 20)
    _run("mkfs.ext4", "-q", "-F", "-m", "0", "-b", "1024", *options, str(image))
    _run("mount", "-o", "loop", str(image), str(place))
    try:
        (place / "lost+found").rmdir()
        yield Disk(place=place)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
        image.unlink()


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        missing("root", f"{command[0]} is not installed")
        raise
    if done.returncode != 0:
        missing("root", f"{command[0]}: {done.stderr.decode().strip()}")
