"""What a ZIP file says that it holds, looked at before anything of it is written.

Refused are names that lead out of the folder, entries in each other's way, encryption, methods and
kinds of files that the service does not know, and sizes that no source has.
"""

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

from localbuild.errors import SourceError
from localbuild.units import print_bytes

HIGHEST_RATIO = 200
"""A packed source of text is a tenth of it; a thousandth is an attack."""

SMALL_BYTES = 256 * 1024**2
"""What may be of any ratio: a file of zeros is no attack."""

LONGEST_LINK = 4096
_ENCRYPTED, _UTF8 = 0x1, 0x800


class Kind(StrEnum):
    """What an entry is."""

    FILE = "file"
    DIRECTORY = "directory"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry that may be written. `parts`: its path, name by name; `mode`: its permissions."""

    parts: tuple[bytes, ...]
    kind: Kind
    mode: int
    info: ZipInfo = field(repr=False)


def read_entries(infos: Iterable[ZipInfo], archive_bytes: int) -> tuple[Entry, ...]:
    """The entries in the archive's order, the last one of those with the same name.

    Raises SourceError for what may not be written.
    """
    found: dict[tuple[bytes, ...], Entry] = {}
    for info in infos:
        entry = _read(info)
        if entry.parts:  # the folder itself
            found[entry.parts] = entry
    _refuse_clashes(found)
    _refuse_size(sum(entry.info.file_size for entry in found.values()), archive_bytes)
    return tuple(found.values())


def split_path(name: bytes) -> tuple[bytes, ...]:
    """A path's names; what stands for the folder itself is none. Raises SourceError."""
    parts = tuple(part for part in name.split(b"/") if part not in (b"", b"."))
    if name.startswith(b"/") or b".." in parts or b"\0" in name:
        raise SourceError(f"{_shown(name)} leads out of the source")
    return parts


def _read(info: ZipInfo) -> Entry:
    name = _name(info)
    if info.flag_bits & _ENCRYPTED:
        raise SourceError(f"{_shown(name)} is encrypted")
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise SourceError(
            f"{_shown(name)} is packed by method {info.compress_type}; neither stored nor deflated"
        )
    kind, mode = _kind(info, name)
    if kind is Kind.LINK and not 0 < info.file_size <= LONGEST_LINK:
        raise SourceError(f"{_shown(name)} is a link of {info.file_size} bytes")
    return Entry(parts=split_path(name), kind=kind, mode=mode, info=info)


def _name(info: ZipInfo) -> bytes:
    """The name's own bytes; Python takes those without a flag for an old character set."""
    flagged = info.flag_bits & _UTF8
    return info.orig_filename.encode("utf-8" if flagged else "cp437", "surrogateescape")


def _kind(info: ZipInfo, name: bytes) -> tuple[Kind, int]:
    mode = info.external_attr >> 16
    if name.endswith(b"/") or stat.S_ISDIR(mode):
        return Kind.DIRECTORY, 0o755
    if stat.S_ISLNK(mode):
        return Kind.LINK, 0o777
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise SourceError(f"{_shown(name)} is neither a file, a folder nor a link")
    return Kind.FILE, (mode & 0o777) or 0o644


def _refuse_clashes(found: Mapping[tuple[bytes, ...], Entry]) -> None:
    """Nothing may lie below a file or a link."""
    for parts in found:
        for length in range(1, len(parts)):
            above = found.get(parts[:length])
            if above is not None and above.kind is not Kind.DIRECTORY:
                raise SourceError(f"{_shown(b'/'.join(parts))} lies below a {above.kind}")


def _refuse_size(size_bytes: int, archive_bytes: int) -> None:
    if size_bytes > max(SMALL_BYTES, archive_bytes * HIGHEST_RATIO):
        raise SourceError(
            f"{print_bytes(archive_bytes)} would become {print_bytes(size_bytes)}: more than "
            f"{HIGHEST_RATIO} times as much"
        )


def _shown(name: bytes) -> str:
    return repr(os.fsdecode(name[:200]))
