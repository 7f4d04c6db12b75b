"""Streams of the engine, from their first byte on."""

import socket
import threading
from pathlib import Path

import docker
import pytest

from localbuild.engines.docker.frames import STDOUT, FrameReader, close_stream

HEADERS = (
    b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
    b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
)
FRAME = b"\x01\0\0\0\0\0\0\x06hello\n"


@pytest.mark.parametrize("together", [0, 3, len(FRAME)])
def test_what_comes_with_the_headers_is_read(tmp_path: Path, together: int) -> None:
    path = tmp_path / "engine.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        peer = threading.Thread(target=_answer, args=(server, together))
        peer.start()
        client = docker.APIClient(base_url=f"unix://{path}", version="1.41")
        stream = client.exec_start("x", socket=True)
        reader = FrameReader(stream)
        found = b""
        while (pieces := reader.read()) is not None:
            assert {which for which, _ in pieces} <= {STDOUT}
            found += b"".join(data for _, data in pieces)
        close_stream(stream)
        client.close()
        peer.join()
    assert found == b"hello\n"


def _answer(server: socket.socket, together: int) -> None:
    """Headers with the first bytes of the stream in one piece, then its rest."""
    connection, _ = server.accept()
    with connection:
        asked = b""
        while not asked.endswith(b"}"):
            asked += connection.recv(4096)
        connection.sendall(HEADERS + FRAME[:together])
        connection.sendall(FRAME[together:])
