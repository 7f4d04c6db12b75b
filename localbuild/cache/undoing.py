"""Takes back what a restore has moved into a tree, where it cannot go on: all or nothing comes."""

import os
from contextlib import suppress
from errno import EMLINK, EOPNOTSUPP, EPERM, EXDEV

from localbuild.cache.directories import Directories, make_directory
from localbuild.cache.tree import remove_tree

_NO_LINK = (EPERM, EMLINK, EOPNOTSUPP, EXDEV)


class Moves:
    """What came below one directory, in its order. Paths are relative to that directory.

    What a file takes the place of keeps a name in the attic meanwhile: `name` in the directory
    `above`, made when it is needed. `clear` removes it. On overlayfs the kernel copies a file of
    the image for that, 18 ms for 20 MB; it would do so for renaming it away, too.
    """

    def __init__(self, above: int, name: bytes) -> None:
        self._above = above
        self._name = name
        self._attic = -1
        self._came: list[tuple[bytes, bytes]] = []
        self._changed: list[tuple[bytes, os.stat_result]] = []

    def replace(self, name: bytes, target: int, path: bytes) -> None:
        """A file is about to take the place of `name` in `target`. Raises OSError."""
        kept = b"%d" % len(self._came)
        if self._attic < 0:
            self._attic = make_directory(self._name, self._above)
        try:
            os.link(name, kept, src_dir_fd=target, dst_dir_fd=self._attic, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINK:
                raise
            return  # it cannot be kept, and what comes will stay
        self._came.append((path, kept))

    def add(self, path: bytes) -> None:
        """Something came where nothing was."""
        self._came.append((path, b""))

    def change(self, directory: int, path: bytes) -> None:
        """A directory is about to get another mode and time."""
        self._changed.append((path, os.fstat(directory)))

    def undo(self, target: int) -> None:
        """Put all back, as far as the file system lets us. Never raises."""
        directories = Directories(target)
        for path, kept in reversed(self._came):
            with suppress(OSError):
                above, _, name = path.rpartition(b"/")
                parent = directories.get(above)
                if kept:
                    os.rename(kept, name, src_dir_fd=self._attic, dst_dir_fd=parent)
                else:
                    remove_tree(name, parent)
        for path, status in reversed(self._changed):
            with suppress(OSError):
                descriptor = directories.get(path)
                os.fchmod(descriptor, status.st_mode & 0o7777)
                os.utime(descriptor, ns=(status.st_atime_ns, status.st_mtime_ns))
        directories.close()

    def clear(self) -> None:
        """Empty the attic; safe to call twice."""
        if self._attic >= 0:
            os.close(self._attic)
            self._attic = -1
            with suppress(OSError):
                remove_tree(self._name, self._above)
