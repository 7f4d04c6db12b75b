"""A walk over directories by descriptor: from one path to the next, following no link."""

import os
from contextlib import suppress
from errno import EINVAL

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_NAMES = {b"", b".", b".."}


class Cursor:
    """Open directories on the way to the last one that was asked for.

    `root` is a descriptor, ours to close. `making`: with which mode directories that are missing
    are made; None: they are an error.
    """

    def __init__(self, root: int, making: int | None = None) -> None:
        self._open = [root]
        self._parts: list[bytes] = []
        self._making = making

    def open(self, path: bytes) -> int:
        """A directory below the root, ours to close.

        Raises OSError, also where a link is in the path, or a part that is no name.
        """
        parts = path.split(b"/") if path else []
        if b"\0" in path or not _NO_NAMES.isdisjoint(parts):
            raise OSError(EINVAL, os.strerror(EINVAL), path)
        same = 0
        while same < min(len(parts), len(self._parts)) and parts[same] == self._parts[same]:
            same += 1
        self._leave(same)
        for part in parts[same:]:
            self._enter(part)
        if not parts:
            self._enter(b".")  # the root itself may be open for its path alone
        return self._open[-1]

    def close(self) -> None:
        """Let go of the root, too."""
        self._leave(0)
        os.close(self._open[0])

    def _enter(self, part: bytes) -> None:
        above = self._open[-1]
        try:
            descriptor = os.open(part, DIRECTORY, dir_fd=above)
        except FileNotFoundError:
            if self._making is None:
                raise
            with suppress(FileExistsError):  # another build makes it, too
                os.mkdir(part, self._making, dir_fd=above)
            descriptor = os.open(part, DIRECTORY, dir_fd=above)
        self._open.append(descriptor)
        self._parts.append(part)

    def _leave(self, count: int) -> None:
        del self._parts[count:]
        while len(self._open) > count + 1:
            os.close(self._open.pop())
