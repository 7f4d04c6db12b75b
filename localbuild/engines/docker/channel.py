"""The one long-lived channel to the driver: runs a script, tells output from control."""

import time
from collections.abc import Callable
from contextlib import suppress
from secrets import token_hex
from typing import Any

from localbuild.container.driver import (
    HELLO,
    TERMINATE,
    TOKEN_BYTES,
    Control,
    ControlLines,
    OutputGate,
    encode_check,
    encode_run,
)
from localbuild.engines.docker.frames import STDERR, FrameReader, close_stream
from localbuild.errors import HostResourceError
from localbuild.ports.engine import CommandRequest, Interrupted, Interruption

POLL_S = 0.2
CHECK_S = 1.0
MARK_PATIENCE_S = 2.0
MARK_LIMIT_S = 30.0
DRAIN_S = 2.0
GRACE_S = 10.0
LATE_S = 0.05
_DEAD = frozenset({"gone", "Z", "X"})


class ChannelClosedError(Exception):
    """The container is gone: nothing of it can be read any more."""


class InterruptedCommandError(Exception):
    """The command did not end in time after it was told to."""


class DriverChannel:
    """Speaks `container/driver.sh`'s protocol over an attached socket."""

    def __init__(self, socket: Any, output: int = -1) -> None:
        self._socket = getattr(socket, "_sock", socket)
        self._stream = socket
        self._frames = FrameReader(socket, output)
        self._lines = ControlLines()
        self._gate = OutputGate()
        self._controls: list[Control] = []
        self._runner = ""
        self._memory_kills = 0
        self.out_of_memory = False
        self.output_is_whole = True

    def greet(self) -> None:
        """Say that we live, now that the container does."""
        self._send(HELLO)

    def wait_ready(self, seconds: float) -> bool:
        """Whether the driver answers within that time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                self._read(lambda _: None, POLL_S)
            except ChannelClosedError:
                return False
            if ready := self._take("ready"):
                self._runner = ready.values[0]
                return True
            if self._frames.socket_ended:
                return False
        return False

    def run(
        self, request: CommandRequest, on_output: Callable[[bytes], None], interrupted: Interrupted
    ) -> int:
        """Run a script; its exit status. Raises ChannelClosedError, InterruptedCommandError."""
        token = token_hex(TOKEN_BYTES)
        self.output_is_whole = True
        self._gate.begin(token)
        self._controls.clear()
        self._send(encode_run(token, request.shell, request.user, request.script))
        self._emit(b"", on_output)
        ladder = _Ladder(interrupted)
        asked = time.monotonic()
        status: int | None = None
        while True:
            heard = self._read(on_output, POLL_S)
            if status is None:
                status = self._finished(token)
                ended = heard_last = time.monotonic()
            if heard:
                heard_last = time.monotonic()
            if status is not None and self._output_is_over(ended, heard_last):
                return status
            if ladder.step():
                self._send(TERMINATE)
            if time.monotonic() - asked > CHECK_S:
                asked = time.monotonic()
                self._send(encode_check(self._runner))

    def drain(self, on_output: Callable[[bytes], None]) -> None:
        """Hand over what was printed after the last command's end, and not wait long for it."""
        end = time.monotonic() + DRAIN_S
        with suppress(ChannelClosedError):
            while self._read(on_output, LATE_S) and time.monotonic() < end:
                pass
        if rest := self._gate.drain():
            on_output(rest)

    def close(self) -> None:
        """Let go: the driver sees the end of its stdin and ends the container."""
        self._frames.close()
        close_stream(self._stream)

    def _finished(self, token: str) -> int | None:
        if unwritten := self._take("unwritten"):
            raise HostResourceError(
                f"the container's disk is full: a command could not be written to "
                f"/codebuild/output/tmp ({unwritten.word})",
                hints=("docker system df", "docker system prune"),
            )
        if (state := self._take("state")) and state.values[0] in _DEAD:
            raise ChannelClosedError
        for control in self._controls:
            if control.word == "done" and control.values[0] == token:
                self._count_memory_kills(int(control.values[2]))
                return int(control.values[1])
        return None

    def _output_is_over(self, ended: float, heard_last: float) -> bool:
        """Whether all that the command printed is here, once its status is.

        The mark may never come: a build can read the pipe's other end itself. Then silence counts.
        """
        now = time.monotonic()
        if not self._gate.ended:
            patient = now - heard_last < MARK_PATIENCE_S and now - ended < MARK_LIMIT_S
            if patient:
                return False
            self.output_is_whole = False
        return True

    def _count_memory_kills(self, kills: int) -> None:
        """`out_of_memory`: the last command ended 137 and the kernel has killed since before it."""
        self.out_of_memory = kills > self._memory_kills
        self._memory_kills = max(kills, self._memory_kills)

    def _take(self, word: str) -> Control | None:
        for at, control in enumerate(self._controls):
            if control.word == word:
                return self._controls.pop(at)
        return None

    def _read(self, on_output: Callable[[bytes], None], seconds: float) -> bool:
        """Take in what has come; whether any output was in it."""
        pieces = self._frames.read(seconds)
        if pieces is None:
            raise ChannelClosedError
        printed = b"".join(data for stream, data in pieces if stream != STDERR)
        for stream, data in pieces:
            if stream == STDERR:
                self._controls += self._lines.feed(data)
        self._emit(printed, on_output)
        return bool(printed)

    def _emit(self, data: bytes, on_output: Callable[[bytes], None]) -> None:
        if through := self._gate.feed(data):
            on_output(through)

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise ChannelClosedError from error


class _Ladder:
    """What an interruption does to a command: once SIGTERM, then patience, then its end."""

    def __init__(self, interrupted: Interrupted) -> None:
        self._interrupted = interrupted
        self._told = 0.0

    def step(self) -> bool:
        """Whether to send SIGTERM now. Raises InterruptedCommandError when patience is over."""
        asked = self._interrupted()
        if asked is None:
            return False
        if asked is Interruption.KILL:
            raise InterruptedCommandError
        if not self._told:
            self._told = time.monotonic()
            return True
        if time.monotonic() - self._told > GRACE_S:
            raise InterruptedCommandError
        return False
