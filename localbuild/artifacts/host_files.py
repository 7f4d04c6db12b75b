"""A container's files through our own kernel: by descriptor, following no link.

What was listed may be something else by now. A name is opened below directories that are open, and
what it is, is asked of the file once it is open.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from errno import ELOOP, ENODEV, ENOENT, ENOTDIR, ENXIO
from stat import S_IMODE, S_ISDIR, S_ISLNK, S_ISREG
from types import TracebackType

from localbuild.artifacts.cursor import Cursor
from localbuild.artifacts.nodes import Kind, Node
from localbuild.errors import EngineError
from localbuild.lines import plain
from localbuild.ports.collect import FoundFile

_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_MODES = 0o777
_GONE = (ENOENT, ENOTDIR, ELOOP)
_NO_FILE = (*_GONE, ENXIO, ENODEV)
"""Of what was a file when it was listed: also a socket or a device may be in its place."""

_PIECE_BYTES = 1 << 20
_ENCODING = sys.getfilesystemencoding()

Contents = tuple[FoundFile, Iterable[bytes]]
Check = Callable[[], None]


class HostTree:
    """Implements Tree below a root directory; `root` is a descriptor, ours to close."""

    def __init__(self, root: int, check: Check) -> None:
        self._cursor = Cursor(root)
        self._check = check
        self._known: dict[bytes, Mapping[bytes, Node]] = {}

    def entries(self, directory: bytes) -> Mapping[bytes, Node]:
        """What is in a directory; it is listed once, and links may lead to it very often.

        Raises EngineError.
        """
        self._check()
        if directory not in self._known:
            self._known[directory] = self._list(directory)
        return self._known[directory]

    def __enter__(self) -> "HostTree":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._cursor.close()

    def _list(self, directory: bytes) -> Mapping[bytes, Node]:
        try:
            at = self._cursor.open(directory)
            with os.scandir(at) as children:
                names = [child.name.encode(_ENCODING, "surrogateescape") for child in children]
        except OSError as error:
            if error.errno in _GONE:
                return {}
            raise _unreadable(directory, error) from error
        found = ((name, _node(name, at)) for name in names)
        return {name: node for name, node in found if node is not None}


def read_files(root: int, files: Sequence[FoundFile], check: Check) -> Iterator[Contents]:
    """The contents of files, in the order that they come in; what has gone is left out.

    `root` is a descriptor, ours to close. A file that grows meanwhile has its first size.
    Raises EngineError, also while a file is read.
    """
    cursor = Cursor(root)
    try:
        for file in files:
            check()
            if file.link:
                yield file, ()
                continue
            descriptor = _open_file(cursor, os.fsencode(file.path[1:]))
            if descriptor is None:
                continue
            try:
                size = os.fstat(descriptor).st_size
                yield file, _pieces(descriptor, os.fsencode(file.path[1:]), size)
            finally:
                os.close(descriptor)
    finally:
        cursor.close()


def _node(name: bytes, directory: int) -> Node | None:
    try:
        status = os.stat(name, dir_fd=directory, follow_symlinks=False)
        mode, modified_s = S_IMODE(status.st_mode) & _MODES, int(status.st_mtime)
        if S_ISREG(status.st_mode):
            return Node(Kind.FILE, status.st_size, mode, modified_s)
        if S_ISDIR(status.st_mode):
            return Node(Kind.DIRECTORY, 0, mode, modified_s)
        if S_ISLNK(status.st_mode):
            target = os.readlink(name, dir_fd=directory)
            return Node(Kind.LINK, 0, mode, modified_s, target)
    except OSError as error:
        if error.errno in _GONE:
            return None
    return Node(Kind.OTHER)


def _open_file(cursor: Cursor, path: bytes) -> int | None:
    """A regular file, open; None where it is none any more."""
    directory, _, name = path.rpartition(b"/")
    try:
        descriptor = os.open(name, _FILE, dir_fd=cursor.open(directory))
    except OSError as error:
        if error.errno in _NO_FILE:
            return None
        raise _unreadable(path, error) from error
    if S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None


def _pieces(descriptor: int, path: bytes, left: int) -> Iterator[bytes]:
    """What is wrong with reading is not taken for a fault of where it is written."""
    while left > 0:
        try:
            data = os.read(descriptor, min(left, _PIECE_BYTES))
        except OSError as error:
            raise _unreadable(path, error) from error
        if not data:
            return
        left -= len(data)
        yield data


def _unreadable(path: bytes, error: OSError) -> EngineError:
    reason = (error.strerror or str(error)).lower()
    name = plain("/" + path.decode("utf-8", "replace"))
    return EngineError(f"{name} of the build's container cannot be read: {reason}")
