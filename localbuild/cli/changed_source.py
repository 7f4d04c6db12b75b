"""Whether the files of a source have changed since a build has copied them."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from localbuild.cli.records.folders import STATE_DIR
from localbuild.cli.records.history import read_document
from localbuild.cli.records.kept import KeptBuild
from localbuild.cli.records.plans import load_plan
from localbuild.errors import UsageError
from localbuild.events.shapes import parse_time
from localbuild.plan.model import BuildPlan, SourcePlan
from localbuild.sources.git import list_files

_SHOWN = 3
_NOT_LOOKED_INTO = (".git", STATE_DIR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """The build that has copied the source into the container, and when it began."""

    number: int
    time: datetime


def find_copied(build: KeptBuild, plan: BuildPlan) -> Copied | None:
    """Of a build and those that it went on from; None where their records cannot be read."""
    record, started = build.record, build.result.started
    found = Copied(number=started.number, time=started.time)
    with suppress(OSError, ValueError, UsageError):
        while plan.resumed and not plan.resumed.update_source:
            number = plan.resumed.number
            record = record.parent / str(number)
            plan = load_plan(record)
            found = Copied(number=number, time=parse_time(read_document(record).get("startTime")))
        return found
    return None


def changed_files(
    source: SourcePlan, since: datetime, environ: Mapping[str, str], left_out: tuple[Path, ...]
) -> list[str]:
    """Files of a directory, relative to it, that are newer; none of those below `left_out`."""
    tree = Path(source.location)
    names = None if source.include_ignored else list_files(tree, environ)
    return [
        name
        for name in (_walk(tree) if names is None else names)
        if _is_newer(tree / name, since.timestamp()) and not _is_below(tree / name, left_out)
    ]


def shown_names(names: list[str]) -> str:
    """The first of them, and that there are more."""
    more = ", …" if len(names) > _SHOWN else ""
    return ", ".join(sorted(names)[:_SHOWN]) + more


def _walk(tree: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(tree):
        folders[:] = [name for name in folders if name not in _NOT_LOOKED_INTO]
        yield from (os.path.relpath(Path(folder, name), tree) for name in files)


def _is_newer(path: Path, since: float) -> bool:
    with suppress(OSError):
        return path.lstat().st_mtime > since
    return False


def _is_below(path: Path, folders: tuple[Path, ...]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)
