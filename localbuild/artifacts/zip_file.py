"""Writes a ZIP archive whose members are sorted by name, in whatever order they come in."""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from stat import S_IFLNK, S_IFREG
from typing import IO, NamedTuple

from localbuild.artifacts.host_files import Contents
from localbuild.artifacts.zip_format import (
    DEFLATED,
    STORED,
    Member,
    central_header,
    end_of_archive,
    local_header,
)
from localbuild.ports.collect import FoundFile

_LEVEL = 6
_PIECE_BYTES = 1 << 20


class Packed(NamedTuple):
    """What is in an archive; sums of its bytes in hexadecimal."""

    files: int
    size_bytes: int
    sha256: str
    md5: str


def pack_zip(contents: Iterable[Contents], body: IO[bytes], file: IO[bytes]) -> Packed:
    """Write an archive into `file`; `body` has its members' data until all of them are known.

    Both are empty; `body` can be read, too. Raises OSError, and what `contents` raise.
    """
    members = [_pack(found, pieces, body) for found, pieces in contents]
    sums = (hashlib.sha256(), hashlib.md5(usedforsecurity=False))
    for piece in _archive(members, body):
        file.write(piece)
        for each in sums:
            each.update(piece)
    file.flush()
    size = sum(member.size_bytes for member, _ in members)
    return Packed(len(members), size, *(each.hexdigest() for each in sums))


Placed = tuple[Member, int]
"""A member, and where its data begins in the body."""


def _pack(found: FoundFile, pieces: Iterable[bytes], body: IO[bytes]) -> Placed:
    name = found.name.encode("utf-8", "surrogateescape")
    begin = body.tell()
    if found.link:
        text = found.link.encode("utf-8", "surrogateescape")
        size = body.write(text)
        member = Member(name, S_IFLNK | 0o777, STORED, zlib.crc32(text), size, size)
        return member, begin
    packer = zlib.compressobj(_LEVEL, wbits=-zlib.MAX_WBITS)
    crc = size = 0
    for piece in pieces:
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        body.write(packer.compress(piece))
    body.write(packer.flush())
    packed = body.tell() - begin
    return Member(name, S_IFREG | found.mode, DEFLATED, crc, packed, size), begin


def _archive(members: Iterable[Placed], body: IO[bytes]) -> Iterator[bytes]:
    at = 0
    directory = []
    for member, begin in sorted(members, key=lambda each: each[0].name):
        directory.append(central_header(member, at))
        header = local_header(member)
        yield header
        yield from _part(body, begin, member.packed_bytes)
        at += len(header) + member.packed_bytes
    lines = b"".join(directory)
    yield lines + end_of_archive(len(directory), at, len(lines))


def _part(file: IO[bytes], begin: int, left: int) -> Iterator[bytes]:
    file.seek(begin)
    while left:
        piece = file.read(min(left, _PIECE_BYTES))
        left -= len(piece)
        yield piece
