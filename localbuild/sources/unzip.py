"""Unpacks a ZIP file into an empty folder, and nowhere else.

Source: API reference, ProjectSource: an S3 source is a ZIP file.
"""

import os
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from localbuild.errors import SourceError
from localbuild.sources.room import refuse_full_disk
from localbuild.sources.zip_entries import Entry, Kind, read_entries
from localbuild.units import print_bytes

MOST_DIRECTORY_BYTES = 64 * 1024**2
"""Of the archive's own list: some hundred thousand files."""

_PIECE_BYTES = 1024**2
_END, _END_BYTES, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65535
_END64, _LOCATOR64_BYTES = b"PK\x06\x06", 20
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def unzip(archive: Path, into: Path, check: Callable[[], None]) -> None:
    """Write everything that `archive` holds below the empty folder `into`.

    Links are made last: nothing is ever written through one. `check` raises where the work must
    end. Raises SourceError for what is no ZIP file, damaged, or not to be written.
    """
    with _explained(), archive.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        _refuse_long_directory(file, size)
        with ZipFile(file) as reader:
            entries = read_entries(reader.infolist(), size)
            refuse_full_disk(sum(entry.info.file_size for entry in entries), into)
            for entry in sorted(entries, key=lambda entry: entry.kind is Kind.LINK):
                check()
                _write(reader, entry, into, check)


@contextmanager
def _explained() -> Iterator[None]:
    """zipfile says with RuntimeError, and kinds of it, that an archive needs more than it can, and
    with ValueError that one is inconsistent.
    """
    try:
        yield
    except (BadZipFile, EOFError, RuntimeError, ValueError) as error:
        raise SourceError(f"it is no good ZIP file: {error}") from error
    except (struct.error, zlib.error) as error:
        raise SourceError(f"it is a damaged ZIP file: {error}") from error
    except OSError as error:
        raise SourceError(f"it cannot be unpacked: {error.strerror or error}") from error


def _write(reader: ZipFile, entry: Entry, root: Path, check: Callable[[], None]) -> None:
    path = root.joinpath(*map(os.fsdecode, entry.parts))
    if entry.kind is Kind.DIRECTORY:
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with reader.open(entry.info) as stream:
        if entry.kind is Kind.LINK:
            path.symlink_to(os.fsdecode(stream.read()))
            return
        descriptor = os.open(path, _NEW_FILE, 0o600)
        with open(descriptor, "wb") as file:
            while piece := stream.read(_PIECE_BYTES):
                check()
                file.write(piece)
            os.fchmod(file.fileno(), entry.mode)
    with suppress(ValueError, OverflowError):  # ZIP knows days that no calendar has
        modified = datetime(*entry.info.date_time, tzinfo=UTC).timestamp()
        os.utime(path, (modified, modified))


def _refuse_long_directory(file: BinaryIO, size: int) -> None:
    """Python reads the archive's list as a whole, however long it says that it is."""
    start = max(0, size - _END_BYTES - _LONGEST_COMMENT - _LOCATOR64_BYTES)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise BadZipFile("it has no end record")
    (length,) = struct.unpack_from("<L", tail, at + 12)
    if length == 0xFFFFFFFF:
        length = _length64(file, tail, at)
    if length > MOST_DIRECTORY_BYTES:
        raise SourceError(f"its list of files has {print_bytes(length)}")
    file.seek(0)


def _length64(file: BinaryIO, tail: bytes, at: int) -> int:
    """The list's length where it does not fit into the usual record."""
    if at < _LOCATOR64_BYTES:
        raise BadZipFile("it has no end record of 64 bits")
    (offset,) = struct.unpack_from("<Q", tail, at - _LOCATOR64_BYTES + 8)
    file.seek(offset)
    record = file.read(56)
    if not record.startswith(_END64) or len(record) < 56:
        raise BadZipFile("its end record of 64 bits is not where it should be")
    (length,) = struct.unpack_from("<Q", record, 40)
    return int(length)
