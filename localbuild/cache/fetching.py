"""Frames out of a store: fetched in spans, checked, expanded; several at a time, in order.

No byte leaves this module that is not what its hash says.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import groupby
from os import cpu_count
from typing import NamedTuple

from localbuild.cache.codec import Buffer, expand
from localbuild.cache.damage import DamagedError, read_part
from localbuild.cache.index import Frame, Index
from localbuild.cache.keys import object_name
from localbuild.ports.store import ByteStore

SPAN_BYTES = 2 << 20
_HELD_BYTES = 16 << 20


class Fetcher:
    """Reads frames of one index: as many reads at a time as the store likes, as much work as cores.

    `start` once, then `each` once. Whoever leaves half-way calls `close`.
    """

    def __init__(self, store: ByteStore, scope: str, index: Index) -> None:
        self._store = store
        self._scope = scope
        self._index = index
        cores = max(2, cpu_count() or 1)
        self._most = 2 * max(store.parallel, cores)
        self._readers = ThreadPoolExecutor(store.parallel, "localbuild-fetch")
        self._workers = ThreadPoolExecutor(cores, "localbuild-unpack")
        self._left: Iterator[Span] = iter(())
        self._reading: deque[tuple[Future[memoryview], Span]] = deque()
        self._working: deque[tuple[Future[None], Span]] = deque()
        self._held = 0

    def start(self, numbers: Iterable[int]) -> None:
        """Begin to read these frames, as many as may be held at once."""
        self._left = _spans(self._index, sorted(set(numbers), key=self._place))
        self._fill()

    def each(self, take: Callable[[int, memoryview], None]) -> None:
        """Hand every frame's number and what it holds to `take`, in threads, in no fixed order.

        Raises StoreError, DamagedError, and what `take` raises.
        """
        while self._reading or self._working:
            self._advance(take)
            self._fill()

    def close(self) -> None:
        """End the threads; safe to call twice."""
        self._readers.shutdown(wait=True, cancel_futures=True)
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _fill(self) -> None:
        while self._held < _HELD_BYTES and len(self._reading) + len(self._working) < self._most:
            span = next(self._left, None)
            if span is None:
                return
            self._held += span.held_bytes
            self._reading.append((self._readers.submit(self._read, span), span))

    def _advance(self, take: Callable[[int, memoryview], None]) -> None:
        """Pass on what has been read, or wait for what is worked on."""
        reading, working = self._reading, self._working
        while reading and (reading[0][0].done() or not working):
            future, span = reading.popleft()
            data = future.result()
            working.append((self._workers.submit(self._open, span, data, take), span))
        done, span = working.popleft()
        done.result()
        self._held -= span.held_bytes

    def _place(self, number: int) -> tuple[int, int]:
        frame = self._index.frames[number]
        return frame.pack, frame.offset

    def _name(self, span: "Span") -> str:
        return object_name(self._scope, self._index.packs[span.pack].digest)

    def _read(self, span: "Span") -> memoryview:
        return read_part(self._store, self._name(span), span.offset, span.length)

    def _open(
        self, span: "Span", data: memoryview, take: Callable[[int, memoryview], None]
    ) -> None:
        for number in span.frames:
            frame = self._index.frames[number]
            at = frame.offset - span.offset
            try:
                opened = open_frame(frame, data[at : at + frame.stored])
            except ValueError as error:
                raise DamagedError(self._store, self._name(span), str(error)) from None
            take(number, memoryview(opened))


class Span(NamedTuple):
    """Frames that lie next to each other in one pack, and are read at once."""

    pack: int
    offset: int
    length: int
    held_bytes: int
    frames: tuple[int, ...]


def open_frame(frame: Frame, stored: memoryview) -> Buffer:
    """What a frame holds. Raises ValueError where its bytes are not what its hash says."""
    if hashlib.sha256(stored).digest() != frame.digest:
        raise ValueError(f"the bytes at {frame.offset} are not those that were written")
    if frame.raw:
        return stored
    data = expand(stored, frame.size)
    if len(data) != frame.size:
        raise ValueError(f"the bytes at {frame.offset} expand to another size than was written")
    return data


def read_object(store: ByteStore, scope: str, digest: str) -> bytes:
    """A whole object. Raises DamagedError where it is not there or not what its name says."""
    name = object_name(scope, digest)
    data = store.read(name)
    if data is None:
        raise DamagedError(store, name, "it is not there")
    if hashlib.sha256(data).hexdigest() != digest:
        raise DamagedError(store, name, "its bytes are not those that were written")
    return data


def _spans(index: Index, numbers: Sequence[int]) -> Iterator[Span]:
    """Runs of frames, each of a few megabytes."""
    frames = index.frames
    for _, in_pack in groupby(numbers, key=lambda n: frames[n].pack):
        run: list[int] = []
        end = begin = 0
        for number in in_pack:
            frame = frames[number]
            if run and (frame.offset != end or end + frame.stored - begin > SPAN_BYTES):
                yield _span(index, run)
                run = []
            if not run:
                begin = frame.offset
            run.append(number)
            end = frame.offset + frame.stored
        yield _span(index, run)


def _span(index: Index, run: list[int]) -> Span:
    frames = [index.frames[number] for number in run]
    length = frames[-1].offset + frames[-1].stored - frames[0].offset
    held = length + max(frame.size for frame in frames)
    return Span(frames[0].pack, frames[0].offset, length, held, tuple(run))
