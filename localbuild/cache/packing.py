"""Takes contents in, numbers them, and has those packed that are new.

What the entry that a save starts from has already is not written again.
"""

import hashlib
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from typing import NamedTuple, Protocol

from localbuild.cache.index import Content, Index
from localbuild.cache.packs import Frozen, PackWriter, freeze
from localbuild.ports.store import ByteStore

BLOCK_BYTES = 1 << 20


class Packing(Protocol):
    """What both ways of packing have; `contents` is complete after `finish`."""

    writer: PackWriter
    contents: list[Content]

    def add(self, data: bytes) -> int:
        """Take a content in; its number. Raises StoreError where an earlier one had no place."""

    def finish(self) -> None:
        """Write what is left and wait for it. Raises StoreError."""


def open_packing(store: ByteStore, scope: str, base: Index, sparse: frozenset[int]) -> Packing:
    """The way that fits. `sparse` packs of the base are not built upon."""
    writer = PackWriter(store, scope, base)
    if not base.contents:
        return FirstPacking(writer, store.level)
    known = {
        content.digest: number
        for number, content in enumerate(base.contents)
        if base.frames[content.frame].pack not in sparse
    }
    return KnownPacking(writer, store.level, known, len(base.contents))


class KnownPacking:
    """Looks at each content as it comes: what is known gets the number that it has."""

    def __init__(self, writer: PackWriter, level: int, known: dict[bytes, int], first: int) -> None:
        self.writer = writer
        self.contents: list[Content] = []
        self._level = level
        self._known = known
        self._first = first
        self._first_frame = writer.next_frame
        self._block: list[bytes] = []
        self._block_bytes = 0
        self._blocks = 0
        self._freezing: deque[Future[Frozen]] = deque()

    def add(self, data: bytes) -> int:
        """Take a content in; its number. Raises StoreError where an earlier one had no place."""
        digest = hashlib.sha256(data).digest()
        number = self._known.get(digest)
        if number is not None:
            return number
        size = len(data)
        if size >= BLOCK_BYTES and self._block:
            self._end_block()
        number = self._known[digest] = self._first + len(self.contents)
        frame = self._first_frame + self._blocks
        self.contents.append(Content(digest, size, frame, self._block_bytes))
        self._block.append(data)
        self._block_bytes += size
        if self._block_bytes >= BLOCK_BYTES:
            self._end_block()
        return number

    def finish(self) -> None:
        """Write what is left and wait for it. Raises StoreError."""
        if self._block:
            self._end_block()
        while self._freezing:
            self.writer.add(self._freezing.popleft().result())
        self.writer.finish()

    def _end_block(self) -> None:
        block, self._block, self._block_bytes = self._block, [], 0
        digest = self.contents[-1].digest if len(block) == 1 else b""
        self._blocks += 1
        self._freezing.append(self.writer.workers.submit(freeze, block, digest, self._level))
        while self._freezing and (
            len(self._freezing) > 2 * self.writer.cores or self._freezing[0].done()
        ):
            self.writer.add(self._freezing.popleft().result())


class _Sorted(NamedTuple):
    """A block whose contents have been looked at: `new` ones, in the order of the frame."""

    digests: list[bytes]
    sizes: list[int]
    new: list[bytes]
    frozen: Frozen | None


class FirstPacking:
    """Where nothing is known beforehand: contents are looked at in threads, a block at a time.

    A content that comes twice gets two numbers for one place.
    """

    def __init__(self, writer: PackWriter, level: int) -> None:
        self.writer = writer
        self.contents: list[Content] = []
        self._level = level
        self._known: dict[bytes, Content] = {}
        self._count = 0
        self._block: list[bytes] = []
        self._block_bytes = 0
        self._sorting: deque[Future[_Sorted]] = deque()

    def add(self, data: bytes) -> int:
        """Take a content in; its number. Raises StoreError where an earlier one had no place."""
        size = len(data)
        if size >= BLOCK_BYTES and self._block:
            self._end_block()
        self._block.append(data)
        self._block_bytes += size
        self._count += 1
        if self._block_bytes >= BLOCK_BYTES:
            self._end_block()
        return self._count - 1

    def finish(self) -> None:
        """Write what is left and wait for it. Raises StoreError."""
        if self._block:
            self._end_block()
        while self._sorting:
            self._take(self._sorting.popleft().result())
        self.writer.finish()

    def _end_block(self) -> None:
        block, self._block, self._block_bytes = self._block, [], 0
        self._sorting.append(self.writer.workers.submit(_sort, block, self._known, self._level))
        while self._sorting and (
            len(self._sorting) > 2 * self.writer.cores or self._sorting[0].done()
        ):
            self._take(self._sorting.popleft().result())

    def _take(self, found: _Sorted) -> None:
        known, frame, offset = self._known, self.writer.next_frame, 0
        sizes = dict(zip(found.digests, found.sizes, strict=True))
        for digest in found.new:
            size = sizes[digest]
            known.setdefault(digest, Content(digest, size, frame, offset))
            offset += size
        self.contents += [known[digest] for digest in found.digests]
        if found.frozen is not None:
            self.writer.add(found.frozen)


def _sort(pieces: Sequence[bytes], known: dict[bytes, Content], level: int) -> _Sorted:
    digests = [hashlib.sha256(piece).digest() for piece in pieces]
    new = {d: p for d, p in zip(digests, pieces, strict=True) if d not in known}
    frozen = None
    if new:
        alone = next(iter(new)) if len(new) == 1 else b""
        frozen = freeze(list(new.values()), alone, level)
    return _Sorted(digests, [len(piece) for piece in pieces], list(new), frozen)
