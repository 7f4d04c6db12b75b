"""A command on a terminal of its own, as somebody's who types and looks."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

_PATIENCE_S = 120.0
_LOOK_S = 0.1
_OWN = (
    "import fcntl, os, sys, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "os.execvp(sys.argv[1], sys.argv[1:])\n"
)
_STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\r")


class Terminal:
    """Leaving its block ends the command."""

    def __init__(
        self, words: Sequence[str], cwd: Path, env: Mapping[str, str], size: tuple[int, int]
    ) -> None:
        self._master, slave = pty.openpty()
        self.resize(*size)
        self.before = termios.tcgetattr(slave)
        self.said = ""
        self._process = subprocess.Popen(
            [sys.executable, "-c", _OWN, *words],
            cwd=cwd,
            env={**env, "TERM": "xterm"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        self._slave = slave

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._master)
        os.close(self._slave)

    @property
    def settings(self) -> list[Any]:
        """The terminal's settings now."""
        return termios.tcgetattr(self._slave)

    def resize(self, rows: int, columns: int) -> None:
        """Make the window another size."""
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)

    def type(self, text: str) -> None:
        """Type, with Enter at the end."""
        os.write(self._master, f"{text}\r".encode())

    def press(self, key: bytes) -> None:
        """A key alone."""
        os.write(self._master, key)

    def press_until(self, key: bytes, text: str) -> None:
        """A key, again each second until the screen has shown that text.

        A shell that is just about to start a program may lose what a key stands for.
        """
        end = time.monotonic() + _PATIENCE_S
        while text not in self.said:
            assert time.monotonic() < end, f"pressed in vain for {text!r}:\n{self.said}"
            self.press(key)
            second = time.monotonic() + 1
            while text not in self.said and time.monotonic() < second:
                self._look()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the command."""
        self._process.send_signal(number)

    def wait_for(self, text: str) -> None:
        """Until the screen has shown that text."""
        end = time.monotonic() + _PATIENCE_S
        while text not in self.said:
            assert time.monotonic() < end, f"waited in vain for {text!r}:\n{self.said}"
            assert self._look() or self._process.poll() is None, f"no {text!r}:\n{self.said}"

    def end(self) -> int:
        """Wait for the command's end; its exit code."""
        end = time.monotonic() + _PATIENCE_S
        while self._process.poll() is None:
            assert time.monotonic() < end, f"it does not end:\n{self.said}"
            self._look()
        while self._look():
            pass
        return self._process.returncode

    def _look(self) -> bool:
        if not select.select([self._master], [], [], _LOOK_S)[0]:
            return False
        data = os.read(self._master, 1 << 16)
        self.said += _STEERING.sub("", data.decode(errors="replace"))
        return bool(data)
