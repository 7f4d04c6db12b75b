"""The servers on a container's loopback against builds that mean no good."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from localbuild.engines.docker.frames import STDOUT
from localbuild.engines.docker.loopback import LoopbackServer
from localbuild.engines.docker.tunnel import NoTunnelError, TunnelServer


def echo(head: bytes) -> bytes:
    """What is asked, twice."""
    return head + head


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    server = LoopbackServer(socket.create_server(("127.0.0.1", 0)), echo, patience_s=0.5)
    yield server
    server.close()


def connected(server: LoopbackServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), 20)


def test_who_says_nothing_takes_few_threads_and_nobody_s_turn_for_long(
    server: LoopbackServer,
) -> None:
    before = threading.active_count()
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(connected(server))
        asking = stack.enter_context(connected(server))
        assert threading.active_count() <= before + 32
        asking.sendall(b"GET /\r\n\r\n")
        assert asking.recv(100) == b"GET /\r\n\r\n" * 2


def test_who_says_a_little_now_and_then_loses_its_turn(server: LoopbackServer) -> None:
    with connected(server) as slow:
        slow.settimeout(0.05)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                slow.sendall(b"x")
                if slow.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            pytest.fail("its turn does not end")


class Program:
    """What a program in a container says, piece by piece, to who asks for it."""

    def __init__(self, *said: bytes) -> None:
        self._said = list(said)
        self.given = 0
        self.ended = threading.Event()
        self.socket, self.other_end = socket.socketpair()

    def pieces(self, seconds: float | None) -> list[tuple[int, bytes]]:
        """The next piece."""
        if not self._said:
            self.ended.set()
            return []
        self.given += 1
        return [(STDOUT, self._said.pop(0))]

    def close(self) -> None:
        """Let go."""
        self.socket.close()
        self.other_end.close()


def test_what_the_program_asks_is_answered() -> None:
    program = Program(b"80", b"80\n3\nab", b"c2\nxy")
    server = TunnelServer(program, echo)
    assert server.port == 8080
    assert program.ended.wait(20)
    assert program.other_end.recv(100) == b"6\nabcabc4\nxyxy"
    server.close()


@pytest.mark.parametrize("said", [b"9" * 6, b"99999\n", b"-1\n", b"x\n", b"1 \n", b"\n"])
def test_a_build_in_the_program_s_place_is_not_listened_to(said: bytes) -> None:
    """It would have us hold all that it says."""
    before = set(threading.enumerate())
    program = Program(b"8080\n", said, *[b"x" * 100_000] * 50)
    server = TunnelServer(program, echo)
    for thread in set(threading.enumerate()) - before:
        thread.join(20)
    assert program.given == 2
    server.close()


def test_a_program_that_does_not_say_where_it_listens_is_none() -> None:
    for said in (b"", b"nothing\n", b"123456\n"):
        with pytest.raises(NoTunnelError):
            TunnelServer(Program(said), echo)
