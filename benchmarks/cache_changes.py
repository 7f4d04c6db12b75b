"""What a change to a tree comes to: which files, how few bytes, and how to repeat it elsewhere."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cache_trees import Kind, change

Snapshot = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Paths below the tree, and the least bytes that could keep it: the changes, compressed."""

    changed: tuple[str, ...]
    removed: tuple[str, ...]
    least_bytes: int


def change_tree(kind: Kind, tree: Path, turn: int) -> Change:
    """Change a hundredth of a tree's files; each turn others."""
    before = _snapshot(tree)
    written = change(kind, tree, turn=turn)
    after = _snapshot(tree)
    changed = tuple(sorted(path for path, facts in after.items() if before.get(path) != facts))
    removed = tuple(sorted(before.keys() - after.keys()))
    least = written if kind is Kind.C else _compressed_bytes(tree, changed)
    return Change(changed=changed, removed=removed, least_bytes=least)


def stage(tree: Path, found: Change, folder: Path) -> None:
    """Into a new folder: `files` are to be copied over a tree, `removed` has a path a line."""
    for path in found.changed:
        target = folder / "files" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(tree / path, target)
    (folder / "removed").write_text("".join(f"{path}\n" for path in found.removed))


def _snapshot(tree: Path) -> Snapshot:
    """Time in ns and size of each file."""
    found = {}
    for above, _, names in os.walk(tree):
        for name in names:
            status = os.lstat(f"{above}/{name}")
            path = os.path.relpath(f"{above}/{name}", tree)
            found[path] = (status.st_mtime_ns, status.st_size)
    return found


def _compressed_bytes(tree: Path, paths: tuple[str, ...]) -> int:
    """An archive of these files alone: tar, zstd -3."""
    pack = ("tar", "-C", tree, "--null", "--verbatim-files-from", "-T", "-", "-cf", "-")
    names = b"".join(f"{path}\0".encode() for path in paths)
    packed = subprocess.run(pack, input=names, stdout=subprocess.PIPE, check=True).stdout
    zstd = ("zstd", "-3", "-q", "-c")
    return len(subprocess.run(zstd, input=packed, stdout=subprocess.PIPE, check=True).stdout)
