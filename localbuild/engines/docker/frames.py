"""Docker's multiplexed stream: frames of 8 header bytes and a payload, off a socket."""

import os
import queue
import socket as sockets
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

STDOUT = 1
STDERR = 2
_HEADER = 8
_PIECE = 1 << 18
_AHEAD = 64
_PATIENCE_S = 0.5


def close_stream(stream: Any) -> None:
    """End a hijacked connection for good: the SDK's wrappers keep the socket open otherwise."""
    socket = getattr(stream, "_sock", stream)
    response = getattr(stream, "_response", None)
    with suppress(OSError, AttributeError):
        socket.shutdown(sockets.SHUT_RDWR)
    for held in (response, stream, socket):
        if held is not None:
            with suppress(OSError, ValueError):
                held.close()


def read_ahead(stream: Any) -> bytes:
    """What the SDK has read of a hijacked connection together with the answer's headers.

    It hands out the bare socket, and what came in the headers' packet stays in its buffer.
    """
    answer = getattr(stream, "_response", None)
    file = getattr(getattr(getattr(answer, "raw", None), "_fp", None), "fp", None)
    socket = getattr(stream, "_sock", None)
    if file is None or socket is None or not hasattr(file, "peek"):
        return b""
    before = socket.gettimeout()
    socket.settimeout(0)
    try:
        return bytes(file.read1(len(file.peek())))
    finally:
        socket.settimeout(before)


class FrameReader:
    """Reads frames from a raw attach or exec socket, ahead of whoever takes them.

    A thread empties the socket into a bounded queue, so that the engine does not wait while we
    write logs; a payload may come in several pieces. `output` is a pipe whose bytes count as
    stdout; it is closed at its end. `close_stream` ends the socket's thread.
    """

    def __init__(self, stream: Any, output: int = -1) -> None:
        self._socket = getattr(stream, "_sock", stream)
        self._buffer = bytearray(_PIECE)
        self._view = memoryview(self._buffer)
        self._stream = 0
        self._missing = 0
        self._header = b""
        self._ahead = read_ahead(stream)
        self._ready: queue.Queue[list[tuple[int, bytes]] | None] = queue.Queue(_AHEAD)
        self._open = 1
        self.socket_ended = False
        self._closed = threading.Event()
        self._start(self._receive)
        if output >= 0:
            self._open = 2
            self._start(lambda: _read_pipe(output))

    def read(self, seconds: float | None = None) -> list[tuple[int, bytes]] | None:
        """The next pieces as (stream, bytes), [] when none come in time; None at the end of all."""
        if not self._open:
            return None
        try:
            pieces = self._ready.get(timeout=seconds)
        except queue.Empty:
            return []
        if pieces is not None:
            return pieces
        self._open -= 1
        return [] if self._open else None

    def close(self) -> None:
        """Nobody reads any more: the threads throw away what still comes, up to its end."""
        self._closed.set()

    def _hand_over(self, pieces: list[tuple[int, bytes]] | None) -> None:
        while not self._closed.is_set():
            with suppress(queue.Full):
                self._ready.put(pieces, timeout=_PATIENCE_S)
                return

    def _start(self, receive: Callable[[], list[tuple[int, bytes]] | None]) -> None:
        def pump() -> None:
            pieces: list[tuple[int, bytes]] | None = []
            while pieces is not None:
                pieces = receive()
                if pieces != []:
                    self._hand_over(pieces)

        threading.Thread(target=pump, name="localbuild-frames", daemon=True).start()

    def _receive(self) -> list[tuple[int, bytes]] | None:
        try:
            count = self._take_ahead() or self._socket.recv_into(self._buffer)
        except OSError:
            count = 0
        if not count:
            self.socket_ended = True
            return None
        return list(self._split(count))

    def _take_ahead(self) -> int:
        """What was read before us comes first; it is less than a piece."""
        ahead, self._ahead = self._ahead, b""
        self._view[: len(ahead)] = ahead
        return len(ahead)

    def _split(self, count: int) -> Iterator[tuple[int, bytes]]:
        at = 0
        while at < count:
            if self._missing == 0:
                at = self._read_header(at, count)
                continue
            end = min(count, at + self._missing)
            yield self._stream, bytes(self._view[at:end])
            self._missing -= end - at
            at = end

    def _read_header(self, at: int, count: int) -> int:
        end = min(count, at + _HEADER - len(self._header))
        self._header += bytes(self._view[at:end])
        if len(self._header) == _HEADER:
            self._stream = self._header[0]
            self._missing = int.from_bytes(self._header[4:], "big")
            self._header = b""
        return end


class RawReader(FrameReader):
    """Reads a stream without frames, as a terminal's is: all of it is stdout's."""

    def _split(self, count: int) -> Iterator[tuple[int, bytes]]:
        yield STDOUT, bytes(self._view[:count])


def _read_pipe(descriptor: int) -> list[tuple[int, bytes]] | None:
    data = os.read(descriptor, _PIECE)
    if data:
        return [(STDOUT, data)]
    os.close(descriptor)
    return None
