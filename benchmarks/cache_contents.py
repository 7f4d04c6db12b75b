"""Contents that compress as programs do: text about 5:1, machine code and tables about 3:1.

They are cut from two pools of some megabytes, made once from a vocabulary in which few words are
frequent and near stretches are about the same things, as in real programs.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from random import Random

_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_POOL_BYTES = 6 << 20
_WORDS = 6_000
_SEGMENT = 512 << 10
_BETWEEN = (" ", " ", ".", ".", "(", ");\n  ", " = ", ", ", ";\n  ", "[", " => {\n    ", ": ", '"')


class Contents:
    """Contents for files; the same seed gives the same ones in the same order."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)
        self._count = 0
        self._seed = seed
        self.turn()

    def turn(self) -> None:
        """From here on other words: the next package."""
        shuffled = bytes(self._random.sample(_LETTERS, len(_LETTERS)))
        self._letters = bytes.maketrans(_LETTERS, shuffled)

    def word(self) -> str:
        """A name."""
        return self._random.choice(_words())

    def text(self, size: int) -> bytes:
        """JavaScript-like text; its first line is no other's."""
        self._count += 1
        first = f"// {self._seed} {self._count}\n".encode()
        return (first + _cut(self._random, _text(), size).translate(self._letters))[:size]

    def code(self, size: int) -> bytes:
        """Machine code, or what looks like it."""
        table = bytes(self._random.sample(range(256), 256))
        return _cut(self._random, _code(), size).translate(table)

    def library(self, size: int) -> bytes:
        """A shared library: code, some text, some tables of mostly zeros."""
        return b"".join(self._segments(size))

    def like(self, name: str, size: int) -> bytes:
        """New contents for a file of that name."""
        return self.code(size) if name.endswith((".so", ".pyc")) else self.text(size)

    def _segments(self, size: int) -> Iterator[bytes]:
        for at in range(0, size, _SEGMENT):
            length, draw = min(_SEGMENT, size - at), self._random.random()
            if draw < 0.12:
                yield self.text(length)
            elif draw < 0.36:
                yield self._table(length)
            else:
                yield self.code(length)

    def _table(self, size: int) -> bytes:
        """Rows of 26 bytes of which two differ from row to row."""
        row = self._random.randbytes(4) + bytes(20)
        numbers = self._random.randbytes(2 * (size // 26 + 1))
        return b"".join(numbers[at : at + 2] + row for at in range(0, len(numbers), 2))[:size]


def _cut(random: Random, pool: bytes, size: int) -> bytes:
    """`size` bytes of the pool, from anywhere, over its end if need be."""
    pieces = []
    while size > 0:
        at = random.randrange(len(pool) - 256)
        pieces.append(pool[at : at + size])
        size -= len(pieces[-1])
    return b"".join(pieces)


@lru_cache(maxsize=1)
def _words() -> tuple[str, ...]:
    random, letters = Random("words"), _LETTERS.decode()
    lengths = random.choices(range(2, 15), (4, 6, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), k=_WORDS)
    return tuple("".join(random.choices(letters, k=length)) for length in lengths)


@lru_cache(maxsize=1)
def _text() -> bytes:
    random = Random("text")
    return _pool(random, [(word + random.choice(_BETWEEN)).encode() for word in _words()], 120, 4)


@lru_cache(maxsize=1)
def _code() -> bytes:
    random = Random("code")
    lengths = random.choices((1, 2, 3, 4, 5, 7), (2, 3, 5, 5, 3, 2), k=_WORDS)
    return _pool(random, [random.randbytes(length) for length in lengths], 200, 3)


def _pool(random: Random, words: Sequence[bytes], phrases: int, length: int) -> bytes:
    """A pool in stretches, each made of so many phrases of that many words, most of them rare."""
    often = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    stretches, size = [], 0
    while size < _POOL_BYTES:
        drawn = random.choices(words, cum_weights=often, k=phrases * length)
        ours = [b"".join(drawn[at : at + length]) for at in range(0, len(drawn), length)]
        stretches.append(b"".join(random.choices(ours, k=2 * phrases)))
        size += len(stretches[-1])
    return b"".join(stretches)
