"""Unpacking a tree inside the container with its own tar.

The engine's archive API takes many times as long for many small files. Measured against `cp -a`
of 10,000 files: 1.1 to 1.4 times through a FIFO, 1.6 to 1.9 times through an exec.
"""

import socket as sockets
from collections.abc import Iterable
from typing import Any

from localbuild.engines.docker.channel import DriverChannel
from localbuild.engines.docker.frames import FrameReader, close_stream
from localbuild.engines.docker.pipe import SOURCE_PIPE, Feeder, HostPipes
from localbuild.errors import ContainerStartError
from localbuild.plan.script import quote
from localbuild.ports.engine import CommandRequest, Interruption

_TAR = ("tar", "-x", "-o", "-p", "-f", "-")
"""`-f -`, also for the pipe: GNU tar reads full records only from standard input."""

_SAID_LIMIT = 500


class NoReaderError(Exception):
    """The container cannot read the pipe: nothing of the archive was taken."""


def unpack_through_pipe(
    channel: DriverChannel, pipes: HostPipes, directory: str, archive: Iterable[bytes]
) -> None:
    """Feed `archive` to a tar that the driver runs. Raises NoReaderError, ContainerStartError."""
    feeder = Feeder(pipes, archive)
    feeder.start()
    said: list[bytes] = []
    command = " ".join((*_TAR, "-C", quote(directory)))
    script = f"TAR_OPTIONS=--blocking-factor=128 exec {command} < {SOURCE_PIPE}\n"
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
    _judge(status, b"".join(said))


def unpack_through_exec(api: Any, container: str, directory: str, archive: Iterable[bytes]) -> None:
    """Feed `archive` to a tar that the engine starts. Raises ContainerStartError."""
    created = api.exec_create(
        container, [*_TAR, "-C", directory], stdin=True, stdout=True, stderr=True, user="0:0"
    )
    stream = api.exec_start(created["Id"], socket=True)
    try:
        _send(getattr(stream, "_sock", stream), archive)
        said = _read_all(FrameReader(stream))
    finally:
        close_stream(stream)
    _judge(api.exec_inspect(created["Id"])["ExitCode"], said)


def _judge(status: int, said: bytes) -> None:
    """tar also grumbles where all is well; its status counts."""
    if status == 0:
        return
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


def _read_all(frames: FrameReader) -> bytes:
    said = b""
    while (pieces := frames.read()) is not None:
        said += b"".join(data for _, data in pieces)
    return said
