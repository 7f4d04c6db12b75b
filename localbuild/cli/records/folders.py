"""The folders of build records: numbers that count up, `latest`, and nothing for git to see."""

import fcntl
import os
import re
import shutil
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from localbuild.errors import HostResourceError, UsageError

STATE_DIR = ".localbuild"
FILES = ("build.json", "events.jsonl", "build.log", "plan.json")
ARTIFACTS = "artifacts"
REPORTS = "reports"
_TRIES = 1000
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFolder:
    """Where one build leaves its record."""

    number: int
    path: Path


def builds_directory(source: Path) -> Path:
    """Where the records of a source's builds lie."""
    return source / STATE_DIR / "builds"


def allocate_record(source: Path) -> RecordFolder:
    """A new folder with the next number; two builds at once never get the same.

    Raises HostResourceError where none can be made.
    """
    builds = builds_directory(source)
    try:
        builds.parent.mkdir(mode=0o700, exist_ok=True)
        _keep_from_git(builds.parent)
        builds.mkdir(mode=0o700, exist_ok=True)
        folder = _next_folder(builds)
        _point_latest(builds)
    except OSError as error:
        raise _unwritable(builds, error) from None
    return folder


def prepare_record(directory: Path, source: Path) -> RecordFolder:
    """A folder that the user has named; an older record in it makes way.

    The number is the next one of the source's own records, which it does not become part of.
    """
    _refuse_foreign(directory)
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in FILES:
            (directory / name).unlink(missing_ok=True)
        for page in directory.glob("build-[0-9]*.html"):
            page.unlink()
        _unlink_reports(directory / REPORTS)
        _unlink_tree(directory / ARTIFACTS)
    except OSError as error:
        raise _unwritable(directory, error) from None
    return RecordFolder(number=highest_number(builds_directory(source)) + 1, path=directory)


def _unlink_reports(folder: Path) -> None:
    """What is behind a link is not the record's: the link alone goes."""
    if folder.is_symlink():
        folder.unlink()
        return
    with suppress(FileNotFoundError):
        descriptor = os.open(folder, _FOLDER)
        try:
            for entry in list(os.scandir(descriptor)):
                if entry.name.endswith(".json"):
                    os.unlink(entry.name, dir_fd=descriptor)
        finally:
            os.close(descriptor)


def _unlink_tree(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
        return
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)


def _refuse_foreign(directory: Path) -> None:
    """Nothing but an older record may be in the way: we would write over it."""
    with suppress(OSError):
        found = {path.name for path in directory.iterdir()}
        if found and not {"build.json", "events.jsonl"} <= found:
            raise UsageError(
                f"--record {directory}: the folder has files that are no build record",
                hints=("name an empty or a new folder",),
            )


def hold(record: Path) -> int:
    """A descriptor that says, as long as it is open, that the record's build is alive."""
    descriptor = os.open(record, os.O_RDONLY | os.O_DIRECTORY)
    with suppress(OSError):  # a file system without locks tells no deaths
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def is_held(record: Path) -> bool:
    """Whether a process holds the record: the kernel lets go of it however that process ends."""
    descriptor = os.open(record, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def highest_number(builds: Path) -> int:
    """The newest record's number, 0 where there is none."""
    return max(record_numbers(builds), default=0)


def record_numbers(builds: Path) -> list[int]:
    """The numbers of all records, oldest first."""
    with suppress(OSError):
        return sorted(int(p.name) for p in builds.iterdir() if is_number(p.name) and p.is_dir())
    return []


def is_number(name: str) -> bool:
    """Whether it is a build's number, as we write them."""
    return re.fullmatch(r"[1-9][0-9]{0,8}", name) is not None


def _next_folder(builds: Path) -> RecordFolder:
    """mkdir is atomic: who makes the folder has the number."""
    number = highest_number(builds)
    for _ in range(_TRIES):
        number += 1
        with suppress(FileExistsError):
            path = builds / str(number)
            path.mkdir(mode=0o700)
            return RecordFolder(number=number, path=path)
    raise OSError(f"no free number after {number}")


def _point_latest(builds: Path) -> None:
    """`latest` is never missing in between: a new link takes the old one's place."""
    fresh = builds / f".latest-{uuid.uuid4().hex}"
    with suppress(OSError):  # a file system without symbolic links has no `latest`
        fresh.symlink_to(str(highest_number(builds)))
        fresh.replace(builds / "latest")


def _keep_from_git(folder: Path) -> None:
    with suppress(FileExistsError):
        descriptor = os.open(folder / ".gitignore", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write("*\n")


def _unwritable(path: Path, error: OSError) -> HostResourceError:
    reason = error.strerror or str(error)
    return HostResourceError(
        f"cannot write the build record at {path}: {reason}",
        hints=("keep it elsewhere: localbuild run --record DIR",),
    )
