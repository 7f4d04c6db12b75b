"""FIFOs of the host inside the container: the source's way in, the output's way out.

Both are quicker than the engine's own streams. They are unlinked on the host as soon as the
container has them; we keep handles on their inodes.
"""

import fcntl
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from localbuild.container.driver import OUTPUT_PIPE
from localbuild.engines.docker.owner import is_alive, own_name
from localbuild.errors import ContainerStartError

SOURCE_PIPE = "/codebuild/readonly/source"
PATIENCE_S = 5.0
_PAUSE_S = 0.002
_SIZE = 1 << 20
_PREFIX = "localbuild-pipes-"
_ORPHAN_AGE_S = 60


def open_pipes() -> "HostPipes | None":
    """New pipes; None where the temporary folder can hold none: there is the engine's own way."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        return HostPipes(folder)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        return None


def open_pipes_again(folder: Path) -> "HostPipes":
    """New pipes in a folder of old ones that is gone. Raises ContainerStartError.

    A container's mounts name the folder: nothing else than ours is made anew.
    """
    fault = "" if folder.name.startswith(_PREFIX) else "it is none of localbuild's"
    try:
        if not fault:
            folder.mkdir(mode=0o700)
            return HostPipes(folder)
    except OSError as error:
        fault = error.strerror or str(error)
    raise ContainerStartError(
        f"the container needs its pipes at {folder} once more: {fault}",
        hints=(f"ls -ld {folder}", "localbuild run"),
    )


def remove_dead_pipes() -> None:
    """Remove what processes left behind that were killed while their container started."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if _is_dead(folder):
                shutil.rmtree(folder)


def _is_dead(folder: Path) -> bool:
    """Whether its owner is; one without a name was killed at once, and is given a minute."""
    try:
        return is_alive((folder / "owner").read_text()) is False
    except FileNotFoundError:
        return time.time() - folder.stat().st_mtime > _ORPHAN_AGE_S


class HostPipes:
    """Two FIFOs that are mounted into a container, at `SOURCE_PIPE` and `OUTPUT_PIPE`.

    `output` is a descriptor to read what the build prints from. It comes to its end when nobody
    in the container can write any more, but not before `release`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (self._folder / "owner").write_text(own_name())
        source, output = self._folder / "source", self._folder / "output"
        for path in (source, output):
            os.mkfifo(path, 0o600)
        self.mounts = ((str(source), SOURCE_PIPE), (str(output), OUTPUT_PIPE))
        self._source = os.open(source, os.O_PATH)
        self.output = os.open(output, os.O_RDONLY | os.O_NONBLOCK)
        self._keeper = os.open(output, os.O_WRONLY)
        os.set_blocking(self.output, True)
        source.chmod(0o644)
        output.chmod(0o222)
        with suppress(OSError):
            fcntl.fcntl(self.output, fcntl.F_SETPIPE_SZ, _SIZE)

    def is_source(self, status: os.stat_result) -> bool:
        """Whether that is the very FIFO at `SOURCE_PIPE`. Raises OSError after `close`."""
        own = os.fstat(self._source)
        return (status.st_dev, status.st_ino) == (own.st_dev, own.st_ino)

    def unlink(self) -> None:
        """Take their names away; the container's mounts and our handles keep them."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def release(self) -> None:
        """From now on the container alone keeps the output open."""
        if self._keeper >= 0:
            os.close(self._keeper)
            self._keeper = -1

    def close(self) -> None:
        """Let go of all but `output`, which belongs to its reader; safe to call twice."""
        self.unlink()
        self.release()
        if self._source >= 0:
            os.close(self._source)
            self._source = -1

    def abandon(self) -> None:
        """Let go of everything, where nobody reads `output`."""
        self.close()
        if self.output >= 0:
            os.close(self.output)
            self.output = -1

    def open_taking(self) -> int:
        """A descriptor to read the source's pipe from, for a tree that comes out."""
        reader = os.open(f"/proc/self/fd/{self._source}", os.O_RDONLY | os.O_NONBLOCK)
        with suppress(OSError):
            fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, _SIZE)
        return reader

    def open_source(self, given_up: threading.Event) -> int | None:
        """A descriptor to write to, once there is a reader; None when there is none in time."""
        waited = 0.0
        while not given_up.is_set() and waited < PATIENCE_S:
            with suppress(OSError):  # ENXIO: nobody reads yet
                writer = os.open(f"/proc/self/fd/{self._source}", os.O_WRONLY | os.O_NONBLOCK)
                os.set_blocking(writer, True)
                return writer
            given_up.wait(_PAUSE_S)
            waited += _PAUSE_S
        return None


class Feeder(threading.Thread):
    """Writes an archive to its pipe while the container reads it.

    `error`: what reading the archive raised. `no_reader`: nobody came. `given_up`: set it when
    the container no longer reads.
    """

    def __init__(self, pipes: HostPipes, archive: Iterable[bytes]) -> None:
        super().__init__(name="localbuild-source", daemon=True)
        self._pipes = pipes
        self._archive = archive
        self.given_up = threading.Event()
        self.no_reader = threading.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        """Wait for the reader, write everything, close."""
        writer = self._pipes.open_source(self.given_up)
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
