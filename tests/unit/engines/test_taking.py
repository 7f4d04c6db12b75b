"""A tree that comes through the pipe is whole, however early its writer is done."""

import os
from collections.abc import Callable
from typing import cast

import pytest

from localbuild.container.tar import END
from localbuild.engines.docker.channel import ChannelClosedError, DriverChannel
from localbuild.engines.docker.pipe import HostPipes
from localbuild.engines.docker.taking import pack_through_pipe
from localbuild.engines.docker.tree import NoReaderError
from localbuild.errors import EngineError
from localbuild.ports.engine import CommandRequest, Interrupted


class Driver:
    """Runs the script at once: all that it prints is in the pipe before anybody reads."""

    def __init__(self, status: int = 0, said: bytes = b"", error: Exception | None = None) -> None:
        self._end = (status, said, error)

    def run(
        self, request: CommandRequest, on_output: Callable[[bytes], None], interrupted: Interrupted
    ) -> int:
        status, said, error = self._end
        on_output(said)
        if error is not None:
            raise error
        return status


class Pipes:
    """A pipe with something in it."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def open_taking(self) -> int:
        reader, writer = os.pipe()
        os.write(writer, self._data)
        os.close(writer)
        return reader


def take(data: bytes, driver: Driver) -> bytes:
    channel, pipes = cast(DriverChannel, driver), cast(HostPipes, Pipes(data))
    return b"".join(pack_through_pipe(channel, pipes, ("/x",)))


@pytest.mark.parametrize("status", [0, 1])
def test_all_of_it_arrives(status: int) -> None:
    for _ in range(50):
        assert take(b"\narchive", Driver(status)) == b"archive"


def test_nothing_is_an_empty_archive() -> None:
    for _ in range(50):
        assert take(b"\n", Driver()) == END


def test_a_tar_that_fails_says_why() -> None:
    with pytest.raises(EngineError, match="could not be read: tar: no space"):
        take(b"\npart", Driver(2, b"tar: no space\n"))


def test_a_container_that_ends_is_no_empty_archive() -> None:
    with pytest.raises(ChannelClosedError):
        take(b"\npart", Driver(error=ChannelClosedError()))


def test_a_pipe_that_the_container_cannot_open_is_given_up() -> None:
    with pytest.raises(NoReaderError):
        take(b"", Driver(2, b"sh: cannot open\n"))
