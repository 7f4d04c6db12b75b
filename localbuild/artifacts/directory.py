"""Outputs in a directory of this machine: written by descriptor, nothing outside of it."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from errno import EDQUOT, EISDIR, ELOOP, ENOSPC, ENOTDIR
from typing import IO

from localbuild.artifacts.cursor import Cursor
from localbuild.artifacts.host_files import Contents
from localbuild.artifacts.staging import Staging, write_pieces
from localbuild.artifacts.zip_file import pack_zip
from localbuild.errors import StorageError
from localbuild.lines import plain
from localbuild.ports.artifacts import Handed, Output

_LAST_S = 1 << 33


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A directory that is open: whatever is put in its place later, it is meant.

    `parts` are folders in it that all outputs go below, `mode` is that of the folders that are
    made. `path` is where it is, `shown` the same for people; both without `parts`.
    """

    descriptor: int
    path: str
    shown: str
    parts: tuple[str, ...] = ()
    mode: int = 0o777


class DirectoryArtifacts:
    """Implements the port Artifacts. Files keep their modes and times; all belongs to the caller.

    `folder` stays the caller's to close.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def put(self, output: Output, contents: Iterable[Contents]) -> Handed:
        """Bring an output there."""
        folder, parts = self._folder, (*self._folder.parts, *names_of(output))
        shown, location = (
            "/".join((place.rstrip("/"), *parts)) or "/" for place in (folder.shown, folder.path)
        )
        with told(shown):
            place = _Place(os.dup(folder.descriptor), folder.mode)
        try:
            put = place.put_zip if output.packaging == "ZIP" else place.put_files
            handed = put(shown, _path(parts), contents)
        finally:
            place.close()
        return replace(handed, location=location)

    def close(self) -> None:
        """Nothing waits for anything."""


class _Place:
    """The directory while an output is written; `root` is ours to close."""

    def __init__(self, root: int, mode: int) -> None:
        self._cursor = Cursor(root, making=mode)
        try:
            self._staging = Staging(root)
        except BaseException:
            self._cursor.close()
            raise

    def put_files(self, where: str, folder: bytes, contents: Iterable[Contents]) -> Handed:
        """Each file under its name in a folder."""
        sizes: list[int] = []
        for file, pieces in contents:
            name = os.fsencode(file.name)
            path = b"/".join(part for part in (folder, name) if part)
            with self._new_file(where, path) as descriptor:
                sizes.append(write_pieces(descriptor, pieces))
                os.fchmod(descriptor, file.mode)
                os.utime(descriptor, (_time(file.modified_s),) * 2)
        return Handed(path=where, location=where, files=len(sizes), size_bytes=sum(sizes))

    def put_zip(self, where: str, path: bytes, contents: Iterable[Contents]) -> Handed:
        """One archive."""
        with (
            self._new_file(where, path) as descriptor,
            self._spool(where) as body,
            os.fdopen(os.dup(descriptor), "wb") as file,
        ):
            packed = pack_zip(contents, body, file)
        return Handed(path=where, location=where, **packed._asdict())

    def close(self) -> None:
        """Leave nothing behind but what has its name."""
        self._staging.close()
        self._cursor.close()

    @contextmanager
    def _spool(self, where: str) -> Iterator[IO[bytes]]:
        """A file for the block."""
        with told(where):
            name, descriptor = self._staging.create()
            with os.fdopen(descriptor, "w+b") as file:
                self._staging.drop(name)
                yield file

    @contextmanager
    def _new_file(self, where: str, path: bytes) -> Iterator[int]:
        """A file to write, which gets its name at the end of the block, or none."""
        directory, _, name = path.rpartition(b"/")
        with told(where):
            temporary, descriptor = self._staging.create()
            try:
                yield descriptor
                self._staging.move(temporary, self._cursor.open(directory), name)
            except BaseException:
                self._staging.drop(temporary)
                raise
            finally:
                os.close(descriptor)


@contextmanager
def told(where: str) -> Iterator[None]:
    """What is wrong with a place, as a StorageError that names it."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"artifacts: {where}: {_why(error)}", hints=_hints(error)) from error


def _why(error: OSError) -> str:
    name = os.fsdecode(error.filename) if isinstance(error.filename, bytes | str) else ""
    said = {
        ELOOP: "is a link, through which nothing is written",
        ENOTDIR: "is a file or a link where a folder is needed",
        EISDIR: "is a folder where a file is needed",
    }.get(error.errno or 0)
    if said and name:
        return f"{plain(name)} {said}"
    return (error.strerror or str(error)).lower()


def _hints(error: OSError) -> tuple[str, ...]:
    full = error.errno in (ENOSPC, EDQUOT)
    return ("localbuild clean", "--artifacts DIR names another place") if full else ()


def names_of(output: Output) -> tuple[str, ...]:
    """Its parts. Raises StorageError for one that is no name: it would lead elsewhere."""
    for part in output.parts:
        if part in ("", ".", "..") or "/" in part or "\0" in part:
            raise StorageError(f"artifacts: '{plain(part)}' is no name for a folder or a file")
    return output.parts


def _path(parts: tuple[str, ...]) -> bytes:
    return os.fsencode("/".join(parts))


def _time(modified_s: int) -> int:
    """A time that every file system can keep."""
    return min(max(modified_s, 0), _LAST_S)
