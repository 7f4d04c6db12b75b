"""A FIFO of the host inside the container: the quickest way in for a tree of files.

It is unlinked on the host as soon as the container has it; we keep a handle on its inode.
"""

import os
import shutil
import tempfile
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

TARGET = "/codebuild/readonly/source"
PATIENCE_S = 5.0
_PAUSE_S = 0.002


class HostPipe:
    """A FIFO that is mounted into a container at `TARGET`."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="localbuild-pipe-"))
        self.path = self._folder / "source"
        os.mkfifo(self.path)
        self.path.chmod(0o666)
        self._handle = os.open(self.path, os.O_PATH)

    def unlink(self) -> None:
        """Take its name away; the container's mount and our handle keep it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def close(self) -> None:
        """Let go of it; safe to call twice."""
        self.unlink()
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def open_writer(self, given_up: threading.Event) -> int | None:
        """A descriptor to write to, once there is a reader; None when there is none in time."""
        waited = 0.0
        while not given_up.is_set() and waited < PATIENCE_S:
            with suppress(OSError):  # ENXIO: nobody reads yet
                writer = os.open(f"/proc/self/fd/{self._handle}", os.O_WRONLY | os.O_NONBLOCK)
                os.set_blocking(writer, True)
                return writer
            given_up.wait(_PAUSE_S)
            waited += _PAUSE_S
        return None


class Feeder(threading.Thread):
    """Writes an archive to a pipe while the container reads it.

    `begun`: a reader came. `error`: what reading the archive raised. `no_reader`: nobody came.
    """

    def __init__(self, pipe: HostPipe, archive: Iterable[bytes]) -> None:
        super().__init__(name="localbuild-source", daemon=True)
        self._pipe = pipe
        self._archive = archive
        self.given_up = threading.Event()
        self.no_reader = threading.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        """Wait for the reader, write everything, close."""
        writer = self._pipe.open_writer(self.given_up)
        if writer is None:
            self.no_reader.set()
            return
        try:
            with open(writer, "wb", buffering=0) as sink:
                for piece in self._archive:
                    _write(sink.fileno(), piece)
        except BrokenPipeError:
            pass  # the reader has given up and says why
        except BaseException as error:
            self.error = error


def _write(descriptor: int, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[os.write(descriptor, left) :]
