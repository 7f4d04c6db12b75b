"""Serves on the loopback of a container's network, from this process, where the kernel lets us.

A socket belongs to the network in which it was made, whoever holds it. A thread enters that of the
container, makes one, and ends: no other thread ever leaves ours.
"""

import os
import socket
import threading
import time
from contextlib import suppress

from localbuild.ports.loopback import Answer

_CLONE_NEWNET = 0x40000000
_PATIENCE_S = 5.0
_MOST_BYTES = 16 * 1024
_AT_ONCE = 32
_END_OF_HEAD = b"\r\n\r\n"


class LoopbackServer:
    """Answers each connection in a thread of its own, so many at once: a build may open any number.

    Whoever has said nothing whole within `patience_s` loses its turn.
    """

    def __init__(
        self, listening: socket.socket, answer: Answer, patience_s: float = _PATIENCE_S
    ) -> None:
        self._listening = listening
        self._answer = answer
        self._patience_s = patience_s
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        self.port = int(listening.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Serve no more."""
        with suppress(OSError):  # closed already
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes the one who waits in accept
        self._thread.join(_PATIENCE_S)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _ = self._listening.accept()
                self._turns.acquire()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, suppress(OSError):  # a client that is gone, or that says nothing
                head = self._head(connection)
                if head:
                    connection.sendall(self._answer(head))
        finally:
            self._turns.release()

    def _head(self, connection: socket.socket) -> bytes:
        """A request's head, b'' where none comes. Raises TimeoutError."""
        end = time.monotonic() + self._patience_s
        head = b""
        while _END_OF_HEAD not in head and len(head) < _MOST_BYTES:
            connection.settimeout(max(0.001, end - time.monotonic()))
            piece = connection.recv(4096)
            if not piece:
                return b""
            head += piece
        return head


def serve_in(namespace: int, answer: Answer) -> LoopbackServer | None:
    """Answer on 127.0.0.1 of a network, None where we may not; its open namespace is closed."""
    try:
        listening = _listen_in(namespace)
    finally:
        os.close(namespace)
    return LoopbackServer(listening, answer) if listening else None


def _listen_in(namespace: int) -> socket.socket | None:
    found: list[socket.socket] = []

    def enter_and_listen() -> None:
        if _enter_network(namespace):
            with suppress(OSError):
                found.append(socket.create_server(("127.0.0.1", 0)))

    thread = threading.Thread(target=enter_and_listen)
    thread.start()
    thread.join()
    return found[0] if found else None


def _enter_network(namespace: int) -> bool:
    """setns(2) for the calling thread alone."""
    if hasattr(os, "setns"):  # from Python 3.12 on
        with suppress(OSError):
            os.setns(namespace, _CLONE_NEWNET)
            return True
        return False
    import ctypes

    setns = getattr(ctypes.CDLL(None), "setns", None)
    return setns is not None and setns(namespace, _CLONE_NEWNET) == 0
