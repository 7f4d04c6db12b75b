"""What tests of saving and restoring share: trees with a source in them, and stores that count."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from localbuild.cache.base import NO_BASE, Base
from localbuild.cache.keys import paths_version
from localbuild.cache.loading import load_index
from localbuild.cache.manifest import Manifest, encode_manifest
from localbuild.cache.patterns import CachePath, parse_path
from localbuild.cache.restoring import RestoredFiles, Restorer, choose_entries
from localbuild.cache.saving import SavedFiles, Scan, save_files, scan_tree
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.tree import Tree
from localbuild.ports.store import ByteStore, Fault, StoreError
from tests.unit.cache.cupboard import SCOPE, HandClock

SOURCE = "/src"
_ROOT = os.O_RDONLY | os.O_DIRECTORY


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A save: the entry's manifest, and what `save_files` said."""

    manifest: Manifest
    files: SavedFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """A restore: what came, what did not, and what a save builds upon."""

    files: RestoredFiles
    skipped: tuple[bytes, ...]
    base: Base


def parsed(paths: Sequence[str]) -> tuple[CachePath, ...]:
    """Cache paths of a source at `/src`."""
    return tuple(parse_path(path, SOURCE) for path in paths)


@contextmanager
def opened(root: Path) -> Iterator[Tree]:
    """A tree for the block, its source at `/src`."""
    tree = Tree(os.open(root, _ROOT), SOURCE.encode())
    try:
        yield tree
    finally:
        tree.close()


def save(
    root: Path, paths: Sequence[str], store: ByteStore, base: Base = NO_BASE, key: str = "key"
) -> Kept:
    """Save a tree as an entry, with its manifest."""
    with opened(root) as tree:
        return save_scan(scan_tree(tree, parsed(paths)), paths, store, base, key)


def save_scan(
    scan: Scan, paths: Sequence[str], store: ByteStore, base: Base = NO_BASE, key: str = "key"
) -> Kept:
    """Save what a scan finds as an entry, with its manifest."""
    files = save_files(scan, base, store, SCOPE)
    manifest = Manifest(
        scope=SCOPE,
        version=paths_version(paths),
        key=key,
        paths=tuple(paths),
        created_s=store.now(),
        segments=files.segments,
        packs=files.packs,
        files=files.index.files,
        entries=len(files.index.entries),
        size_bytes=files.index.size_bytes,
        new_bytes=files.new_bytes,
    )
    store.replace(manifest.name, encode_manifest(manifest))
    return Kept(manifest=manifest, files=files)


def restore(manifest: Manifest, root: Path, store: ByteStore) -> Back:
    """Restore an entry into a tree, through the manifest's own paths."""
    index = load_index(store, manifest)
    entries, skipped = choose_entries(index, parsed(manifest.paths))
    with opened(root) as tree:
        names = iter(range(1000))
        restorer = Restorer(tree, lambda: f"{next(names):016x}")
        files = restorer.restore(entries, index, store, manifest.scope)
    base = Base(manifest=manifest, index=index, known=files.known)
    return Back(files=files, skipped=skipped, base=base)


def new_root(folder: Path, name: str = "root") -> Path:
    """A new root with nothing in it but an empty source."""
    root = folder / name
    (root / "src").mkdir(parents=True)
    return root


def open_descriptors() -> set[str]:
    """What this process has open, by number and name."""
    found = set()
    for number in Path("/proc/self/fd").iterdir():
        try:
            found.add(f"{number.name} {number.readlink()}")
        except FileNotFoundError:  # the directory's own
            continue
    return found


def staging_left(root: Path) -> list[Path]:
    """Directories that a restore has left behind, wherever."""
    return [
        Path(above, name)
        for above, names, _ in os.walk(root)
        for name in names
        if name.startswith(".localbuild-")
    ]


class CountingStore(MemoryStore):
    """Counts its verbs. `fails` is asked before each, with its count: what it raises is raised."""

    def __init__(self, fails: Callable[[int], bool] = lambda _: False) -> None:
        super().__init__(HandClock())
        self.fails = fails
        self.count = 0
        self.written: list[str] = []

    def read(self, name: str) -> bytes | None:
        self._step()
        return super().read(name)

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        self._step()
        self.written.append(name)
        return super().create(name, pieces)

    def _step(self) -> None:
        self.count += 1
        if self.fails(self.count):
            raise StoreError(Fault.UNAVAILABLE, "memory: fails on purpose")
