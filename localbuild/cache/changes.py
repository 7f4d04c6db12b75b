"""What a build changed of files that its image had: read off the upper directory of overlayfs.

Costs what changed, however much there is. Anything that is not plainly what it seems (a moved
directory, metadata without contents) is left to a whole scan.
Source: Linux, Documentation/filesystems/overlayfs.rst: whiteouts and opaque directories.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from stat import S_ISCHR, S_ISDIR, S_ISLNK, S_ISREG

from localbuild.cache.check import is_too_long
from localbuild.cache.index import DIRECTORY, HARD_LINK, LINK, Entry
from localbuild.cache.levels import is_left_out
from localbuild.cache.patterns import CachePath, takes_any, without_of
from localbuild.cache.reading import FileReader
from localbuild.cache.scan import DIRECTORY_MODES, OPEN_FILE, Scanned
from localbuild.cache.tree import DIRECTORY as OPEN_DIRECTORY
from localbuild.cache.tree import Tree

_OPAQUE = "trusted.overlay.opaque"
_STRANGE = (
    "trusted.overlay.redirect",
    "trusted.overlay.metacopy",
    "user.overlay.redirect",
    "user.overlay.metacopy",
    "user.overlay.opaque",
)


class UnsureError(Exception):
    """The upper directory does not tell for certain."""


class ChangeScanner:
    """Applies what is in an upper directory to the entries that were there before."""

    def __init__(
        self, paths: Sequence[CachePath], add: Callable[[bytes], int], before: dict[bytes, Entry]
    ) -> None:
        self._paths = paths
        self._without = without_of(paths)
        self._reader = FileReader(add)
        self._before = before
        self._gone: set[bytes] = set()
        self._emptied: set[bytes] = set()
        self._found = Scanned()

    def scan(self, upper: int, tree: Tree) -> Scanned:
        """The entries as they are now. Raises UnsureError. `tree` only tells where bases lie."""
        try:
            self._look(upper, tree)
        except OSError as error:  # something still changes files
            raise UnsureError(str(error)) from error
        self._found.entries = self._left() | self._found.entries
        self._check_links()
        return self._found

    def _look(self, upper: int, tree: Tree) -> None:
        for base in dict.fromkeys(path.base for path in self._paths):
            _check_device(tree, base)
            descriptor = _open_way(upper, tree.place(base))
            if descriptor is None:
                continue
            try:
                self._directory(base, descriptor)
            finally:
                os.close(descriptor)

    def _left(self) -> dict[bytes, Entry]:
        """What was there before and has not been removed, replaced or emptied."""
        before = self._before
        left = {path: entry for path, entry in before.items() if path not in self._gone}
        emptied = {p for p in self._gone if p in before and before[p].kind == DIRECTORY}
        if not all(path.takes_all for path in self._paths):  # directories are no entries then
            emptied |= self._gone - before.keys()
        emptied |= self._emptied
        if not emptied:
            return left
        return {path: entry for path, entry in left.items() if not _is_below(path, emptied)}

    def _check_links(self) -> None:
        """A hard link that is left while its file is not as it was is beyond what we can tell."""
        after = self._found.entries
        for entry in after.values():
            changed = entry.kind == HARD_LINK and after.get(entry.target) != self._before.get(
                entry.target
            )
            if changed and self._before.get(entry.path) == entry:
                raise UnsureError("one name of a file has changed, and another has not")

    def _directory(self, path: bytes, descriptor: int) -> None:
        if _attribute(descriptor, _OPAQUE):
            self._emptied.add(path)
        takes_all = any(p.takes_all and p.covers(path) for p in self._paths)
        if takes_all and path not in (b"", b"/"):
            status = os.fstat(descriptor)
            mode = status.st_mode & DIRECTORY_MODES
            self._found.entries[path] = Entry(path, DIRECTORY, mode, status.st_mtime_ns)
        with os.scandir(descriptor) as children:
            names = sorted(os.fsencode(child.name) for child in children)
        for name in names:
            self._name(path, name, descriptor)

    def _name(self, above: bytes, name: bytes, descriptor: int) -> None:
        path = above + name if not above or above.endswith(b"/") else above + b"/" + name
        if is_left_out(name, not above) or path in self._without:
            return
        if is_too_long(path):
            self._found.skipped["too deep"] += 1
            return
        status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
        if S_ISDIR(status.st_mode):
            if path in self._before and self._before[path].kind != DIRECTORY:
                self._gone.add(path)
            below = os.open(name, OPEN_DIRECTORY, dir_fd=descriptor)
            try:
                _check_plain(below)
                self._directory(path, below)
            finally:
                os.close(below)
            return
        self._gone.add(path)
        whiteout = S_ISCHR(status.st_mode) and status.st_rdev == 0
        if not whiteout and takes_any(self._paths, path):
            self._file(path, name, descriptor, status)

    def _file(self, path: bytes, name: bytes, above: int, status: os.stat_result) -> None:
        if path in self._found.entries:  # of another base, too
            return
        if S_ISLNK(status.st_mode):
            target = os.readlink(name, dir_fd=above)
            self._found.entries[path] = Entry(path, LINK, 0o777, status.st_mtime_ns, target=target)
            return
        if not S_ISREG(status.st_mode):
            self._found.skipped["special"] += 1
            return
        descriptor = os.open(name, OPEN_FILE, dir_fd=above)
        try:
            _check_plain(descriptor)
            found = self._reader.read(descriptor, path)
        finally:
            os.close(descriptor)
        if isinstance(found, str):
            self._found.skipped[found] += 1
            return
        self._found.entries[path] = found
        self._found.read += found.kind != HARD_LINK


def is_untouched(paths: Sequence[CachePath], upper: int, tree: Tree) -> bool:
    """Whether nothing at all was written below the bases. Raises OSError."""
    for base in dict.fromkeys(path.base for path in paths):
        try:
            _check_device(tree, base)
            descriptor = _open_way(upper, tree.place(base))
        except UnsureError:
            return False
        if descriptor is not None:
            os.close(descriptor)
            return False
    return True


def _check_device(tree: Tree, base: bytes) -> None:
    """What is mounted, a volume of the image's own for one, is not in the upper directory."""
    descriptor = tree.open_base(base)
    if descriptor is None:
        return
    try:
        if os.fstat(descriptor).st_dev != os.fstat(tree.root).st_dev:
            raise UnsureError("something is mounted at a cached path, or above it")
    finally:
        os.close(descriptor)


