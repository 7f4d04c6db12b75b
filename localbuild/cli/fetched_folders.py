"""Folders for sources that are fetched: private, gone with the build, found again after a kill."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from localbuild.cli.records.folders import hold, is_held
from localbuild.errors import HostResourceError

_NAME = "sources"


@contextmanager
def fetched_folder(state: Path) -> Iterator[Path]:
    """An empty folder for as long as the block lasts; those of dead builds go first.

    `state` is the user's folder for state. Raises HostResourceError where none can be made.
    """
    base = state / _NAME
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_dead_folders(state)
        with _alone(base):
            folder = Path(tempfile.mkdtemp(dir=base))
            held = hold(folder)
    except OSError as error:
        raise HostResourceError(f"cannot keep sources at {base}: {error.strerror}") from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def remove_dead_folders(state: Path) -> list[Path]:
    """Remove what builds left behind that were killed; which ones."""
    base = state / _NAME
    if not base.is_dir():
        return []
    with _alone(base):
        dead = [path for path in base.iterdir() if path.is_dir() and not _is_held(path)]
        for path in dead:
            shutil.rmtree(path, ignore_errors=True)
    return [path for path in dead if not path.exists()]


@contextmanager
def _alone(base: Path) -> Iterator[None]:
    """While one makes a folder and holds it, nobody else looks for folders that no one holds."""
    descriptor = os.open(base, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_held(path: Path) -> bool:
    """Held, or not to be asked: then it stays."""
    try:
        return is_held(path)
    except OSError:
        return True
