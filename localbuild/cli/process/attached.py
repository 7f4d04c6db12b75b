"""Joins this process's streams to those of a program in a container; the door to a raw terminal."""

import os
import select
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from localbuild.cli.process.world import World
from localbuild.ports.kept import Program, TerminalSize

_PIECE = 1 << 16
_LOOK_S = 0.1
_END_S = 1.0
BROKEN_PIPE = 141
"""128 + SIGPIPE: nobody reads what the program prints."""


def terminal_size(world: World) -> TerminalSize | None:
    """Of the terminal that somebody sits at, None where input or output is none."""
    if not (world.stdin.isatty() and world.stdout.isatty()):
        return None
    try:
        found = os.get_terminal_size(world.stdout.fileno())
    except (OSError, ValueError):
        return None
    return TerminalSize(rows=found.lines, columns=found.columns)


def attach(
    program: Program, world: World, size: TerminalSize | None, interrupted: Callable[[], object]
) -> int | None:
    """Pass everything on until the program ends; its exit status, None where it was interrupted.

    `size`: of its terminal; ours is raw meanwhile, so that each key gets through.
    """
    with _raw(world.stdin, wanted=size is not None), _fed(program, world.stdin):
        while (pieces := program.read(_LOOK_S)) is not None:
            if not _pass_on(pieces, world):
                return BROKEN_PIPE
            if interrupted() is not None:
                return None
            found = terminal_size(world) if size else None
            if found and found != size:
                size = found
                program.resize(found)
    return program.status()


def _pass_on(pieces: list[tuple[bool, bytes]], world: World) -> bool:
    """Whether somebody still wants what is printed."""
    try:
        for is_error, data in pieces:
            stream = (world.stderr if is_error else world.stdout).buffer
            stream.write(data)
            stream.flush()
    except (OSError, ValueError):
        return False
    return True


@contextmanager
def _raw(stdin: BinaryIO, *, wanted: bool) -> Iterator[None]:
    """The terminal's keys as they come, for the block."""
    if not wanted:
        yield
        return
    import termios
    import tty

    terminal = stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setraw(terminal, termios.TCSADRAIN)
    try:
        yield
    finally:
        with suppress(termios.error):  # it is closed
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)


@contextmanager
def _fed(program: Program, stdin: BinaryIO) -> Iterator[None]:
    """The program gets our input for the block; what is typed after it is not touched."""
    ended, ending = os.pipe()
    feeder = threading.Thread(target=_feed, args=(program, stdin, ended), daemon=True)
    feeder.start()
    try:
        yield
    finally:
        os.close(ending)
        feeder.join(_END_S)
        if not feeder.is_alive():  # else it gives a program input that does not take it
            os.close(ended)


def _feed(program: Program, stdin: BinaryIO, ended: int) -> None:
    """Up to the input's end, or until `ended` comes to its own."""
    with suppress(OSError, ValueError):  # the program takes no more, or there is no input
        source = stdin.fileno()
        while ended not in select.select([source, ended], [], [])[0]:
            data = os.read(source, _PIECE)
            if not data:
                break
            program.write(data)
        else:
            return
    program.end_input()
