"""A small tree of every kind of file, in two versions; and what of a restore is in its place."""

import os
from collections.abc import Mapping
from pathlib import Path
from random import Random

from tests.faults.rooms import make_root
from tests.trees.compare import Facts, describe, differences

BASES = ("src/deps", "opt/tools")
_LARGE = Random("large").randbytes(9 << 20)
_TIME_NS = 1_700_000_000_123_456_789


def fill(root: Path, version: int = 1) -> Path:
    """About 20 files below `src/deps` and `opt/tools`: two packs, two bases, always the same."""
    deps, tools = root / "src/deps", root / "opt/tools"
    for folder in (deps / "below/deeper", deps / "empty", tools / "bin"):
        folder.mkdir(parents=True, exist_ok=True)
    for number in range(12):
        changed = b" in another version" * (version if number % 4 == 0 else 0)
        _write(deps / f"below/{number:02}.txt", b"file %d" % number + changed)
    _write(deps / "below/deeper/large", _LARGE)
    _write(deps / "nothing", b"")
    _write(tools / "bin/run", b"#!/bin/sh\n", 0o755)
    _write(tools / f"only in {version}", b"v%d" % version, 0o400)
    with open(deps / "sparse", "wb") as file:
        file.seek(5 << 20)
        file.write(b"island")
    _link(deps / "link", "below/../nowhere")
    (deps / "twin").unlink(missing_ok=True)
    os.link(deps / "below/00.txt", deps / "twin")
    (tools / f"only in {3 - version}").unlink(missing_ok=True)
    _stamp(deps)
    _stamp(tools)
    return root


def new_tree(root: Path, version: int = 1) -> Path:
    """A new container with that tree."""
    return fill(make_root(root), version)


def facts_of(root: Path) -> Mapping[str, dict[bytes, Facts]]:
    """What there is in each base; nothing for one that is not there."""
    return {base: describe(root / base) if (root / base).exists() else {} for base in BASES}


def differing(wanted: Path, root: Path) -> list[str]:
    """In what the bases of two containers differ, but for what no cache keeps."""
    before, after = facts_of(wanted), facts_of(root)
    return [line for base in BASES for line in differences(before[base], after[base])]


def _write(path: Path, data: bytes, mode: int = 0o644) -> None:
    if path.exists() and path.read_bytes() == data:
        return
    path.unlink(missing_ok=True)
    path.write_bytes(data)
    path.chmod(mode)


def _link(path: Path, target: str) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _stamp(folder: Path) -> None:
    """One time for all, directories after what is in them."""
    for path in sorted((folder, *folder.rglob("*")), reverse=True):
        os.utime(path, ns=(_TIME_NS, _TIME_NS), follow_symlinks=False)
