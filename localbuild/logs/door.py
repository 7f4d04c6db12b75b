"""The door to files and streams: writes bytes, and goes quiet where the world takes no more."""

import contextlib
import errno
import io
import os
import select
import stat
from pathlib import Path
from typing import BinaryIO, Protocol

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


class Drain(Protocol):
    """Where bytes go; None says that the drain would block."""

    def write(self, data: bytes | memoryview, /) -> int | None:
        """Take some of the bytes and say how many."""

    def flush(self) -> None:
        """Hand on what is held back."""

    def close(self) -> None:
        """Let go."""


class Outlet:
    """Bytes to one file or stream, each write complete before it returns; it never raises.

    Once a write fails it is quiet. `fault` says why, save where the reader has gone away, which
    is the reader's own wish.
    """

    def __init__(self, drain: Drain | None, *, name: str, fault: str | None = None) -> None:
        self.fault = fault
        self._drain = drain
        self._name = name

    def write(self, data: bytes) -> int:
        """Write all of the bytes, or go quiet."""
        if self._drain is not None:
            try:
                _write_all(self._drain, data)
                self._drain.flush()
            except (OSError, ValueError) as error:
                self._give_up(error)
        return len(data)

    def flush(self) -> None:
        """Nothing is ever held back."""

    def close(self) -> None:
        """Let go of the drain; what is written afterwards is dropped."""
        drain, self._drain = self._drain, None
        if drain is not None:
            try:
                drain.close()
            except (OSError, ValueError) as error:
                self._note(error)

    def _give_up(self, error: Exception) -> None:
        self._note(error)
        drain, self._drain = self._drain, None
        if drain is not None:
            with contextlib.suppress(OSError, ValueError):
                drain.close()

    def _note(self, error: Exception) -> None:
        if not _reader_is_gone(error):
            self.fault = self.fault or _fault_text(self._name, error)


class _Borrowed:
    """A stream that somebody else closes."""

    def __init__(self, stream: BinaryIO) -> None:
        self.write = stream.write
        self.flush = stream.flush

    def close(self) -> None:
        """Leave the stream open."""


def open_file(path: Path, *, name: str = "") -> Outlet:
    """A new file that only the user can read; its missing folders are made the same way.

    `name` is what a fault calls it.
    """
    shown = name or str(path)
    try:
        make_folder(path.parent)
        return Outlet(io.FileIO(_open_private(path), "wb"), name=shown)
    except OSError as error:
        return Outlet(None, name=shown, fault=_fault_text(shown, error))


def open_stream(stream: BinaryIO, *, name: str) -> Outlet:
    """Somebody else's stream, written past its buffer where it has a file descriptor."""
    try:
        stream.flush()
        raw = io.FileIO(stream.fileno(), "wb", closefd=False)
    except (OSError, ValueError):
        return Outlet(_Borrowed(stream), name=name)
    return Outlet(raw, name=name)


def replace_file(path: Path, data: bytes) -> str | None:
    """Put a whole file in place of another at once; returns the fault, None where all is well."""
    try:
        make_folder(path.parent)
        replace_in(None, path, data)
    except OSError as error:
        return _fault_text(str(path), error)
    return None


def replace_in(folder: int | None, path: Path, data: bytes, mode: int = 0o600) -> None:
    """Put a whole file in place of another; `path` is below an open folder. Raises OSError.

    A build may write there too: a link in the way is replaced, never followed.
    """
    fresh = path.with_name(f".{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(fresh, dir_fd=folder)
    try:
        with open(os.open(fresh, _NEW, mode, dir_fd=folder), "wb") as file:
            file.write(data)
        os.rename(fresh, path, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(fresh, dir_fd=folder)
        raise


def make_folder(path: Path) -> None:
    """A folder that only the user can enter; those above it that are missing too."""
    if path.is_dir():
        return
    make_folder(path.parent)
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)


def _fault_text(name: str, error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"cannot write {name}: {reason}"


def _reader_is_gone(error: Exception) -> bool:
    """A pipe whose other end is closed, or a stream that was closed here."""
    return isinstance(error, BrokenPipeError | ValueError) or (
        isinstance(error, OSError) and error.errno == errno.EBADF
    )


def _open_private(path: Path) -> int:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, 0o600)
    return descriptor


def _write_all(drain: Drain, data: bytes) -> None:
    written = drain.write(data)
    if written == len(data):
        return
    rest = memoryview(data)
    while rest:
        if written is None:
            _wait_for(drain)
        else:
            rest = rest[written:]
        written = drain.write(rest) if rest else 0


def _wait_for(drain: Drain) -> None:
    """Wait until a stream that does not block takes bytes again."""
    if isinstance(drain, io.FileIO):
        select.select([], [drain], [])
