"""Which files `lint` looks at: those named, or every buildspec that git knows of."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from localbuild.cli.process.paths import is_dir, is_file

BUILDSPEC = re.compile(r"buildspec[^/]*\.ya?ml")
_SKIPPED = ("node_modules", "venv", "cdk.out", "__pycache__")

KnownFiles = Callable[[Path], Sequence[str] | None]
"""The files below a folder that git knows of or would take, None where there is no git."""


def default_files(folder: Path, known: KnownFiles) -> list[str]:
    """Every `buildspec*.yml` and `.yaml` in a folder and below, as paths relative to it."""
    names = known(folder)
    found = _walk(folder) if names is None else (n for n in names if is_file(folder / n))
    return sorted(name for name in found if BUILDSPEC.fullmatch(name.rsplit("/", 1)[-1]))


def expand_files(asked: Iterable[str], cwd: Path, known: KnownFiles) -> list[str]:
    """The files that were asked for; a folder stands for its buildspecs."""
    files: list[str] = []
    for name in asked:
        path = cwd / name
        if name != "-" and is_dir(path):
            files += [os.path.normpath(f"{name}/{n}") for n in default_files(path, known)]
        else:
            files.append(name)
    return list(dict.fromkeys(files))


def _walk(folder: Path) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _SKIPPED]
        for name in files:
            yield (Path(place) / name).relative_to(folder).as_posix()
