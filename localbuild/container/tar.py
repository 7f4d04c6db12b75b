"""The bytes of an uncompressed tar archive: headers in GNU's format, everything owned by root.

Names and link targets are bytes, anything but NUL. A name or target over 100 bytes is written as
a GNU long name before its member, a number that octal cannot hold as GNU's base 256. Times are
whole seconds (floor) and the nanoseconds above them; where there are any, a PAX record `mtime`
comes first, and whoever knows none (busybox) takes the seconds.
Source: GNU tar manual, Basic Tar Format; POSIX pax, Extended Header.
"""

from zlib import adler32

BLOCK_BYTES = 512
END = bytes(2 * BLOCK_BYTES)

_NAME_BYTES = 100
_OCTAL_LIMIT = 8**11
_SECOND_NS = 1_000_000_000
_NUMBERS = b"%07o\x000000000\x000000000\x00%011o\x00%011o\x00        "
_OWNER = b"root".ljust(32, b"\0")
_TAIL = b"ustar  \0" + _OWNER + _OWNER + bytes(183)
_PADDINGS = tuple(bytes(-size % BLOCK_BYTES) for size in range(BLOCK_BYTES))


def file_header(
    name: bytes, mode: int, size_bytes: int, mtime_s: int, nanoseconds: int = 0
) -> bytes:
    """What comes before the contents of a regular file."""
    member = _member(b"0", name, b"", _numbers(mode, size_bytes, mtime_s))
    return _exact_time(mtime_s, nanoseconds) + member if nanoseconds else member


def directory_header(
    name: bytes, mode: int, mtime_s: int, nanoseconds: int = 0, owner: tuple[int, int] = (0, 0)
) -> bytes:
    """A whole directory member; `name` ends with a slash, `owner` is a uid and a gid."""
    numbers = _numbers(mode, 0, mtime_s) if owner == (0, 0) else _owned(mode, mtime_s, owner)
    member = _member(b"5", name, b"", numbers)
    return _exact_time(mtime_s, nanoseconds) + member if nanoseconds else member


def link_header(name: bytes, target: bytes, mtime_s: int, nanoseconds: int = 0) -> bytes:
    """A whole symbolic link member."""
    member = _member(b"2", name, target, _numbers(0o777, 0, mtime_s))
    return _exact_time(mtime_s, nanoseconds) + member if nanoseconds else member


def hard_link_header(
    name: bytes, target: bytes, mode: int, mtime_s: int, nanoseconds: int = 0
) -> bytes:
    """One more name of the archive's member `target`; some readers set mode and time anew."""
    member = _member(b"1", name, target, _numbers(mode, 0, mtime_s))
    return _exact_time(mtime_s, nanoseconds) + member if nanoseconds else member


def padding(size_bytes: int) -> bytes:
    """What comes after contents of that size."""
    return _PADDINGS[size_bytes % BLOCK_BYTES]


def _member(kind: bytes, name: bytes, target: bytes, numbers: bytes) -> bytes:
    if len(name) > _NAME_BYTES:
        return _long(b"L", name) + _member(kind, name[:_NAME_BYTES], target, numbers)
    if len(target) > _NAME_BYTES:
        return _long(b"K", target) + _member(kind, name, target[:_NAME_BYTES], numbers)
    block = b"%b%b%b%b%b" % (
        name.ljust(_NAME_BYTES, b"\0"),
        numbers,
        kind,
        target.ljust(_NAME_BYTES, b"\0"),
        _TAIL,
    )
    return b"%b%06o\0 %b" % (block[:148], _checksum(block), block[156:])


def _checksum(block: bytes) -> int:
    """The sum of a header's bytes, which always is below adler32's modulus of 65,521."""
    return (adler32(block) & 0xFFFF) - 1


def _numbers(mode: int, size_bytes: int, mtime_s: int) -> bytes:
    if 0 <= mtime_s < _OCTAL_LIMIT and size_bytes < _OCTAL_LIMIT:
        return _NUMBERS % (mode, size_bytes, mtime_s)
    owner = b"0000000\x000000000\x00"
    return b"%07o\0%b%b%b        " % (mode, owner, _number(size_bytes), _number(mtime_s))


def _owned(mode: int, mtime_s: int, owner: tuple[int, int]) -> bytes:
    """The numbers of a directory of somebody else's."""
    ids = b"".join(b"%07o\0" % each if each < 8**7 else _base_256(each) for each in owner)
    return b"%07o\0%b%b%b        " % (mode, ids, _number(0), _number(mtime_s))


def _base_256(value: int) -> bytes:
    return b"\x80" + value.to_bytes(7, "big")


def _number(value: int) -> bytes:
    if 0 <= value < _OCTAL_LIMIT:
        return b"%011o\0" % value
    field = value.to_bytes(12, "big", signed=True)
    return field if value < 0 else b"\x80" + field[1:]


def _long(kind: bytes, text: bytes) -> bytes:
    size_bytes = len(text) + 1
    header = _member(kind, b"././@LongLink", b"", _numbers(0, size_bytes, 0))
    return header + text + b"\0" + padding(size_bytes)


def _exact_time(mtime_s: int, nanoseconds: int) -> bytes:
    """A PAX header with the member's time to the nanosecond; it goes before long names."""
    time_ns = mtime_s * _SECOND_NS + nanoseconds
    value = b"%b%d.%09d" % (b"-" if time_ns < 0 else b"", *divmod(abs(time_ns), _SECOND_NS))
    record = b" mtime=%b\n" % value
    length = len(record) + 2  # two digits do for any time: 12 to 40 bytes
    text = b"%d%b" % (length, record)
    header = _member(b"x", b"././@PaxHeader", b"", _numbers(0, length, 0))
    return header + text + padding(length)
