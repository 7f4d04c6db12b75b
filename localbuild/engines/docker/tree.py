"""Unpacking a tree inside the container with its own tar.

The engine's archive API takes many times as long for many small files. Measured against `cp -a`
of 10,000 files: 1.1 to 1.4 times through a FIFO, 1.6 to 1.9 times through an exec.
"""

import socket as sockets
from collections.abc import Iterable
from contextlib import closing
from typing import Any

from localbuild.engines.docker.channel import DriverChannel
from localbuild.engines.docker.execs import Exec
from localbuild.engines.docker.pipe import SOURCE_PIPE, Feeder, HostPipes
from localbuild.errors import ContainerStartError
from localbuild.ports.engine import CommandRequest, Interruption

_SAID_LIMIT = 500


class NoReaderError(Exception):
    """The container cannot open the pipe: nothing went through it."""


def unpack_through_pipe(
    channel: DriverChannel, pipes: HostPipes, unpack: str, archive: Iterable[bytes]
) -> bytes:
    """Feed `archive` to a script that the driver runs; what it and its tar have said.

    Raises NoReaderError, ContainerStartError. The FIFO has room for larger records than tar reads
    by itself.
    """
    feeder = Feeder(pipes, archive)
    feeder.start()
    said: list[bytes] = []
    script = f"exec < {SOURCE_PIPE}\nexport TAR_OPTIONS=--blocking-factor=128\n{unpack}"
    try:
        status = channel.run(
            CommandRequest(script=script),
            said.append,
            lambda: Interruption.STOP if feeder.no_reader.is_set() else None,
        )
    finally:
        feeder.given_up.set()
        feeder.join()
    if feeder.error is not None:
        raise feeder.error
    if feeder.no_reader.is_set():
        raise NoReaderError
    return _judged(status, b"".join(said))


def unpack_through_exec(api: Any, container: str, unpack: str, archive: Iterable[bytes]) -> bytes:
    """Feed `archive` to a script that the engine starts; as above. Raises ContainerStartError."""
    run = Exec(api, container, ["sh", "-c", unpack])
    with closing(run):
        _send(run.socket, archive)
        said = b"".join(data for _, data in run.read())
    return _judged(run.status(), said)


def _judged(status: int, said: bytes) -> bytes:
    """tar also grumbles where all is well; its status counts."""
    if status == 0:
        return said
    text = said.decode("utf-8", "replace").strip()[-_SAID_LIMIT:] or f"tar: status {status}"
    raise ContainerStartError(
        f"the source could not be unpacked in the container: {text}",
        hints=("the image needs tar", "or: localbuild run --source-mode mount"),
    )


def _send(socket: Any, archive: Iterable[bytes]) -> None:
    """Send it all and close our half. A tar that has given up says why on its output."""
    for piece in archive:
        try:
            socket.sendall(piece)
        except OSError:
            return
    socket.shutdown(sockets.SHUT_WR)
