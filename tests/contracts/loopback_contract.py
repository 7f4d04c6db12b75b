"""What everything that serves on a container's loopback promises (`ports/loopback.py`)."""

from collections.abc import Iterator

import pytest

from localbuild.ports.engine import CommandRequest, Container, ContainerSpec, EndKind, Engine
from localbuild.ports.loopback import Loopback, Served

_ASK = """\
import socket, sys
c = socket.create_connection(("127.0.0.1", {port}), 10)
c.settimeout(10)
{before}
c.sendall({head!r})
found = b""
while piece := c.recv(65536):
    found += piece
sys.stdout.buffer.write(found)
"""


def python(container: Container, program: str) -> tuple[int, bytes]:
    """Run a program in the container; its exit status and what it printed."""
    said: list[bytes] = []
    script = f"exec python3 - <<'END'\n{program}\nEND\n"
    end = container.run(CommandRequest(script=script), said.append, lambda: None)
    assert end.kind is EndKind.EXITED
    return end.exit_status, b"".join(said)


def ask(container: Container, port: int, head: bytes, before: str = "") -> tuple[int, bytes]:
    """Ask from within the container."""
    return python(container, _ASK.format(port=port, head=head, before=before))


def echo(head: bytes) -> bytes:
    """What is asked, twice."""
    return head + head


class LoopbackContract:
    """Subclasses give `engine`, and `spec` of a container with python3."""

    @pytest.fixture
    def container(self, engine: Engine, spec: ContainerSpec) -> Iterator[Container]:
        with engine.open_container(spec) as container:
            yield container

    def serve(self, container: Container) -> Served:
        assert isinstance(container, Loopback)
        served = container.serve(echo)
        assert served is not None
        return served

    def test_a_request_is_answered(self, container: Container) -> None:
        served = self.serve(container)
        for head in (b"GET / HTTP/1.1\r\n\r\n", b"A: \xff\0\r\n\r\n", b"x" * 9000 + b"\r\n\r\n"):
            assert ask(container, served.port, head) == (0, head + head)
        served.close()

    def test_a_silent_client_holds_up_nobody(self, container: Container) -> None:
        served = self.serve(container)
        silent = f'd = socket.create_connection(("127.0.0.1", {served.port}), 10)'
        assert ask(container, served.port, b"a\r\n\r\n", silent) == (0, b"a\r\n\r\na\r\n\r\n")
        served.close()

    def test_many_at_once(self, container: Container) -> None:
        served = self.serve(container)
        program = (
            "import concurrent.futures as f, socket\n"
            "def ask(n):\n"
            f'    c = socket.create_connection(("127.0.0.1", {served.port}), 10)\n'
            '    head = b"%d\\r\\n\\r\\n" % n\n'
            "    c.sendall(head)\n"
            "    found = b''\n"
            "    while piece := c.recv(65536):\n"
            "        found += piece\n"
            "    return found == head + head\n"
            "print(all(f.ThreadPoolExecutor(8).map(ask, range(40))))\n"
        )
        assert python(container, program) == (0, b"True\n")
        served.close()

    def test_after_its_end_nobody_is_answered(self, container: Container) -> None:
        served = self.serve(container)
        served.close()
        served.close()
        said = ask(container, served.port, b"a\r\n\r\n")[1]
        assert b"a\r\n\r\na\r\n\r\n" not in said

    def test_two_builds_do_not_see_each_other(
        self, engine: Engine, container: Container, other: ContainerSpec
    ) -> None:
        served = self.serve(container)
        with engine.open_container(other) as second:
            assert ask(second, served.port, b"a\r\n\r\n")[0] != 0
        served.close()
