"""The folders that the user names for artifacts and reports: made before a record begins."""

import os
from collections.abc import Iterator
from errno import EACCES
from pathlib import Path

from localbuild.cli.process.paths import exists
from localbuild.cli.settings import Settings
from localbuild.errors import HostResourceError

_S3 = "s3://"


def make_destinations(settings: Settings) -> tuple[Path, ...]:
    """Make them, and see that they can be written: no record is left of a build that cannot begin.

    Which of them were not there. Raises HostResourceError.
    """
    made = []
    for what, path in _named(settings):
        if not exists(path):
            made.append(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
            if not os.access(path, os.W_OK | os.X_OK):
                raise PermissionError(EACCES, os.strerror(EACCES))
        except OSError as error:
            raise HostResourceError(
                f"cannot write {what} to {path}: {_reason(path, error)}", hints=(f"--{what} DIR",)
            ) from None
    return tuple(made)


def _named(settings: Settings) -> Iterator[tuple[str, Path]]:
    if settings.artifacts and not settings.artifacts.startswith(_S3):
        yield "artifacts", Path(settings.artifacts)
    if settings.reports is not None:
        yield "reports", settings.reports


def _reason(path: Path, error: OSError) -> str:
    if isinstance(error, FileExistsError):
        return f"{path.name} is a file; a folder is needed"
    return error.strerror or str(error)
