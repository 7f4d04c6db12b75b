"""A new ext4 file system in a file, for one benchmark: dropped whole, it leaves nothing to delete.

Creating files on ext4 is ten times slower for a while after many were deleted, and whoever deletes
between timed runs measures that.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GIB = 1 << 30
_TOOLS = {
    "mkfs.ext4": "e2fsprogs",
    "losetup": "mount",
    "mount": "mount",
    "umount": "mount",
}


def disk_obstacles() -> list[str]:
    """Why there can be no such file system here, a line each; none where there can."""
    found = [
        f"{tool} is missing: install {package}"
        for tool, package in _TOOLS.items()
        if shutil.which(tool) is None
    ]
    if os.geteuid() != 0:
        found.append("mounting needs root")
    return found


@contextmanager
def fresh_disk(folder: Path, size_bytes: int = 16 * GIB, inodes: int = 1 << 20) -> Iterator[Path]:
    """An empty file system, mounted below `folder` until the end of the block.

    Its file takes up what is written to it, no more. Nothing of it works in the background. Raises
    SystemExit where `disk_obstacles` finds some, CalledProcessError where mounting fails.
    """
    if obstacles := disk_obstacles():
        raise SystemExit("\n".join(obstacles))
    above = Path(tempfile.mkdtemp(prefix="disk-", dir=folder))
    image, mounted = above / "ext4.img", above / "mounted"
    try:
        mounted.mkdir()
        with image.open("wb") as file:
            file.truncate(size_bytes)
        _run("mkfs.ext4", "-q", "-F", "-m", "0", "-N", str(inodes), str(image))
        device = _attach(image)
        try:
            _run("mount", "-o", "noinit_itable", device, str(mounted))
            try:
                (mounted / "lost+found").rmdir()
                yield mounted
            finally:
                _run("umount", "--lazy", str(mounted))
        finally:
            _run("losetup", "--detach", device)
    finally:
        image.unlink(missing_ok=True)
        mounted.rmdir()
        above.rmdir()


def _attach(image: Path) -> str:
    """A device for an image, past the page cache: memory holds what is on it once, not twice."""
    command = ("losetup", "--find", "--show", "--direct-io=on", str(image))
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return found.stdout.strip()


def drop_caches() -> None:
    """Write everything out and let the kernel forget files' contents, names and inodes."""
    os.sync()
    Path("/proc/sys/vm/drop_caches").write_text("3")


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
