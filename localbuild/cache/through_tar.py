"""Files in and out of a container with its own tar: slower, and works on every engine.

On the way in every byte is checked before the first one reaches the container: the archive is
kept in a file of the host's meanwhile. What the container's tar cannot keep is lost: busybox's
knows whole seconds only.
"""

import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence

from localbuild.cache.archive import Archive, Contents
from localbuild.cache.check import is_too_long
from localbuild.cache.index import CHUNK_BYTES, DIRECTORY, FILE, HARD_LINK, LINK, SPARSE, Entry
from localbuild.cache.levels import RECORDS_NAME
from localbuild.cache.patterns import CachePath, absolute, is_gits, is_in, takes_any, without_of
from localbuild.cache.reading import FILE_MODES
from localbuild.cache.scan import DIRECTORY_MODES, Scanned
from localbuild.container.untar import open_members
from localbuild.ports.engine import Container

_PIECE_BYTES = 1 << 20
_SECOND_NS = 1_000_000_000


def put_entries(
    container: Container,
    entries: Iterable[Entry],
    contents: Contents,
    place: Callable[[bytes], bytes],
) -> None:
    """Unpack entries in a container. Raises StoreError before anything is there, EngineError."""
    with tempfile.TemporaryFile(prefix="localbuild-cache-") as spool:
        for piece in Archive(entries, contents, place):
            spool.write(piece)
        spool.seek(0)
        container.put_tree("/", iter(lambda: spool.read(_PIECE_BYTES), b""))


def take_entries(
    container: Container, paths: Sequence[CachePath], add: Callable[[bytes], int], source: str
) -> Scanned:
    """Read what cache paths take in. Raises EngineError, StoreError."""
    bases = list(dict.fromkeys(absolute(path.base, source) for path in paths))
    taking = _Taking(paths, add, source.strip("/").encode("utf-8", "surrogateescape"))
    with open_members(container.take_tree(bases)) as members:
        for member, archive in members:
            taking.take(member, archive)
    return taking.found


class _Taking:
    """Turns members of an archive into entries."""

    def __init__(
        self, paths: Sequence[CachePath], add: Callable[[bytes], int], source: bytes
    ) -> None:
        self._paths = paths
        self._without = without_of(paths)
        self._all = [p for p in paths if p.takes_all]
        self._add = add
        self._source = source + b"/"
        self.found = Scanned()

    def take(self, member: tarfile.TarInfo, archive: tarfile.TarFile) -> None:
        """One member: an entry, a skipped one, or nothing of ours."""
        path = self._path(member.name)
        if is_gits(self._paths, path) or path.split(b"/")[0] == RECORDS_NAME:
            return
        if is_in(path, self._without):
            return
        if path in self.found.entries:  # of another base, too
            return
        if is_too_long(path):
            self.found.skipped["too deep"] += 1
        elif member.isdir():
            if any(p.covers(path) for p in self._all) and path:
                mode = member.mode & DIRECTORY_MODES
                self.found.entries[path] = Entry(path, DIRECTORY, mode, _time_ns(member))
        elif takes_any(self._paths, path):
            self._take_file(path, member, archive)

    def _take_file(self, path: bytes, member: tarfile.TarInfo, archive: tarfile.TarFile) -> None:
        if member.issym():
            target = member.linkname.encode("utf-8", "surrogateescape")
            entry = Entry(path, LINK, 0o777, _time_ns(member), target=target)
        elif member.islnk():
            other = self.found.entries.get(self._path(member.linkname))
            if other is None:
                self.found.skipped["link to a file that is not cached"] += 1
                return
            entry = Entry(path, HARD_LINK, target=other.path)
            if other.kind not in (FILE, SPARSE):  # one more name of a link, or of a name
                entry = other._replace(path=path)
        elif member.isreg():
            contents = tuple(map(self._add, _chunks(member, archive)))
            mode = member.mode & FILE_MODES
            entry = Entry(path, FILE, mode, _time_ns(member), member.size, contents)
            self.found.read += 1
        else:
            self.found.skipped["special"] += 1
            return
        self.found.entries[path] = entry

    def _path(self, name: str) -> bytes:
        """As an index has it: relative below the source, else absolute."""
        path = name.strip("/").removeprefix("./").encode("utf-8", "surrogateescape")
        if path + b"/" == self._source:
            return b""
        return path.removeprefix(self._source) if path.startswith(self._source) else b"/" + path


def _chunks(member: tarfile.TarInfo, archive: tarfile.TarFile) -> Iterator[bytes]:
    file = archive.extractfile(member)
    while file is not None and (data := file.read(CHUNK_BYTES)):
        yield data


def _time_ns(member: tarfile.TarInfo) -> int:
    """PAX keeps a fraction, which must not go through a float."""
    text = member.pax_headers.get("mtime")
    if text is None:
        return int(member.mtime) * _SECOND_NS
    whole, _, fraction = text.partition(".")
    parts = int(fraction[:9].ljust(9, "0") or 0)
    return int(whole) * _SECOND_NS + (-parts if whole.startswith("-") else parts)
