"""What tests of a store's upkeep share: a clock that is moved by hand, entries, and how to break
them."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypedDict, Unpack

from localbuild.cache.entries import Listed, list_entries
from localbuild.cache.index import FILE, Entry, Index, Segment
from localbuild.cache.keys import condemned_prefix, object_name, objects_prefix, paths_version
from localbuild.cache.manifest import Builder, KeyPart, Manifest, ObjectRef, encode_manifest
from localbuild.cache.packing import Packing
from localbuild.cache.packs import write_object
from localbuild.cache.segments import encode_segment
from localbuild.cache.stores.memory import MemoryStore
from localbuild.ports.store import ByteStore

HOUR = 3600.0
DAY = 24 * HOUR
SCOPE = hashlib.sha256(b"a scope").hexdigest()
OTHER = hashlib.sha256(b"another scope").hexdigest()
PATHS = ("deps/",)
VERSION = paths_version(PATHS)


class More(TypedDict, total=False):
    """What can be said about an entry beside its key and its files."""

    scope: str
    paths: Sequence[str]
    parts: Sequence[KeyPart]
    template: str
    builder: Builder


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """The time that it was moved to."""
        return self.time

    def monotonic(self) -> float:
        """The same."""
        return self.time.timestamp()

    def move(self, seconds: float) -> None:
        """Forwards, or back."""
        self.time += timedelta(seconds=seconds)


class Cupboard:
    """A store in memory and its clock."""

    def __init__(self, kind: type[MemoryStore] = MemoryStore) -> None:
        self.clock = HandClock()
        self.store = kind(self.clock)

    def put(self, key: str, files: Mapping[str, bytes], **more: Unpack[More]) -> Manifest:
        """Save an entry as a build does."""
        return put_entry(self.store, key, files, **more)

    def objects(self, scope: str = SCOPE) -> set[str]:
        """The digests of the objects that are there."""
        return {o.name[-64:] for o in self.store.list(objects_prefix(scope))}

    def marks(self, scope: str = SCOPE) -> set[str]:
        """The digests of the objects that are condemned."""
        return {o.name[-64:] for o in self.store.list(condemned_prefix(scope))}

    def entries(self, scope: str = SCOPE) -> tuple[Listed, ...]:
        """What is listed."""
        return list_entries(self.store, scope)

    def keys(self, scope: str = SCOPE) -> list[str]:
        """The keys of what is listed, in their order."""
        return sorted(e.key for e in self.entries(scope))

    def loose(self, data: bytes, scope: str = SCOPE) -> str:
        """Write an object that no entry needs, as a killed build does; its digest."""
        return write_object(self.store, scope, [data]).digest

    def damage(self, name: str, data: bytes = b"damaged") -> None:
        """Put other bytes where an object is."""
        self.store.replace(name, data)


def put_entry(
    store: ByteStore, key: str, files: Mapping[str, bytes], **more: Unpack[More]
) -> Manifest:
    """Save an entry as a build does: packs, index, manifest."""
    manifest = make_entry(store, key, files, **more)
    data = encode_manifest(manifest)
    if manifest.key:
        store.create(manifest.name, [data])
    else:
        store.replace(manifest.name, data)
    return manifest


def make_entry(
    store: ByteStore, key: str, files: Mapping[str, bytes], **more: Unpack[More]
) -> Manifest:
    """Write the objects of an entry; its manifest is not written yet."""
    scope, paths = more.get("scope", SCOPE), more.get("paths", PATHS)
    packer = Packing(store, scope, Index())
    entries = []
    for path, data in sorted(files.items()):
        contents = (packer.add(data),) if data else ()
        entries.append(Entry(path.encode(), FILE, 0o644, 1, len(data), contents))
    packer.finish()
    packer.writer.wait()
    segment = Segment(
        entries=tuple(entries), contents=tuple(packer.contents), frames=tuple(packer.writer.frames),
        packs=tuple(packer.writer.packs),
    )  # fmt: skip
    index = write_object(store, scope, [encode_segment(segment, 1)])
    return Manifest(
        scope=scope, version=paths_version(paths), key=key, paths=tuple(paths),
        parts=tuple(more.get("parts", ())), template=more.get("template", ""),
        created_s=store.now(), builder=more.get("builder", Builder()),
        segments=(ObjectRef(digest=index.digest, size_bytes=index.size),),
        packs=tuple(ObjectRef(digest=p.digest, size_bytes=p.size) for p in packer.writer.packs),
        files=len(files), entries=len(files), size_bytes=sum(map(len, files.values())),
        new_bytes=packer.writer.new_bytes + index.size,
    )  # fmt: skip


def object_of(manifest: Manifest, which: str = "packs") -> str:
    """The name of an entry's first pack, or first segment."""
    found = manifest.packs if which == "packs" else manifest.segments
    return object_name(manifest.scope, found[0].digest)
