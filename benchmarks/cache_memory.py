"""How much memory a save and a restore take, whatever the size of the cache."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.cache_local import NAMES
from benchmarks.cache_remote import aws_environment
from benchmarks.cache_rows import MB
from benchmarks.cache_trees import Kind
from benchmarks.lab import Lab
from benchmarks.measure import Finding
from benchmarks.shaped_s3 import BUCKET, shaped_s3

NOTE = """\
One process for each row: a save of the whole tree, then a restore. The most it held in memory is
what the kernel says of that process itself (VmHWM): the interpreter and all libraries included."""

MOST_BYTES = 200e6
MBIT = 10_000


def memory(lab: Lab) -> Iterator[Finding]:
    """Each tree with a directory, then with an S3 server."""
    for kind in Kind:
        with lab.disk() as disk:
            yield _row(lab, kind, disk, str(disk / "store"))
    with aws_environment():
        for kind in Kind:
            with lab.disk() as disk, shaped_s3(MBIT) as server:
                yield _row(lab, kind, disk, f"s3://{BUCKET}/memory", server.endpoint_url)


def _row(lab: Lab, kind: Kind, disk: Path, url: str, endpoint_url: str = "") -> Finding:
    target = disk / "target"
    target.mkdir()
    words = (lab.source(kind), target, url, endpoint_url)
    done = subprocess.run(
        (sys.executable, "-m", "benchmarks.cache_memory_probe", *map(str, words)),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    peak = int(done.stdout)
    return Finding(
        claim=f"{NAMES[kind]}: memory, {'S3' if endpoint_url else 'a directory'}",
        ours=f"{peak / MB:.0f} MB",
        theirs="",
        found=f"{peak / MB:.0f} MB",
        goal=f"< {MOST_BYTES / MB:.0f} MB",
        kept=peak < MOST_BYTES,
    )
