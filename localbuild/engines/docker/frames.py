"""Docker's multiplexed stream: frames of 8 header bytes and a payload, off a socket."""

import select
import socket as sockets
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

STDOUT = 1
STDERR = 2
_HEADER = 8
_PIECE = 1 << 18


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


class FrameReader:
    """Reads frames from a raw attach or exec socket; a payload may come in several pieces."""

    def __init__(self, socket: Any) -> None:
        self._socket = getattr(socket, "_sock", socket)
        self._buffer = bytearray(_PIECE)
        self._view = memoryview(self._buffer)
        self._stream = 0
        self._missing = 0
        self._header = b""

    def wait(self, seconds: float) -> bool:
        """Whether something can be read within that time; also at the stream's end."""
        pending = getattr(self._socket, "pending", None)
        if pending is not None and pending():
            return True
        try:
            return bool(select.select([self._socket], [], [], seconds)[0])
        except (OSError, ValueError):
            return True  # closed: reading finds the end

    def read(self) -> list[tuple[int, bytes]] | None:
        """The next pieces as (stream, bytes); None at the end of the stream."""
        try:
            count = self._socket.recv_into(self._buffer)
        except OSError:
            return None
        return list(self._split(count)) if count else None

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
