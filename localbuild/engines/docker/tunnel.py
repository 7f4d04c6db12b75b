"""Serves on the loopback of a container where we may not enter its network: through an exec.

A program in the container listens there and passes each request on, through the exec's streams. It
needs the image's python3: a shell alone cannot listen.
"""

import threading
from contextlib import suppress
from typing import Any

from localbuild.engines.docker.execs import Exec
from localbuild.engines.docker.frames import STDOUT
from localbuild.ports.loopback import Answer

_READY_S = 20.0
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


class NoTunnelError(Exception):
    """The container has no program for it."""


class TunnelServer:
    """Answers one request after the other. Raises NoTunnelError where nothing listens."""

    def __init__(self, program: Exec, answer: Answer) -> None:
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
        if line is None or not line.isdigit():
            self._exec.close()
            raise NoTunnelError
        return int(line)

    def _serve(self) -> None:
        with suppress(OSError):  # closed
            while (line := self._line(None)) is not None and line.isdigit():
                head = self._bytes(int(line))
                found = self._answer(head)
                self._exec.socket.sendall(b"%d\n" % len(found) + found)

    def _line(self, seconds: float | None) -> bytes | None:
        while b"\n" not in self._held:
            if not self._hear(seconds):
                return None
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


def serve_through_exec(api: Any, container: str, answer: Answer) -> TunnelServer | None:
    """Answer through a program in the container, None where its image has no python3."""
    from docker.errors import APIError

    try:
        return TunnelServer(Exec(api, container, TUNNEL_COMMAND), answer)
    except (APIError, NoTunnelError):
        return None
