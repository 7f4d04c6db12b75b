"""Streams that are joined to a program's: pipes of our own on one side, a program in memory."""

import io
import os
import threading
from collections import deque
from pathlib import Path

import pytest

from localbuild.cli.process.attached import BROKEN_PIPE, attach, terminal_size
from localbuild.cli.process.world import World
from localbuild.ports.kept import TerminalSize
from tests.unit.cli.chairs import Chairs

Pieces = list[tuple[bool, bytes]]


class Echo:
    """Prints what it reads, and ends with its input."""

    def __init__(self, *said: Pieces) -> None:
        self._said = deque(said)
        self._ended = threading.Event()
        self.read_bytes = b""
        self.sizes: list[TerminalSize] = []

    def write(self, data: bytes) -> None:
        self.read_bytes += data
        self._said.append([(False, data)])

    def end_input(self) -> None:
        self._ended.set()

    def read(self, seconds: float) -> Pieces | None:
        if self._said:
            return self._said.popleft()
        return None if self._ended.wait(seconds) and not self._said else []

    def resize(self, size: TerminalSize) -> None:
        self.sizes.append(size)

    def status(self) -> int:
        return 7

    def hang_up(self) -> None:
        """It has nothing to end."""


def world_of(cwd: Path, stdin: int, stdout: int) -> World:
    """A world of pipes."""
    return World(
        environ={},
        cwd=cwd,
        stdin=os.fdopen(stdin, "rb", closefd=False),
        stdout=io.TextIOWrapper(os.fdopen(stdout, "wb", closefd=False)),
        stderr=io.TextIOWrapper(io.BytesIO(), write_through=True),
    )


def never() -> None:
    """Nobody interrupts."""


def test_all_that_is_typed_and_printed_gets_through(tmp_path: Path) -> None:
    stdin, typing = os.pipe()
    reading, stdout = os.pipe()
    os.write(typing, b"a\0b\xff\n")
    os.close(typing)
    world = world_of(tmp_path, stdin, stdout)
    program = Echo([(True, b"beside"), (False, b"first ")])
    assert attach(program, world, None, never) == 7
    assert program.read_bytes == b"a\0b\xff\n"
    assert os.read(reading, 100) == b"first a\0b\xff\n"
    buffer = world.stderr.buffer
    assert isinstance(buffer, io.BytesIO)
    assert buffer.getvalue() == b"beside"


def test_what_is_typed_after_the_end_is_left_alone(tmp_path: Path) -> None:
    stdin, typing = os.pipe()
    _, stdout = os.pipe()
    program = Echo()
    program.end_input()
    assert attach(program, world_of(tmp_path, stdin, stdout), None, never) == 7
    os.write(typing, b"for the next one")
    assert os.read(stdin, 100) == b"for the next one"


def test_a_reader_that_has_gone_ends_it(tmp_path: Path) -> None:
    stdin, _ = os.pipe()
    reading, stdout = os.pipe()
    os.close(reading)
    program = Echo([(False, b"nobody reads this")])
    assert attach(program, world_of(tmp_path, stdin, stdout), None, never) == BROKEN_PIPE


def test_an_interruption_is_no_status(tmp_path: Path) -> None:
    stdin, _ = os.pipe()
    _, stdout = os.pipe()
    assert attach(Echo(), world_of(tmp_path, stdin, stdout), None, lambda: "stop") is None


def test_a_stream_without_a_descriptor_is_at_its_end(tmp_path: Path) -> None:
    world = Chairs(tmp_path, {}).world(terminal=False)
    assert attach(Echo(), world, None, never) == 7


@pytest.mark.parametrize("terminal", [True, False])
def test_what_only_says_that_it_is_a_terminal_has_no_size(terminal: bool, tmp_path: Path) -> None:
    assert terminal_size(Chairs(tmp_path, {}).world(terminal=terminal)) is None
