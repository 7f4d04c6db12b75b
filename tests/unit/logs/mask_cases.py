"""Secrets of all kinds, texts that hold them, and the masking of a text as one would define it."""

import random
from collections.abc import Iterable, Iterator
from itertools import pairwise

from localbuild.logs.mask import MASKED, Masker
from localbuild.logs.mask import Mask as RealMask

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \t"
_WIDE = "äöüßéñçøλжאبあ漢字🎉\u200b"


def make_secrets(chance: random.Random, count: int, longest: int) -> list[str]:
    """Random secrets: plain ones, with signs, unicode, several lines, overlapping, nested."""
    secrets: list[str] = []
    kinds = (_plain, _signs, _wide, _lines, _overlapping, _binary)
    while len(secrets) < count:
        size = min(longest, int(4 * (longest / 4) ** chance.random()))
        kind = chance.randrange(len(kinds) + 2)
        if kind < len(kinds):
            secret = kinds[kind](chance, size)
        else:
            secret = _nested(chance, secrets or ["seed secret"], longest)
        if len(secret.strip()) >= 4:
            secrets.append(secret)
    return secrets


def defined(forms: Iterable[bytes], text: bytes) -> bytes:
    """What masking means, byte by byte: a byte goes where a form covers it.

    A run of covered bytes is one `***` as far as forms overlap; forms that touch are two.
    """
    covered = bytearray(len(text) + 1)
    joined = bytearray(len(text) + 1)
    for form in forms:
        at = text.find(form)
        while at >= 0:
            end = at + len(form)
            covered[at:end] = b"\1" * len(form)
            joined[at + 1 : end] = b"\1" * (len(form) - 1)
            at = text.find(form, at + 1)
    out = bytearray()
    for at, byte in enumerate(text):
        if not covered[at]:
            out.append(byte)
        elif not joined[at]:
            out += MASKED
    return bytes(out)


def streamed(mask: RealMask, pieces: Iterable[bytes]) -> bytes:
    """What a stream of these pieces comes out as."""
    masker = Masker(mask)
    return b"".join([*(masker.feed(piece) for piece in pieces), masker.flush()])


def cut(text: bytes, *at: int) -> Iterator[bytes]:
    """The text in pieces that end there."""
    edges = (0, *sorted(at), len(text))
    return (text[begin:end] for begin, end in pairwise(edges))


def _some(chance: random.Random, letters: str, size: int) -> str:
    return "".join(chance.choices(letters, k=size))


def _plain(chance: random.Random, size: int) -> str:
    return _some(chance, _LETTERS, size)


def _signs(chance: random.Random, size: int) -> str:
    return _some(chance, _LETTERS + _SIGNS, size)


def _wide(chance: random.Random, size: int) -> str:
    return _some(chance, _LETTERS + _WIDE * 3, size)


def _binary(chance: random.Random, size: int) -> str:
    return chance.randbytes(size).decode("utf-8", "surrogateescape")


def _lines(chance: random.Random, size: int) -> str:
    text = _some(chance, _LETTERS, size)
    width = chance.choice((3, 9, 40, 64))
    end = chance.choice(("\n", "\r\n"))
    return end.join(text[at : at + width] for at in range(0, size, width)) + chance.choice(
        ("", end)
    )


def _overlapping(chance: random.Random, size: int) -> str:
    """The beginning is the end again: `abcab`, `aaaa`."""
    unit = _some(chance, "ab" if chance.random() < 0.5 else _LETTERS, chance.randint(1, 5))
    return (unit * size)[:size]


def _nested(chance: random.Random, secrets: list[str], longest: int) -> str:
    """A secret around another one, a part of one, or one's end and another's beginning."""
    one, other = chance.choice(secrets), chance.choice(secrets)
    half = max(4, len(one) // 2)
    made = chance.choice((f"<{one}>", one[:half], one[-half:] + other[: len(other) // 2]))
    return made[:longest]
