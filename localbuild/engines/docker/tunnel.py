"""Serves on the loopback of a container where we may not enter its network: through an exec.

A program in the container listens there and passes each request on, through the exec's streams. It
needs the image's python3: a shell alone cannot listen.
"""

import threading
from contextlib import suppress
from typing import Any, Protocol

from localbuild.engines.docker.execs import Exec
from localbuild.engines.docker.frames import STDOUT
from localbuild.ports.loopback import Answer

_READY_S = 20.0
_MOST = 65535
"""A port, and more bytes than a request's head has. A build that is root may say anything here."""

_MOST_DIGITS = 5
_PROGRAM = """\
import socket, sys, threading
i, o, turn = sys.stdin.buffer, sys.stdout.buffer, threading.Lock()
def say(data, number):
    o.write(b"%d\\n" % number + data)
    o.flush()
def serve(c):
    with c:
        c.settimeout(5)
        head = b""
        while b"\\r\\n\\r\\n" not in head and len(head) < 16384:
            piece = c.recv(4096)
            if not piece:
                return
            head += piece
        with turn:
            say(head, len(head))
            found = i.read(int(i.readline()))
        c.sendall(found)
s = socket.create_server(("127.0.0.1", 0))
say(b"", s.getsockname()[1])
while True:
    threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
"""
TUNNEL_COMMAND = ["python3", "-c", _PROGRAM]


class Program(Protocol):
    """What `Exec` is: a program in the container. `socket` is its stdin."""

    socket: Any

    def pieces(self, seconds: float | None) -> list[tuple[int, bytes]] | None:
        """What it says next as (stream, bytes), [] when nothing comes in time; None at its end."""

    def close(self) -> None:
        """Let go of it."""


class NoTunnelError(Exception):
    """The container has no program for it."""


class TunnelServer:
    """Answers one request after the other. Raises NoTunnelError where nothing listens."""

    def __init__(self, program: Program, answer: Answer) -> None:
        self._exec = program
        self._answer = answer
        self._held = b""
        self.port = self._first_number()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Serve no more: the program sees the end of its stdin and answers nobody."""
        self._exec.close()

    def _first_number(self) -> int:
        line = self._line(_READY_S)
        if not _is_number(line):
            self._exec.close()
            raise NoTunnelError
        return int(line)

    def _serve(self) -> None:
        with suppress(OSError):  # closed
            while _is_number(line := self._line(None)):
                head = self._bytes(int(line))
                found = self._answer(head)
                self._exec.socket.sendall(b"%d\n" % len(found) + found)

    def _line(self, seconds: float | None) -> bytes:
        """The next line, b'' for none that could be meant."""
        while b"\n" not in self._held:
            if len(self._held) > _MOST_DIGITS or not self._hear(seconds):
                return b""
        line, _, self._held = self._held.partition(b"\n")
        return line

    def _bytes(self, count: int) -> bytes:
        while len(self._held) < count and self._hear(None):
            pass
        found, self._held = self._held[:count], self._held[count:]
        return found

    def _hear(self, seconds: float | None) -> bool:
        """Take in what comes; False at the end, or where nothing comes in time."""
        pieces = self._exec.pieces(seconds)
        self._held += b"".join(data for stream, data in pieces or () if stream == STDOUT)
        return bool(pieces)


def _is_number(line: bytes) -> bool:
    return line.isdigit() and len(line) <= _MOST_DIGITS and int(line) <= _MOST


def serve_through_exec(api: Any, container: str, answer: Answer) -> TunnelServer | None:
    """Answer through a program in the container, None where its image has no python3."""
    from docker.errors import APIError

    try:
        return TunnelServer(Exec(api, container, TUNNEL_COMMAND), answer)
    except (APIError, NoTunnelError):
        return None
