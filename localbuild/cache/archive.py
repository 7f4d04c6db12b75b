"""An entry's files as a tar: what an engine's layer is made of, and a way in for every engine.

Directories come before what is in them and nothing else comes between: GNU's tar gives a directory
its time once it is out of it. Of several names of one file the first one has its contents.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from cachetools import LRUCache

from localbuild.cache.damage import DamagedError, read_part
from localbuild.cache.fetching import open_frame
from localbuild.cache.index import CHUNK_BYTES, DIRECTORY, HARD_LINK, HOLE, LINK, Entry, Index
from localbuild.cache.keys import object_name
from localbuild.cache.layer_names import Parent
from localbuild.container import tar
from localbuild.ports.store import ByteStore

_HELD_BYTES = 32 << 20
_ZEROS = bytes(CHUNK_BYTES)
_SECOND_NS = 1_000_000_000
WHITEOUT = b".wh."


class Contents:
    """Contents of one index by their numbers, read in order: the last frames are kept."""

    def __init__(self, store: ByteStore, scope: str, index: Index) -> None:
        self._store = store
        self._scope = scope
        self._index = index
        self._frames: LRUCache[int, memoryview] = LRUCache(_HELD_BYTES, getsizeof=len)

    def read(self, number: int) -> memoryview:
        """A content's bytes. Raises StoreError, DamagedError."""
        content = self._index.contents[number]
        frame = self._frames.get(content.frame)
        if frame is None:
            frame = self._frames[content.frame] = self._fetch(content.frame)
        return frame[content.offset : content.offset + content.size]

    def _fetch(self, number: int) -> memoryview:
        frame = self._index.frames[number]
        name = object_name(self._scope, self._index.packs[frame.pack].digest)
        data = read_part(self._store, name, frame.offset, frame.stored)
        try:
            return memoryview(open_frame(frame, data))
        except ValueError as error:
            raise DamagedError(self._store, name, str(error)) from None


class Archive:
    """Entries as an uncompressed tar. `place` gives an entry's name in it, without leading slash.

    Iterating reads the store, anew each time. For a layer of an image: `removed` become whiteouts,
    `parents` come before everything else.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        contents: Contents,
        place: Callable[[bytes], bytes],
        removed: Sequence[bytes] = (),
        parents: Sequence[Parent] = (),
    ) -> None:
        self._entries = _ordered(entries)
        self._by_path = {e.path: e for e in self._entries}
        self._contents = contents
        self._place = place
        self._removed = removed
        self._parents = parents

    @property
    def size_bytes(self) -> int:
        """How long the archive is."""
        members = sum(len(head) for head in self._heads())
        padded = sum(e.size + len(tar.padding(e.size)) for e in self._entries)
        return members + padded + len(tar.END)

    def __iter__(self) -> Iterator[bytes]:
        yield from map(_parent, self._parents)
        yield from map(self._whiteout, self._removed)
        for entry in self._entries:
            yield self._head(entry)
            if entry.size:
                yield from self._body(entry)
        yield tar.END

    def _heads(self) -> Iterator[bytes]:
        yield from map(_parent, self._parents)
        yield from map(self._whiteout, self._removed)
        yield from map(self._head, self._entries)

    def _whiteout(self, path: bytes) -> bytes:
        above, slash, name = self._place(path).rpartition(b"/")
        return tar.file_header(above + slash + WHITEOUT + name, 0o600, 0, 0)

    def _head(self, entry: Entry) -> bytes:
        name = self._place(entry.path)
        time = divmod(entry.mtime_ns, _SECOND_NS)
        if entry.kind == DIRECTORY:
            return tar.directory_header(name + b"/", entry.mode, *time)
        if entry.kind == LINK:
            return tar.link_header(name, entry.target, *time)
        if entry.kind == HARD_LINK:
            other = self._by_path[entry.target]
            time = divmod(other.mtime_ns, _SECOND_NS)
            return tar.hard_link_header(name, self._place(other.path), other.mode, *time)
        return tar.file_header(name, entry.mode, entry.size, *time)

    def _body(self, entry: Entry) -> Iterator[bytes]:
        left = entry.size
        for number in entry.contents:
            size = min(left, CHUNK_BYTES)
            yield _ZEROS[:size] if number == HOLE else bytes(self._contents.read(number))
            left -= size
        yield tar.padding(entry.size)


def _ordered(entries: Iterable[Entry]) -> list[Entry]:
    """Each directory's whole content after it, and of a file's names the first one as the file."""
    by_path = {e.path: e for e in entries}
    paths = sorted(by_path, key=lambda path: path.replace(b"/", b"\0"))
    linked = {e.target for e in by_path.values() if e.kind == HARD_LINK}
    first: dict[bytes, bytes] = {}
    ordered = []
    for path in paths:
        entry = by_path[path]
        group = entry.target if entry.kind == HARD_LINK else path
        if group in linked:
            file = first.setdefault(group, path)
            made = by_path[group]._replace(path=path)
            entry = made if file == path else Entry(path, HARD_LINK, target=file)
        ordered.append(entry)
    return ordered


def _parent(parent: Parent) -> bytes:
    name = parent.path.strip("/").encode("utf-8", "surrogateescape") + b"/"
    owner = (parent.uid, parent.gid)
    return tar.directory_header(name, parent.mode, parent.mtime_s, owner=owner)
