"""Our way, as a build goes it, with a tree on this machine in the container's place."""

import os
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.lab import NODE_MODULES
from localbuild.cache.base import NO_BASE, Base
from localbuild.cache.index import Index
from localbuild.cache.keys import Scope, manifest_name, paths_version
from localbuild.cache.loading import load_index
from localbuild.cache.manifest import Manifest, decode_manifest, encode_manifest
from localbuild.cache.patterns import parse_path
from localbuild.cache.restoring import Restorer, choose_entries
from localbuild.cache.saving import SavedFiles, save_files, scan_tree
from localbuild.cache.tree import Tree
from localbuild.ports.store import ByteStore

_PATH = f"{NODE_MODULES}/**/*"
_SCOPE = Scope(project="bench").id
_VERSION = paths_version([_PATH])
_PATHS = (parse_path(_PATH, "/src"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A save. `new_bytes` were written for it, the manifest not among them."""

    manifest: Manifest
    index: Index
    new_bytes: int


def save(source: Path, store: ByteStore, base: Base = NO_BASE) -> Kept:
    """Keep the tree of a source as the entry without a key: objects, then the manifest."""
    with _opened(source) as tree:
        found = save_files(scan_tree(tree, _PATHS), base, store, _SCOPE)
    manifest = _manifest(found, store)
    if base.manifest is None or base.manifest.segments != manifest.segments:
        store.replace(manifest.name, encode_manifest(manifest))
    return Kept(manifest=manifest, index=found.index, new_bytes=found.new_bytes)


def restore(store: ByteStore, target: Path, newest: ByteStore | None = None) -> Base:
    """Bring the entry into an existing, empty folder; what a later save may build upon.

    `newest` is the store that has the newest entry, where `store` is several.
    """
    data = (newest or store).read(manifest_name(_SCOPE, _VERSION, ""))
    if data is None:
        raise SystemExit(f"{store.url} has no entry")
    manifest = decode_manifest(data)
    index = load_index(store, manifest)
    entries, skipped = choose_entries(index, _PATHS)
    with _opened(target) as tree:
        restorer = Restorer(tree, lambda: secrets.token_hex(8))
        restored = restorer.restore(entries, index, store, _SCOPE)
    if skipped or restored.refused:
        raise SystemExit(f"{target}: not everything was restored")
    return Base(manifest=manifest, index=index, known=restored.known)


def based_on(kept: Kept) -> Base:
    """What a later save may build upon, that has to read every file."""
    return Base(manifest=kept.manifest, index=kept.index)


@contextmanager
def _opened(source: Path) -> Iterator[Tree]:
    with closing(Tree(os.open(source, os.O_RDONLY | os.O_DIRECTORY), b"")) as tree:
        yield tree


def _manifest(found: SavedFiles, store: ByteStore) -> Manifest:
    return Manifest(
        scope=_SCOPE,
        version=_VERSION,
        paths=(_PATH,),
        created_s=store.now(),
        segments=found.segments,
        packs=found.packs,
        files=found.index.files,
        entries=len(found.index.entries),
        size_bytes=found.index.size_bytes,
        new_bytes=found.new_bytes,
    )
