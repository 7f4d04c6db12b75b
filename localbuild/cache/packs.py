"""Blocks of contents into frames, frames into packs, packs into a store: in bounded memory."""

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from os import cpu_count
from typing import NamedTuple

from localbuild.cache.codec import compress
from localbuild.cache.index import Frame, Index, Pack
from localbuild.cache.keys import object_name
from localbuild.ports.store import ByteStore

PACK_BYTES = 8 << 20
SAMPLE_BYTES = 1 << 14
_DENSE = 0.95
_PACKS_AT_ONCE = 4


class Frozen(NamedTuple):
    """A block as it goes into a pack; `digest` is of its `stored` bytes."""

    stored: bytes
    digest: bytes
    size: int
    raw: bool


def freeze(pieces: Sequence[bytes], digest: bytes, level: int) -> Frozen:
    """Compress a block, or leave it where that gains nothing; a sample tells beforehand.

    `digest` is that of a block's only content, which need not be reckoned once more.
    """
    block = b"".join(pieces) if len(pieces) > 1 else pieces[0]
    stored = block if _is_dense(block) else compress(block, level)
    if len(stored) < len(block):
        return Frozen(stored, hashlib.sha256(stored).digest(), len(block), False)
    return Frozen(block, digest or hashlib.sha256(block).digest(), len(block), True)


def _is_dense(block: bytes) -> bool:
    """Whether a sample of a large block says that it is compressed already."""
    if len(block) <= 2 * SAMPLE_BYTES:
        return False
    middle = len(block) // 2
    sample = memoryview(block)[middle : middle + SAMPLE_BYTES]
    return len(compress(sample, 1)) > _DENSE * SAMPLE_BYTES


class PackWriter:
    """Gathers frames into packs and writes them. Not safe for several threads.

    `frames` and `packs` are what it added to `base`: complete after `finish`, in the store after
    `wait`. Whoever leaves it half-way calls `close`. `workers` are there for whoever makes frames.
    """

    def __init__(self, store: ByteStore, scope: str, base: Index) -> None:
        self._store = store
        self._scope = scope
        self._first_frame, self._first_pack = len(base.frames), len(base.packs)
        self.frames: list[Frame] = []
        self.packs: list[Pack] = []
        self._pieces: list[bytes] = []
        self._pack_bytes = 0
        self._named: deque[Future[Pack]] = deque()
        self._writing: deque[Future[None]] = deque()
        self._most_writing = min(_PACKS_AT_ONCE, store.parallel)
        self._writers = ThreadPoolExecutor(self._most_writing, "localbuild-store")
        self.cores = max(2, cpu_count() or 2)
        self.workers = ThreadPoolExecutor(self.cores, "localbuild-pack")

    @property
    def new_bytes(self) -> int:
        """What the packs take up in the store."""
        return sum(pack.size for pack in self.packs)

    @property
    def next_frame(self) -> int:
        """The number of the frame that is added next."""
        return self._first_frame + len(self.frames)

    @property
    def is_held_up(self) -> bool:
        """Whether the store is slower than whoever makes frames."""
        return sum(not pack.done() for pack in self._writing) >= self._most_writing

    def add(self, frozen: Frozen) -> None:
        """Take a frame in. Raises StoreError where an earlier one had no place."""
        pack = self._first_pack + len(self._named)
        stored = len(frozen.stored)
        self.frames.append(
            Frame(frozen.digest, pack, self._pack_bytes, stored, frozen.size, frozen.raw)
        )
        self._pieces.append(frozen.stored)
        self._pack_bytes += stored
        if self._pack_bytes >= PACK_BYTES:
            self._end_pack()

    def finish(self) -> None:
        """Begin to write what is left. Raises StoreError where an earlier one had no place."""
        self._end_pack()
        self.packs = [named.result() for named in self._named]

    def wait(self) -> None:
        """Have it all in the store. Raises StoreError."""
        while self._writing:
            self._writing.popleft().result()
        self.close()

    def close(self) -> None:
        """End all threads; safe to call twice."""
        self.workers.shutdown(wait=True, cancel_futures=True)
        self._writers.shutdown(wait=True, cancel_futures=True)

    def _end_pack(self) -> None:
        if not self._pieces:
            return
        pieces, self._pieces, self._pack_bytes = self._pieces, [], 0
        self._named.append(Future())
        self._writing.append(self._writers.submit(self._write, pieces, self._named[-1]))
        while self._writing and (
            len(self._writing) > self._most_writing or self._writing[0].done()
        ):
            self._writing.popleft().result()

    def _write(self, pieces: Sequence[bytes], named: "Future[Pack]") -> None:
        """Name a pack, for whoever waits for that alone, and write it."""
        pack = _pack_of(pieces)
        named.set_result(pack)
        _write_new(self._store, self._scope, pack, pieces)


def write_object(store: ByteStore, scope: str, pieces: Sequence[bytes]) -> Pack:
    """Write an immutable object under its own hash. Raises StoreError."""
    pack = _pack_of(pieces)
    _write_new(store, scope, pack, pieces)
    return pack


def _pack_of(pieces: Sequence[bytes]) -> Pack:
    return Pack(digest_of_pieces(pieces), sum(map(len, pieces)))


def _write_new(store: ByteStore, scope: str, pack: Pack, pieces: Sequence[bytes]) -> None:
    """One that is there already is made young.

    An old one could be condemned already; made young, it is spared. One that a loss of power has
    cut short is written anew.
    """
    name = object_name(scope, pack.digest)
    if not store.create(name, pieces):
        found = store.find(name)
        if found is not None and found.size_bytes != pack.size:
            store.remove(name, found)
        if not store.freshen(name):
            store.create(name, pieces)


def digest_of_pieces(pieces: Iterable[bytes]) -> str:
    """SHA-256 in hex of bytes in pieces."""
    whole = hashlib.sha256()
    for piece in pieces:
        whole.update(piece)
    return whole.hexdigest()