def _is_below(path: bytes, directories: Iterable[bytes]) -> bool:
    while path := path.rpartition(b"/")[0]:
        if path in directories:
            return True
    return False


def _open_way(upper: int, place: bytes) -> int | None:
    """The directory of a base in the upper one; None where nothing has changed on the way."""
    descriptor = os.dup(upper)
    for part in [part for part in place.split(b"/") if part]:
        try:
            status = os.stat(part, dir_fd=descriptor, follow_symlinks=False)
            if not S_ISDIR(status.st_mode):
                raise UnsureError("something else is on the way to a cached path")
            below = os.open(part, OPEN_DIRECTORY, dir_fd=descriptor)
        except FileNotFoundError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        descriptor = below
        try:
            _check_plain(descriptor)
            if _attribute(descriptor, _OPAQUE):
                raise UnsureError("a directory on the way to a cached path was made anew")
        except BaseException:
            os.close(descriptor)
            raise
    return descriptor


def _check_plain(descriptor: int) -> None:
    if any(_attribute(descriptor, name) for name in _STRANGE):
        raise UnsureError("a directory was moved, or a file's contents lie elsewhere")


def _attribute(descriptor: int, name: str) -> bytes:
    with suppress(OSError):
        return os.getxattr(descriptor, name)
    return b""
