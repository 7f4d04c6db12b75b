"""The files of a container in memory: tar members by absolute path, put in and taken out."""

import io
import posixpath
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import copy

_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"

Member = tuple[tarfile.TarInfo, bytes]


class MemoryFiles:
    """What was unpacked, by absolute path; a later member takes the place of an earlier one."""

    def __init__(self) -> None:
        self._members: dict[str, Member] = {}

    def put(self, directory: str, archive: bytes, *, keep_existing: bool) -> tuple[str, ...]:
        """Unpack an archive below `directory`; the paths where a directory met something else."""
        left_out = []
        for member, data in _read(archive):
            path = posixpath.join(directory, member.name)
            if not (keep_existing and self._is_taken(path)):
                self._members[path] = (member, data)
            elif path in self._members and member.isdir() != self._members[path][0].isdir():
                left_out.append(path)
        return tuple(left_out)

    def apply_layer(self, archive: bytes) -> None:
        """Unpack an image's layer: whiteouts take away what is there."""
        for member, data in _read(archive):
            directory, _, name = f"/{member.name}".rpartition("/")
            if name == _OPAQUE:
                self._remove_below(directory)
            elif name.startswith(_WHITEOUT):
                removed = f"{directory}/{name.removeprefix(_WHITEOUT)}"
                self._members.pop(removed, None)
                self._remove_below(removed)
            else:
                if not member.isdir():
                    self._remove_below(f"{directory}/{name}")
                self._members[f"{directory}/{name}"] = (member, data)

    def _remove_below(self, directory: str) -> None:
        for path in [p for p in self._members if p.startswith(f"{directory}/")]:
            del self._members[path]

    def _is_taken(self, path: str) -> bool:
        """Whether there is something of that name, or a file where a directory would have to be."""
        if path in self._members:
            return True
        while path := posixpath.dirname(path).rstrip("/"):
            if path in self._members and not self._members[path][0].isdir():
                return True
        return False

    def take(self, paths: Sequence[str]) -> Iterator[bytes]:
        """An archive of those paths and of what is below them."""
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:", format=tarfile.PAX_FORMAT) as archive:
            for path in sorted(self._members):
                if any(path == wanted or path.startswith(f"{wanted}/") for wanted in paths):
                    member, data = self._members[path]
                    renamed = copy(member)
                    renamed.name = path.lstrip("/")
                    archive.addfile(renamed, io.BytesIO(data))
        yield out.getvalue()


def find_repeated(archive: bytes) -> str:
    """A name that an archive has twice, or ''."""
    counts = Counter(member.name for member, _ in _read(archive))
    return next((name for name, count in counts.items() if count > 1), "")


def _read(archive: bytes) -> Iterable[Member]:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:", errors="surrogateescape") as reader:
        for member in reader:
            file = reader.extractfile(member) if member.isreg() else None
            yield member, file.read() if file else b""
