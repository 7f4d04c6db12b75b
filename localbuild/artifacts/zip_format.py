"""The bytes of a ZIP archive's headers: the same for the same files, whenever and wherever. Pure.

Names are bytes: ASCII and UTF-8 as the format has them, anything else as Unix has it. Every file
has the format's earliest time; modes and links are as on Unix. What 32 bits cannot hold is in
ZIP64 records. Source: PKWARE APPNOTE 6.3.10, 4.3 to 4.5.
"""

from struct import pack
from typing import NamedTuple

STORED = 0
DEFLATED = 8
_LIMIT = 0xFFFFFFFF
_MANY = 0xFFFF
_NEEDED = 20
_NEEDED_64 = 45
_UNIX = 3 << 8
_UTF_8 = 1 << 11
_EARLIEST = (0, (1 << 5) | 1)
"""00:00:00 on 1 January 1980, as MS-DOS writes it."""

_ID_64 = 1


class Member(NamedTuple):
    """A member. `mode` is Unix's, with the kind of file."""

    name: bytes
    mode: int
    method: int = DEFLATED
    crc: int = 0
    packed_bytes: int = 0
    size_bytes: int = 0


def local_header(member: Member) -> bytes:
    """What comes before a member's data."""
    extra, sizes = b"", (member.packed_bytes, member.size_bytes)
    if max(sizes) >= _LIMIT:
        extra, sizes = _extra(member.size_bytes, member.packed_bytes), (_LIMIT, _LIMIT)
    head = pack("<4s5H", b"PK\x03\x04", *_common(member, bool(extra)))
    lengths = pack("<2H", len(member.name), len(extra))
    return head + pack("<3L", member.crc, *sizes) + lengths + member.name + extra


def central_header(member: Member, offset: int) -> bytes:
    """A member's line in the directory at the end; `offset` is that of its local header."""
    values = (member.size_bytes, member.packed_bytes, offset)
    extra = _extra(*(value for value in values if value >= _LIMIT))
    size, packed, at = (min(value, _LIMIT) for value in values)
    needed = _common(member, bool(extra))
    head = pack("<4sH5H", b"PK\x01\x02", _UNIX | needed[0], *needed)
    rest = pack("<3L", member.crc, packed, size)
    rest += pack("<5H2L", len(member.name), len(extra), 0, 0, 0, member.mode << 16, at)
    return head + rest + member.name + extra


def end_of_archive(count: int, offset: int, size_bytes: int) -> bytes:
    """What comes after the directory, which has `count` lines and begins at `offset`."""
    is_large = count >= _MANY or offset >= _LIMIT or size_bytes >= _LIMIT
    counts = (min(count, _MANY),) * 2
    end = pack("<4s4H", b"PK\x05\x06", 0, 0, *counts)
    end += pack("<2LH", min(size_bytes, _LIMIT), min(offset, _LIMIT), 0)
    if not is_large:
        return end
    where = pack("<4sLQL", b"PK\x06\x07", 0, offset + size_bytes, 1)
    return _end_64(count, offset, size_bytes) + where + end


def _end_64(count: int, offset: int, size_bytes: int) -> bytes:
    head = pack("<4sQ2H", b"PK\x06\x06", 44, _UNIX | _NEEDED_64, _NEEDED_64)
    return head + pack("<2L4Q", 0, 0, count, count, size_bytes, offset)


def _common(member: Member, is_large: bool) -> tuple[int, int, int, int, int]:
    needed = _NEEDED_64 if is_large else _NEEDED
    return (needed, _flags(member.name), member.method, *_EARLIEST)


def _extra(*values: int) -> bytes:
    if not values:
        return b""
    return pack(f"<2H{len(values)}Q", _ID_64, 8 * len(values), *values)


def _flags(name: bytes) -> int:
    if name.isascii():
        return 0
    try:
        name.decode()
    except UnicodeDecodeError:
        return 0
    return _UTF_8
