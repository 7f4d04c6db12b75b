"""Contents into frames, frames into packs, packs into a store: in parallel, in bounded memory.

What the entry that a save starts from has already is not written again.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from os import cpu_count
from typing import NamedTuple

from localbuild.cache.codec import compress
from localbuild.cache.index import Content, Frame, Index, Pack
from localbuild.cache.keys import object_name
from localbuild.ports.store import ByteStore

BLOCK_BYTES = 1 << 20
PACK_BYTES = 8 << 20
SAMPLE_BYTES = 1 << 16
_DENSE = 0.95
_PACKS_AT_ONCE = 6


class _Frozen(NamedTuple):
    """A block as it goes into a pack."""

    stored: bytes
    digest: bytes
    size: int
    raw: bool


def _freeze(pieces: Sequence[bytes], digest: bytes, level: int) -> _Frozen:
    """Compress a block, or leave it where that gains nothing; a sample tells beforehand.

    `digest` is that of a block's only content, which need not be reckoned once more.
    """
    block = b"".join(pieces) if len(pieces) > 1 else pieces[0]
    stored = block if _is_dense(block) else compress(block, level)
    if len(stored) < len(block):
        return _Frozen(stored, hashlib.sha256(stored).digest(), len(block), False)
    return _Frozen(block, digest or hashlib.sha256(block).digest(), len(block), True)


def _is_dense(block: bytes) -> bool:
    """Whether a sample of a large block says that it is compressed already."""
    if len(block) <= 2 * SAMPLE_BYTES:
        return False
    middle = len(block) // 2
    sample = memoryview(block)[middle : middle + SAMPLE_BYTES]
    return len(compress(sample, 1)) > _DENSE * SAMPLE_BYTES


class Packer:
    """Takes contents in, and writes those that are new. Not safe for several threads.

    `contents`, `frames` and `packs` are what it added to the index that it began with, complete
    after `finish`. Whoever leaves it half-way calls `close`. `sparse` packs are not built upon.
    """

    def __init__(self, store: ByteStore, scope: str, base: Index, sparse: frozenset[int]) -> None:
        self._store = store
        self._scope = scope
        self._first = (len(base.contents), len(base.frames), len(base.packs))
        self._known = {
            c.digest: number
            for number, c in enumerate(base.contents)
            if base.frames[c.frame].pack not in sparse
        }
        self.contents: list[Content] = []
        self.frames: list[Frame] = []
        self.packs: list[Pack] = []
        self._block: list[bytes] = []
        self._block_bytes = 0
        self._blocks = 0
        self._freezing: deque[Future[_Frozen]] = deque()
        self._pieces: list[bytes] = []
        self._pack_bytes = 0
        self._writing: deque[Future[Pack]] = deque()
        workers = max(2, cpu_count() or 2)
        self._most_freezing = 3 * workers
        self._most_writing = min(_PACKS_AT_ONCE, store.parallel)
        self._workers = ThreadPoolExecutor(workers, "localbuild-pack")
        self._writers = ThreadPoolExecutor(self._most_writing, "localbuild-store")

    @property
    def new_bytes(self) -> int:
        """What the packs take up in the store."""
        return sum(pack.size for pack in self.packs)

    def add(self, data: bytes) -> int:
        """Take a content in; its number. Raises StoreError where an earlier one had no place."""
        digest = hashlib.sha256(data).digest()
        number = self._known.get(digest)
        if number is not None:
            return number
        size = len(data)
        if size >= BLOCK_BYTES and self._block:
            self._end_block()
        number = self._first[0] + len(self.contents)
        self._known[digest] = number
        frame = self._first[1] + self._blocks
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
            self._add_frame()
        self._end_pack()
        while self._writing:
            self.packs.append(self._writing.popleft().result())
        self.close()

    def close(self) -> None:
        """End the workers; safe to call twice."""
        self._workers.shutdown(wait=True, cancel_futures=True)
        self._writers.shutdown(wait=True, cancel_futures=True)

    def _end_block(self) -> None:
        block, self._block, self._block_bytes = self._block, [], 0
        digest = self.contents[-1].digest if len(block) == 1 else b""
        self._blocks += 1
        self._freezing.append(self._workers.submit(_freeze, block, digest, self._store.level))
        while self._freezing and (
            len(self._freezing) > self._most_freezing or self._freezing[0].done()
        ):
            self._add_frame()

    def _add_frame(self) -> None:
        frozen = self._freezing.popleft().result()
        pack = self._first[2] + len(self.packs) + len(self._writing)
        stored = len(frozen.stored)
        self.frames.append(
            Frame(frozen.digest, pack, self._pack_bytes, stored, frozen.size, frozen.raw)
        )
        self._pieces.append(frozen.stored)
        self._pack_bytes += stored
        if self._pack_bytes >= PACK_BYTES:
            self._end_pack()

    def _end_pack(self) -> None:
        if not self._pieces:
            return
        pieces, self._pieces, self._pack_bytes = self._pieces, [], 0
        self._writing.append(self._writers.submit(write_object, self._store, self._scope, pieces))
        while self._writing and (
            len(self._writing) > self._most_writing or self._writing[0].done()
        ):
            self.packs.append(self._writing.popleft().result())


def write_object(store: ByteStore, scope: str, pieces: Sequence[bytes]) -> Pack:
    """Write an immutable object under its own hash. One that is there already is made young.

    An old one could be condemned already; made young, it is spared. One that a loss of power has
    cut short is written anew. Raises StoreError.
    """
    digest = digest_of_pieces(pieces)
    name = object_name(scope, digest)
    size = sum(map(len, pieces))
    if not store.create(name, pieces):
        found = store.find(name)
        if found is not None and found.size_bytes != size:
            store.remove(name, found)
        if not store.freshen(name):
            store.create(name, pieces)
    return Pack(digest, size)


def digest_of_pieces(pieces: Iterable[bytes]) -> str:
    """SHA-256 in hex of bytes in pieces."""
    whole = hashlib.sha256()
    for piece in pieces:
        whole.update(piece)
    return whole.hexdigest()
