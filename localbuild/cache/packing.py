"""Takes contents in, numbers them, and has those packed that are new.

What the entry that a save starts from has already is not written again, nor is what comes twice.
"""

import hashlib
from collections import deque
from concurrent.futures import Future

from localbuild.cache.index import Content, Index
from localbuild.cache.packs import Frozen, PackWriter, freeze
from localbuild.ports.store import ByteStore

BLOCK_BYTES = 1 << 20
_PATIENCE = 4
"""How many zstd levels more there is time for, while the store is what all wait for."""


class Packing:
    """Hashes each content as it comes, and has threads compress and write blocks of new ones.

    `contents` are the new ones, complete after `finish`, in the store after the writer's `wait`.
    `sparse` packs of the base are not built upon. Not safe for several threads.
    """

    def __init__(
        self, store: ByteStore, scope: str, base: Index, sparse: frozenset[int] = frozenset()
    ) -> None:
        self.writer = PackWriter(store, scope, base)
        self.contents: list[Content] = []
        self._level = store.level
        self._known = {
            content.digest: number
            for number, content in enumerate(base.contents)
            if base.frames[content.frame].pack not in sparse
        }
        self._first = len(base.contents)
        self._frame = self.writer.next_frame
        self._block: list[bytes] = []
        self._block_bytes = 0
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
        self.contents.append(Content(digest, size, self._frame, self._block_bytes))
        self._block.append(data)
        self._block_bytes += size
        if self._block_bytes >= BLOCK_BYTES:
            self._end_block()
        return number

    def finish(self) -> None:
        """Begin to write what is left. Raises StoreError where an earlier one had no place."""
        if self._block:
            self._end_block()
        while self._freezing:
            self.writer.add(self._freezing.popleft().result())
        self.writer.finish()

    def _end_block(self) -> None:
        block, self._block, self._block_bytes = self._block, [], 0
        digest = self.contents[-1].digest if len(block) == 1 else b""
        self._frame += 1
        level = self._level + _PATIENCE * self.writer.is_held_up
        self._freezing.append(self.writer.workers.submit(freeze, block, digest, level))
        while self._freezing and (
            len(self._freezing) > 2 * self.writer.cores or self._freezing[0].done()
        ):
            self.writer.add(self._freezing.popleft().result())
