"""Reads a tar that a container gives, member by member: a whole one, or an error."""

import io
import tarfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import IO, Any

from localbuild.container import tar
from localbuild.errors import EngineError

_PIECE_BYTES = 1 << 20

Member = tuple[tarfile.TarInfo, tarfile.TarFile]


@contextmanager
def open_members(pieces: Iterator[bytes]) -> Iterator[Iterator[Member]]:
    """Each member with the archive that has its contents until the next one is asked for.

    `pieces` are closed when the block is left. What is wrong with the archive raises EngineError,
    also where it is found within the block.
    """
    try:
        raw = _Stream(pieces)
        stream = io.BufferedReader(raw, _PIECE_BYTES)
        try:
            yield _members(stream)
        except (tarfile.TarError, ValueError, OverflowError) as error:
            raise EngineError(f"the container's tar gives no archive: {error}") from error
        while stream.read(_PIECE_BYTES):
            pass  # behind the last member: only at its end it is known whether tar failed
    finally:
        if isinstance(pieces, Generator):
            pieces.close()
    if raw.end != tar.END:
        raise EngineError("the container's tar gives no archive: it is cut off")


def _members(stream: IO[bytes]) -> Iterator[Member]:
    with tarfile.open(
        fileobj=stream, mode="r|", errors="surrogateescape", encoding="utf-8"
    ) as archive:
        while (member := archive.next()) is not None:
            yield member, archive
            archive.members.clear()  # type: ignore[attr-defined]  # it keeps all of them


class _Stream(io.RawIOBase):
    """An archive in pieces as a file to read. `end` is what came last."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._held = memoryview(b"")
        self.end = b""

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill what can be filled without waiting for more than one piece."""
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held = memoryview(piece)
            self.end = (self.end + piece[-len(tar.END) :])[-len(tar.END) :]
        taken = self._held[: len(buffer)]
        buffer[: len(taken)] = taken
        self._held = self._held[len(taken) :]
        return len(taken)
