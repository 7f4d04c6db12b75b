"""Taking a tree out of the container with its own tar, as fast as somebody reads it.

Measured on one large file: 700 MB/s and more through the FIFO, 300 MB/s through an exec.
"""

import os
import select
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

from localbuild.container.scripts import pack_command, pack_script
from localbuild.container.tar import END
from localbuild.engines.docker.channel import DriverChannel
from localbuild.engines.docker.execs import Exec
from localbuild.engines.docker.frames import STDERR
from localbuild.engines.docker.pieces import gather
from localbuild.engines.docker.pipe import PATIENCE_S, SOURCE_PIPE, HostPipes
from localbuild.engines.docker.tree import NoReaderError
from localbuild.errors import EngineError
from localbuild.ports.engine import CommandRequest, Interruption

_SAID_LIMIT = 500
_READ_BYTES = 1 << 20
_POLL_MS = 200
_CHANGED = 1
"""tar's status where files changed while it read them."""


def pack_through_pipe(
    channel: DriverChannel, pipes: HostPipes, paths: tuple[str, ...]
) -> Iterator[bytes]:
    """A tar of `paths`, by a script that the driver runs. Raises NoReaderError, EngineError.

    The source's FIFO, the other way round. Closing it early ends tar with SIGPIPE.
    """
    packing = _Packing(channel, f"exec > {SOURCE_PIPE} && echo || exit\n{pack_script(paths)}")
    pipe = pipes.open_taking()
    try:
        packing.start()
        if not _has_begun(pipe, packing):
            packing.given_up.set()
        else:
            yield from _gathered(_read(pipe, packing))
    finally:
        os.close(pipe)
        packing.join()
    if packing.error is not None:
        raise packing.error
    if packing.given_up.is_set():
        raise NoReaderError
    _judge(packing.status, b"".join(packing.said))


def pack_through_exec(api: Any, container: str, paths: tuple[str, ...]) -> Iterator[bytes]:
    """A tar of `paths`, by a command that the engine starts. Raises EngineError."""
    run = Exec(api, container, pack_command(paths))
    said: list[bytes] = []
    with closing(run):
        yield from _gathered(_without_errors(run.read(), said))
    _judge(run.status(), b"".join(said))


class _Packing(threading.Thread):
    """The script while it runs. `error`: what running it raised."""

    def __init__(self, channel: DriverChannel, script: str) -> None:
        super().__init__(name="localbuild-taking", daemon=True)
        self._channel = channel
        self._script = script
        self.given_up = threading.Event()
        self.said: list[bytes] = []
        self.status = -1
        self.error: BaseException | None = None

    def run(self) -> None:
        """Run it to its end."""
        try:
            self.status = self._channel.run(
                CommandRequest(script=self._script),
                self.said.append,
                lambda: Interruption.STOP if self.given_up.is_set() else None,
            )
        except BaseException as error:
            self.error = error


def _has_begun(pipe: int, packing: _Packing) -> bool:
    """Whether the line break before the archive comes in time."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    waited_ms = 0.0
    while waited_ms < PATIENCE_S * 1000:
        running = packing.is_alive()
        if poll.poll(_POLL_MS):
            return os.read(pipe, 1) == b"\n"
        if not running:
            break
        waited_ms += _POLL_MS
    return False


def _read(pipe: int, packing: _Packing) -> Iterator[bytes]:
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    while True:
        running = packing.is_alive()
        if poll.poll(_POLL_MS):
            data = os.read(pipe, _READ_BYTES)
            if not data:
                return
            yield data
        elif not running:
            return


def _without_errors(frames: Iterable[tuple[int, bytes]], said: list[bytes]) -> Iterator[bytes]:
    for stream, data in frames:
        if stream != STDERR:
            yield data
        elif len(said) < _SAID_LIMIT:
            said.append(data)


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Larger pieces; an empty archive's where there are none."""
    empty = True
    for piece in gather(pieces):
        empty = False
        yield piece
    if empty:
        yield END


def _judge(status: int, said: bytes) -> None:
    if status <= _CHANGED:
        return
    text = said.decode("utf-8", "replace").strip()[-_SAID_LIMIT:] or f"tar: status {status}"
    raise EngineError(f"files of the container could not be read: {text}")
