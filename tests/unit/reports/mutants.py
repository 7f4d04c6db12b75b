"""Report files made by chance: real ones, changed here and there as damage and malice would."""

from functools import cache
from pathlib import Path
from random import Random

FILES = Path(__file__).parent / "files"
_LARGEST = 60_000
_PIECES = (
    *(b"<", b">", b"/>", b"&", b"&lt;", b"&#0;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b'"', b"'"),
    *(b"<!DOCTYPE a [<!ENTITY e 'x'>]>", b"<?xml version='1.0' encoding='utf-16'?>", b"&e;"),
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\x1b[31m", b"\xf0\x9f\x92\xa9"),
    *(
        b"[",
        b"]",
        b"{",
        b"}",
        b",",
        b":",
        b"null",
        b"-1",
        b"1e999",
        b"NaN",
        b'"\\ud800"',
        b"9" * 99,
    ),
    *(b"<testcase>", b"</testsuite>", b"<testsuite>", b"<failure/>", b"<counter/>", b"<line/>"),
)


@cache
def real_files() -> tuple[tuple[str, bytes], ...]:
    """Every file that a tool wrote, with its format."""
    found = sorted(path for path in FILES.glob("*/*") if path.suffix in (".xml", ".json", ".trx"))
    read = ((path.parent.name, path.read_bytes()) for path in found)
    return tuple((name, data) for name, data in read if len(data) <= _LARGEST)


def make_mutant(seed: int) -> tuple[str, bytes]:
    """A format and a file of it, more or less."""
    random = Random(seed)
    files = real_files()
    file_format, data = random.choice(files)
    for _ in range(random.choice((1, 1, 2, 3, 8, 20))):
        data = _changed(data, random)
    if random.random() < 0.05:
        file_format = random.choice(files)[0]
    return file_format, data


def _changed(data: bytes, random: Random) -> bytes:
    at, to = sorted((_place(data, random), _place(data, random)))
    match random.randrange(8):
        case 0:
            return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]
        case 1:
            return data[:at] + random.choice(_PIECES) + data[at:]
        case 2:
            return data[:at] + data[to:]
        case 3:
            return data[:at]
        case 4:
            return (data[:to] + data[at:])[: 2 * _LARGEST]
        case 5:
            end = min(len(data), at + 64)
            return data[:at] + data[at:end].swapcase() + data[end:]
        case 6:
            old, new = random.choice(_PIECES), random.choice(_PIECES)
            return data.replace(old, new, random.choice((1, 3, -1)))[: 2 * _LARGEST]
        case _:
            return data[:at] + data[at : at + 16] * random.randrange(2, 50) + data[at:]


def _place(data: bytes, random: Random) -> int:
    return random.randrange(len(data) + 1)
