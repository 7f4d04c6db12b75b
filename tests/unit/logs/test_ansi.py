"""Control sequences are taken out wherever the stream is cut."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.logs.ansi import AnsiFilter, strip_ansi

FRAGMENTS = [
    *(b"\x1b", b"\xc2", b"\x9b", b"\x9d", b"\x9c", b"[", b"]", b"P", b"X", b"^", b"_", b"\\"),
    *(b"m", b"K", b"H", b"(", b"B", b"0", b"31", b";", b":", b"?", b">", b" ", b"!", b"7"),
    *(b"\x07", b"\x18", b"\n", b"\r", b"text", b"\xc3\xa9", b"\xc2\xa9", b"\xff", b"\x1b[31m"),
    *(b"\x1b[2J", b"\x1b]0;title\x07", b"\x1b]8;;u\x1b\\", b"1" * 70, b" " * 70),
]
noise = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map(b"".join)
LEGAL = re.compile(rb"\x1b\[[0-9;:]*m")

KEPT: dict[str, tuple[bytes, bytes]] = {
    "plain": (b"a\tb\r\nc\x08\x00", b"a\tb\r\nc\x08\x00"),
    "colours": (b"\x1b[1;38:5:9mx\x1b[0m\x1b[m", b"\x1b[1;38:5:9mx\x1b[0m\x1b[m"),
    "cursor and erasing": (b"a\x1b[2J\x1b[10;20Hb\x1b[K\x1b[?25l", b"ab"),
    "modified keys are no colour": (b"a\x1b[>4;1mb", b"ab"),
    "window title": (b"a\x1b]0;title\x07b", b"ab"),
    "clipboard": (b"a\x1b]52;c;aGk=\x1b\\b", b"ab"),
    "hyperlink": (b"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", b"link"),
    "device control": (b"a\x1bP1$qm\x1b\\b", b"ab"),
    "never terminated": (b"a\x1b]0;title\nnext", b"a\nnext"),
    "charset": (b"\x1b(0a\x1b(B", b"a"),
    "reset": (b"a\x1bcb\x1b7\x1b8", b"ab"),
    "eight bits in UTF-8": (b"a\xc2\x9b2Jb\xc2\x9d0;t\xc2\x9cc", b"abc"),
    "other characters": ("é©»日本".encode(), "é©»日本".encode()),
    "broken sequence": (b"a\x1b[3\nb", b"a3\nb"),
    "lone escape": (b"a\x1b\nb\x1b", b"a\nb"),
}


@pytest.mark.parametrize(("data", "expected"), KEPT.values(), ids=KEPT.keys())
def test_colours_stay_and_the_rest_goes(data: bytes, expected: bytes) -> None:
    assert filtered([data], keep_sgr=True) == expected
    assert strip_ansi(data) == LEGAL.sub(b"", expected)


def test_every_cut_gives_the_same() -> None:
    for data, expected in KEPT.values():
        for cut in range(len(data) + 1):
            assert filtered([data[:cut], data[cut:]], keep_sgr=True) == expected


@given(noise, st.lists(st.integers(0, 200)), st.booleans())
def test_cuts_do_not_matter(data: bytes, cuts: list[int], keep_sgr: bool) -> None:
    whole = filtered([data], keep_sgr=keep_sgr)
    assert filtered(_pieces(data, cuts), keep_sgr=keep_sgr) == whole
    assert filtered([bytes((byte,)) for byte in data], keep_sgr=keep_sgr) == whole


@given(noise)
def test_only_colours_pass(data: bytes) -> None:
    kept = filtered([data], keep_sgr=True)
    assert b"\x1b" not in LEGAL.sub(b"", kept)
    assert b"\x1b" not in strip_ansi(data)


@given(st.binary().filter(lambda data: not {0x1B, 0xC2} & set(data)))
def test_what_has_no_sequence_is_untouched(data: bytes) -> None:
    assert strip_ansi(data) == data


def test_a_string_that_never_ends_is_not_held() -> None:
    filter_ = AnsiFilter(keep_sgr=True)
    assert filter_.feed(b"a\x1b]0;") == b"a"
    assert all(filter_.feed(b"x" * 1000) == b"" for _ in range(100))
    assert filter_.feed(b"\nb") == b"\nb"


def filtered(pieces: list[bytes], *, keep_sgr: bool) -> bytes:
    filter_ = AnsiFilter(keep_sgr=keep_sgr)
    return b"".join(filter_.feed(piece) for piece in pieces) + filter_.finish()


def _pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(bounds)]
