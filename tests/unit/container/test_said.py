"""What a script prints is kept up to a limit."""

import pytest

from localbuild.container.said import Said


@pytest.mark.parametrize(
    ("pieces", "kept", "is_whole"),
    [
        ((), b"", True),
        ((b"ab", b"c"), b"abc", True),
        ((b"ab", b"cd"), b"abcd", True),
        ((b"ab", b"cde"), b"abcd", False),
        ((b"abcde",), b"abcd", False),
        ((b"abcd", b"e"), b"abcd", False),
        ((b"abcd", b""), b"abcd", True),
        ((b"abcde", b""), b"abcd", False),
    ],
)
def test_the_first_bytes_are_kept(pieces: tuple[bytes, ...], kept: bytes, is_whole: bool) -> None:
    said = Said(4)
    for piece in pieces:
        said.take(piece)
    assert (said.data(), said.is_whole) == (kept, is_whole)
