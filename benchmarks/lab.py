"""What groups of benchmarks share: a folder, disks of their own, the trees, and the end of it all.

What is removed only at the end is not in the way of who creates files meanwhile: ext4 is slow at
that for minutes after many were deleted.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchmarks.cache_peers import PEERS, missing_tools
from benchmarks.cache_trees import Kind, make_tree
from benchmarks.fresh_disk import GIB, disk_obstacles, fresh_disk

_DISK_BYTES = 45 * GIB
"""What all of it takes up at most, containers included."""

NODE_MODULES = "node_modules"
"""What every tree is called; its folder is the source's."""


@dataclass(kw_only=True)
class Lab:
    """`scale` is how much of a tree there is; `later` is what to undo at the end of all."""

    folder: Path
    scale: float
    later: ExitStack
    _made: dict[Kind, Path] = field(default_factory=dict)

    def source(self, kind: Kind) -> Path:
        """A folder with a tree in it. Nobody writes to it."""
        if kind not in self._made:
            source = self._trees / kind.value
            make_tree(kind, source / NODE_MODULES, self.scale)
            self._made[kind] = source
        return self._made[kind]

    def tree(self, kind: Kind) -> Path:
        """The tree itself."""
        return self.source(kind) / NODE_MODULES

    @contextmanager
    def disk(self, size_gib: int = 32) -> Iterator[Path]:
        """An empty file system for one group's work."""
        with fresh_disk(self.folder, size_gib * GIB, inodes=2 << 20) as disk:
            yield disk

    @cached_property
    def _trees(self) -> Path:
        return self.later.enter_context(fresh_disk(self.folder))


def open_lab(folder: Path, later: ExitStack) -> Lab:
    """A lab in `folder`."""
    return Lab(folder=folder, scale=_scale(), later=later)


def _scale() -> float:
    """Less than 1 is for who works on the benchmarks."""
    return float(os.environ.get("BENCH_SCALE", "1"))


def obstacles() -> list[str]:
    """What keeps the benchmarks from running here, a line each."""
    found = [*missing_tools(PEERS), *disk_obstacles()]
    if shutil.which("docker") is None:
        found.append("docker is missing: install docker.io")
    place = tempfile.gettempdir()
    if shutil.disk_usage(place).free < _DISK_BYTES * _scale():
        found.append(f"{place} has less than {_DISK_BYTES / GIB * _scale():.0f} GiB left")
    return found
