"""Brings an entry into a container, and keeps a container's files as an entry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from localbuild.cache.access import ContainerFiles
from localbuild.cache.base import NO_BASE, Base
from localbuild.cache.index import DIRECTORY
from localbuild.cache.loading import load_index
from localbuild.cache.lookup import Found, describe
from localbuild.cache.manifest import Builder, Manifest, encode_manifest
from localbuild.cache.patterns import absolute
from localbuild.cache.restoring import choose_entries
from localbuild.cache.saving import SavedFiles
from localbuild.cache.secure import secure
from localbuild.cache.tiers import Tiers
from localbuild.cache.wanted import Keys, Wanted
from localbuild.ports.cache import Restored, Saved
from localbuild.ports.engine import Container
from localbuild.ports.store import ByteStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A restore, and what a later save may build upon. Not `direct`: it went through tar."""

    restored: Restored
    base: Base
    direct: bool = True


def bring(found: Found, wanted: Wanted, container: Container, tiers: Tiers) -> Brought:
    """Restore an entry: all of it or nothing. Raises StoreError, OSError, EngineError."""
    index = load_index(tiers.store, found.manifest)
    entries, skipped = choose_entries(index, wanted.paths)
    files = ContainerFiles(container, wanted.source_directory, wanted.interrupted)
    direct = files.is_direct
    try:
        restored = files.restore(entries, index, tiers.store, wanted.scope)
    finally:
        files.close()
    tiers.keep(found)
    warnings = tuple(
        f"cache: {absolute(path, wanted.source_directory)}: a directory is in its place, or none is"
        for path in restored.refused
    )
    told = describe(found)
    return Brought(
        restored=Restored(
            outcome=told.outcome,
            matched_key=told.matched_key,
            store=told.store,
            files=told.files,
            size_bytes=told.size_bytes,
            skipped=tuple(absolute(path, wanted.source_directory) for path in skipped),
            warnings=warnings,
        ),
        base=Base(manifest=found.manifest, index=index, known=restored.known),
        direct=direct,
    )


def is_untouched(wanted: Wanted, container: Container) -> bool:
    """Whether a build has left the files of its layer alone: told without their index."""
    files = ContainerFiles(container, wanted.source_directory, wanted.interrupted)
    try:
        return files.is_untouched(wanted.paths)
    finally:
        files.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A save; `manifest` is the entry that holds the files now, None where none does.

    Not `direct`: it went through tar.
    """

    saved: Saved
    manifest: Manifest | None = None
    direct: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is to be saved, under which keys, and who saves it."""

    wanted: Wanted
    keys: Keys
    builder: Builder


def keep(intent: Intent, base: Base, container: Container, store: ByteStore) -> Kept:
    """Save the files as an entry, the manifest last. Raises StoreError, OSError, EngineError."""
    wanted, keys = intent.wanted, intent.keys
    files = ContainerFiles(container, wanted.source_directory, wanted.interrupted)
    direct = files.is_direct
    try:
        found = files.save(wanted.paths, base, store, wanted.scope)
    finally:
        files.close()
    if all(entry.kind == DIRECTORY for entry in found.index.entries.values()):
        return Kept(saved=Saved(key=keys.key, reason="no file matches the cache's paths"))
    manifest = _manifest(intent, found, store.now())
    if base.manifest is not None and _is_same(base.manifest, manifest):
        same = Saved(key=keys.key, reason="nothing has changed", files=manifest.files)
        return Kept(saved=same, manifest=base.manifest)
    if not secure(store, base.manifest, manifest):
        return keep(intent, NO_BASE, container, store)
    manifest, data = _encoded(manifest)
    if not keys.key:
        store.replace(manifest.name, data)
    elif not store.create(manifest.name, [data]):
        lost = Saved(key=keys.key, reason="another build has saved this key meanwhile")
        return Kept(saved=lost)
    return Kept(saved=_saved(manifest, found, store.url), manifest=manifest, direct=direct)


def _encoded(manifest: Manifest) -> tuple[Manifest, bytes]:
    """As it is stored; where that is too much, without the files that its key was made of."""
    try:
        return manifest, encode_manifest(manifest)
    except ValueError:
        parts = tuple(replace(part, files=()) for part in manifest.parts)
        manifest = replace(manifest, parts=parts)
        return manifest, encode_manifest(manifest)


def _is_same(old: Manifest, new: Manifest) -> bool:
    """Whether an entry would be what it is already."""
    return old.name == new.name and old.segments == new.segments


def _saved(manifest: Manifest, found: SavedFiles, url: str) -> Saved:
    return Saved(
        saved=True,
        key=manifest.key,
        store=url,
        files=manifest.files,
        size_bytes=manifest.size_bytes,
        new_bytes=found.new_bytes,
        warnings=tuple(_skipped(found.skipped)),
    )


def _skipped(skipped: Sequence[tuple[str, int]]) -> Sequence[str]:
    return [f"cache: not saved: {count} files ({why})" for why, count in skipped if count]


def _manifest(intent: Intent, found: SavedFiles, now_s: float) -> Manifest:
    wanted, keys = intent.wanted, intent.keys
    return Manifest(
        scope=wanted.scope,
        version=wanted.version,
        key=keys.key,
        template=wanted.plan.key,
        parts=keys.parts,
        paths=wanted.plan.paths,
        created_s=now_s,
        builder=intent.builder,
        segments=found.segments,
        packs=found.packs,
        files=found.index.files,
        entries=len(found.index.entries),
        size_bytes=found.index.size_bytes,
        new_bytes=found.new_bytes,
    )
