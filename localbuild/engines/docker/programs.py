"""Programs that somebody runs in a container beside its build: a shell, with a terminal or without.

An engine lets a program run on when whoever started it goes away. So each notes its own number
where the container's memory is a file system, and is ended by it.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import Any

from localbuild.engines.docker.connection import engine_answers
from localbuild.engines.docker.execs import ROOT, Exec
from localbuild.engines.docker.frames import STDERR
from localbuild.errors import EngineError
from localbuild.ports.kept import ProgramRequest, TerminalSize

_NOTED = '{ echo $$ > "$0"; } 2> /dev/null; exec "$@"'
_HANG_UP = """\
read -r pid < "$0" || exit
for signal in HUP CONT; do kill -s $signal -- "-$pid"; done
sleep 1
kill -s KILL -- "-$pid"
"""
_HANGING_S = 5.0
_LOOK_S = 0.1
_END_OF_TYPING = b"\x04"
_WHAT = "a program ran in the container"


class DockerProgram:
    """Implements the Program port over an exec of the engine."""

    def __init__(self, api: Any, container: str, request: ProgramRequest) -> None:
        self._api = api
        self._container = container
        self._note = f"/dev/shm/localbuild-{token_hex(8)}"
        self._has_terminal = request.terminal is not None
        self._ended = False
        self._exec = Exec(
            api,
            container,
            ["sh", "-c", _NOTED, self._note, *request.words],
            user=request.user or ROOT,
            terminal=self._has_terminal,
        )
        if request.terminal is not None:
            self.resize(request.terminal)

    def write(self, data: bytes) -> None:
        """Give it input."""
        self._exec.socket.sendall(data)

    def end_input(self) -> None:
        """Its standard input is at its end."""
        with suppress(OSError):
            if self._has_terminal:
                self._exec.socket.sendall(_END_OF_TYPING)
            else:
                self._exec.socket.shutdown(socket.SHUT_WR)

    def read(self, seconds: float) -> list[tuple[bool, bytes]] | None:
        """What it printed next."""
        pieces = self._exec.pieces(seconds)
        if pieces is None:
            self._ended = True
            return None
        return [(stream == STDERR, data) for stream, data in pieces]

    def resize(self, size: TerminalSize) -> None:
        """Its terminal has another size; one that has ended has none."""
        with suppress(EngineError), engine_answers(_WHAT):
            self._exec.resize(size.rows, size.columns)

    def status(self) -> int:
        """How it ended."""
        with engine_answers(_WHAT):
            return self._exec.status()

    def hang_up(self) -> None:
        """End it, as a terminal does that is closed."""
        if self._ended:
            return
        self._ended = True
        with suppress(EngineError), engine_answers(_WHAT):
            ending = Exec(self._api, self._container, ["sh", "-c", _HANG_UP, self._note])
            end = time.monotonic() + _HANGING_S
            while ending.pieces(_LOOK_S) is not None and time.monotonic() < end:
                self._exec.pieces(0)  # an engine may wait for what was printed to be taken
            ending.close()

    def close(self) -> None:
        """Let go of its streams."""
        self._exec.close()


@contextmanager
def entered(api: Any, container: str, request: ProgramRequest) -> Iterator[DockerProgram]:
    """A program in a running container, for the block. Raises EngineError."""
    with engine_answers("starting a program in the container"):
        program = DockerProgram(api, container, request)
    try:
        yield program
    finally:
        program.hang_up()
        program.close()


def count_programs(api: Any, container: str) -> int:
    """How many that the engine has started run in it. Raises EngineError."""
    with engine_answers("looking for programs in the container"):
        found = api.inspect_container(container).get("ExecIDs") or ()
        return sum(bool(api.exec_inspect(each)["Running"]) for each in found)
