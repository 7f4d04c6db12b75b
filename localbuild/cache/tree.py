"""The door to trees: directories by descriptor, below a root that no name can lead out of.

Links on the way to a cache path's base are the image's and are followed as a process in the
container would, but never out of the root. Below a base no link is followed at all.
"""

import os
from collections import deque
from errno import ELOOP, ENOENT, ENOTDIR
from stat import S_ISDIR

_PATH = getattr(os, "O_PATH", os.O_RDONLY)
_STEP = _PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_MAX_LINKS = 40


class Tree:
    """A root directory, and where in it the source lies. `root` is a descriptor, ours to close."""

    def __init__(self, root: int, source: bytes) -> None:
        self.root = root
        self._source = source.strip(b"/")

    def place(self, base: bytes) -> bytes:
        """A base's place below the root, without a leading slash."""
        if base.startswith(b"/"):
            return base[1:]
        return b"/".join(part for part in (self._source, base) if part)

    def open_base(self, base: bytes) -> int | None:
        """The base's directory; None where there is none. Raises OSError where we may not."""
        try:
            return open_inside(self.root, self.place(base))
        except OSError as error:
            if error.errno in (ENOENT, ENOTDIR, ELOOP):
                return None
            raise

    def open_nearest(self, base: bytes) -> tuple[int, tuple[bytes, ...]]:
        """The nearest directory on the way to a base, and the names that are missing below it.

        Raises OSError where something that is no directory is in the way.
        """
        parts = self.place(base).split(b"/") if self.place(base) else []
        for have in range(len(parts), -1, -1):
            try:
                nearest = open_inside(self.root, b"/".join(parts[:have]))
            except FileNotFoundError:
                continue
            _check_free(nearest, parts[have:])
            return nearest, tuple(parts[have:])
        raise FileNotFoundError(ENOENT, os.strerror(ENOENT), base)

    def close(self) -> None:
        """Let go of the root."""
        os.close(self.root)


def _check_free(nearest: int, missing: list[bytes]) -> None:
    """A name that leads to nothing can be a link. Raises NotADirectoryError, and closes then."""
    if missing and is_directory(missing[0], nearest) is not None:
        os.close(nearest)
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), missing[0])


def open_inside(root: int, path: bytes) -> int:
    """Open a directory below `root` as if `root` were `/`. Raises OSError."""
    way = [os.dup(root)]
    try:
        return _walk(way, deque(path.split(b"/")))
    finally:
        for descriptor in way:
            os.close(descriptor)


def _walk(way: list[int], todo: deque[bytes]) -> int:
    links = 0
    while todo:
        part = todo.popleft()
        if part in (b"", b"."):
            continue
        if part == b"..":
            if len(way) > 1:
                os.close(way.pop())
            continue
        try:
            way.append(os.open(part, _STEP, dir_fd=way[-1]))
        except OSError as error:
            links += 1
            if error.errno not in (ELOOP, ENOTDIR) or links > _MAX_LINKS:
                raise
            _follow(way, todo, part)
    return os.open(b".", DIRECTORY, dir_fd=way[-1])


def _follow(way: list[int], todo: deque[bytes], part: bytes) -> None:
    """Put a link's target before what is left of the way. Raises OSError where it is no link."""
    try:
        target = os.readlink(part, dir_fd=way[-1])
    except OSError:
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), part) from None
    if target.startswith(b"/"):
        while len(way) > 1:
            os.close(way.pop())
    todo.extendleft(reversed(target.split(b"/")))


def remove_tree(name: bytes, above: int) -> None:
    """Remove a file, or a directory with all that is in it, following no link.

    What cannot be removed stays, and raises OSError.
    """
    try:
        descriptor = os.open(name, DIRECTORY, dir_fd=above)
    except NotADirectoryError:
        os.unlink(name, dir_fd=above)
        return
    except OSError as error:
        if error.errno != ELOOP:
            raise
        os.unlink(name, dir_fd=above)
        return
    try:
        os.fchmod(descriptor, 0o700)
        with os.scandir(descriptor) as children:
            names = [os.fsencode(child.name) for child in children]
        for child in names:
            remove_tree(child, descriptor)
    finally:
        os.close(descriptor)
    os.rmdir(name, dir_fd=above)


def is_directory(name: bytes, above: int) -> bool | None:
    """Whether a name is a directory, not following a link; None where it is not there."""
    try:
        return S_ISDIR(os.stat(name, dir_fd=above, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return None
