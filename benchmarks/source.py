"""What copying the source costs: a tree of 10,000 files against `cp -a`."""

import json
import os
import subprocess
import time
from pathlib import Path

from benchmarks.measure import IMAGE, LOCALBUILD, Finding, project, run, spread

DIRECTORIES, FILES, SIZE = 100, 100, 3600
ROUNDS = 5


def source(folder: Path) -> Finding:
    """The build's own figure for the copy against `cp -a` of the same tree.

    Nothing is deleted between the rounds: some file systems are slow at creating files for a
    while after it. The containers are left for `drop_kept`.
    """
    where = make_tree(folder / "tree")
    command = [*LOCALBUILD, "-q", "run", "--image", IMAGE, "--keep", "always"]
    ours, theirs = [], []
    for number in range(ROUNDS + 1):
        run(command, where)
        document = json.loads((where / ".localbuild/builds/latest/build.json").read_text())
        ours.append(document["localbuild"]["timings"]["source"])
        theirs.append(_copy(where, folder / f"copy-{number}"))
    us, them = spread(ours[1:]), spread(theirs[1:])
    ratio = us.middle / them.middle
    return Finding(
        claim=f"copying {DIRECTORIES * FILES:,} files",
        ours=str(us),
        theirs=f"cp -a: {them}",
        found=f"{ratio:.2f} ×",
        goal="≤ 1.5 ×",
        kept=ratio <= 1.5,
    )


def drop_kept() -> None:
    """Remove the containers that builds were told to keep."""
    subprocess.run([*LOCALBUILD, "clean", "--kept", "-y"], check=False, capture_output=True)


def make_tree(folder: Path) -> Path:
    """A project of many small files."""
    project(folder, ["true"])
    for directory in range(DIRECTORIES):
        below = folder / f"package-{directory}"
        below.mkdir()
        for number in range(FILES):
            (below / f"module-{number}.txt").write_bytes(os.urandom(SIZE))
    return folder


def _copy(tree: Path, target: Path) -> float:
    began = time.perf_counter()
    subprocess.run(["cp", "-a", str(tree), str(target)], check=True)
    return time.perf_counter() - began
