"""A command that the engine itself starts in a container, on a raw stream of its own."""

import time
from collections.abc import Iterator
from typing import Any

from localbuild.engines.docker.frames import FrameReader, RawReader, close_stream
from localbuild.errors import EngineError

ROOT = "0:0"
_ENDED_S = 10.0
_PAUSE_S = 0.01


class Exec:
    """Runs it from now on; its stdin ends with `socket`'s sending half, or with `close`.

    `terminal`: it has one, and all that it prints is one stream.
    """

    def __init__(
        self,
        api: Any,
        container: str,
        command: list[str],
        *,
        user: str = ROOT,
        terminal: bool = False,
    ) -> None:
        self._api = api
        created = api.exec_create(
            container, command, stdin=True, stdout=True, stderr=True, user=user, tty=terminal
        )
        self._id = created["Id"]
        self._stream = api.exec_start(self._id, socket=True, tty=terminal)
        self.socket = getattr(self._stream, "_sock", self._stream)
        self.socket.settimeout(None)  # the SDK's is for answers: a program may say nothing for long
        self._frames = (RawReader if terminal else FrameReader)(self._stream)

    def read(self) -> Iterator[tuple[int, bytes]]:
        """(stream, bytes) up to the end."""
        while (pieces := self._frames.read()) is not None:
            yield from pieces

    def pieces(self, seconds: float | None) -> list[tuple[int, bytes]] | None:
        """The next ones as (stream, bytes), [] when none come in time; None at the end."""
        return self._frames.read(seconds)

    def resize(self, rows: int, columns: int) -> None:
        """Its terminal has another size."""
        self._api.exec_resize(self._id, height=rows, width=columns)

    def status(self) -> int:
        """How it ended, after the end of its output. Raises EngineError where it does not."""
        end = time.monotonic() + _ENDED_S
        while time.monotonic() < end:
            found = self._api.exec_inspect(self._id)
            if not found["Running"]:
                return int(found["ExitCode"])
            time.sleep(_PAUSE_S)
        raise EngineError("a command in the container closed its output and did not end")

    def close(self) -> None:
        """Let go of the stream."""
        self._frames.close()
        close_stream(self._stream)
