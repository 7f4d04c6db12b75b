"""What the source costs without an engine: our archive into the host's `tar x`."""

import subprocess
import time
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path

from benchmarks.measure import Finding, pair
from benchmarks.source import DIRECTORIES, FILES, make_tree
from localbuild.sources.directory import DirectorySource

PutTree = Callable[[Path, Iterable[bytes]], None]

GOAL = 1.5


def source_on_host(folder: Path) -> Finding:
    """The archive unpacked by the host's tar against `cp -a` of the same tree."""
    return compare(make_tree(folder / "host-tree"), folder, unpack)


def compare(tree: Path, folder: Path, put_tree: PutTree) -> Finding:
    """`put_tree` of the archive into a new folder each time against `cp -a`.

    Nothing is deleted between the rounds: some file systems are slow at creating files for a
    while after it.
    """
    targets = (folder / f"target-{number}" for number in count())
    us, them = pair(
        lambda: _seconds(lambda: put_tree(next(targets), DirectorySource(tree).open_archive())),
        lambda: _seconds(lambda: copy(tree, next(targets))),
    )
    ratio = us.middle / them.middle
    return Finding(
        claim=f"reading, packing and unpacking {DIRECTORIES * FILES:,} files on the host",
        ours=str(us),
        theirs=f"cp -a: {them}",
        found=f"{ratio:.2f} ×",
        goal=f"≤ {GOAL} ×",
        kept=ratio <= GOAL,
    )


def unpack(target: Path, archive: Iterable[bytes]) -> None:
    """The host's tar with the flags that are fastest in a container too."""
    target.mkdir(parents=True)
    command = ["tar", "-xop", "-b128", "-C", str(target), "-f", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for piece in archive:
            process.stdin.write(piece)
    if process.returncode != 0:
        raise SystemExit(f"tar failed ({process.returncode})")


def copy(tree: Path, target: Path) -> None:
    """What everybody has."""
    subprocess.run(["cp", "-a", str(tree), str(target)], check=True)


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
