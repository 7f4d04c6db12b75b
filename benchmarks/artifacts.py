"""What handing out artifacts costs: 10,000 files of a container against `docker cp`."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from uuid import uuid4

from benchmarks.lab import Lab
from benchmarks.measure import IMAGE, Finding, pair
from benchmarks.source import DIRECTORIES, FILES, make_tree
from localbuild.artifacts.collector import ContainerCollector
from localbuild.artifacts.directory import DirectoryArtifacts, Folder
from localbuild.engines.open import open_engine
from localbuild.ports.artifacts import Output
from localbuild.ports.collect import Selection
from localbuild.ports.engine import Container, ContainerSpec
from localbuild.sources.directory import DirectorySource

GOAL = 1.5
_SOURCE = "/srv/src"
NOTE = """\
Finding the files, reading them out of a container that runs, and writing each into a folder, whole
before it has its name; `docker cp` of the same folder out of a container of its own. Nothing is
deleted between the rounds."""


def artifacts(lab: Lab) -> Iterator[Finding]:
    """A folder of many small files, handed out both ways."""
    tree = make_tree(lab.folder / "artifacts-tree")
    engine = open_engine("docker")
    image = engine.find_image(IMAGE, "")
    if image is None:
        raise SystemExit(f"image {IMAGE} is not there")
    spec = ContainerSpec(
        name=f"artifacts-bench-{uuid4().hex[:12]}",
        image=image,
        labels=(("dev.localbuild.build", "bench"),),
        directories=(("/codebuild/output/tmp", 0o777), (_SOURCE, 0o755)),
    )
    with engine.open_container(spec) as container, _plain_container(tree) as other:
        container.put_tree(_SOURCE, DirectorySource(tree).open_archive())
        yield _compare(container, other, lab.folder)
    engine.close()


@contextmanager
def _plain_container(tree: Path) -> Iterator[str]:
    """One with the same files that is none of ours: `docker cp` needs all mounts' sources."""
    name = f"artifacts-bench-{uuid4().hex[:12]}"
    _docker("run", "-d", "--name", name, IMAGE, "sleep", "3600")
    try:
        _docker("exec", name, "mkdir", "-p", _SOURCE)
        _docker("cp", "-q", f"{tree}/.", f"{name}:{_SOURCE}")
        yield name
    finally:
        _docker("rm", "-f", name)


def _compare(container: Container, other: str, folder: Path) -> Finding:
    targets = (folder / f"artifacts-{number}" for number in count())
    us, them = pair(
        lambda: _ours(container, next(targets)), lambda: _docker_cp(other, next(targets))
    )
    ratio = us.middle / them.middle
    return Finding(
        claim=f"handing out {DIRECTORIES * FILES:,} files",
        ours=str(us),
        theirs=f"docker cp: {them}",
        found=f"{ratio:.2f} ×",
        goal=f"≤ {GOAL} ×",
        kept=ratio <= GOAL,
    )


def _ours(container: Container, target: Path) -> float:
    target.mkdir()
    began = time.perf_counter()
    collector = ContainerCollector(lambda: None)
    found = collector.select(container, Selection(directory=_SOURCE, files=("**/*",)))
    descriptor = os.open(target, os.O_RDONLY | os.O_DIRECTORY)
    place = DirectoryArtifacts(Folder(descriptor=descriptor, path=str(target), shown=""))
    handed = place.put(Output(), collector.read(container, found.files))
    os.close(descriptor)
    seconds = time.perf_counter() - began
    if handed.files < DIRECTORIES * FILES:
        raise SystemExit(f"only {handed.files} files came")
    return seconds


def _docker_cp(container: str, target: Path) -> float:
    began = time.perf_counter()
    _docker("cp", "-q", f"{container}:{_SOURCE}", str(target))
    return time.perf_counter() - began


def _docker(*words: str) -> None:
    subprocess.run(["docker", *words], check=True, stdout=subprocess.DEVNULL)
