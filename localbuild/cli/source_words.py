"""SOURCE and `-s/--source ID:WHERE`: a directory, a git repository or an object of S3.

A directory that exists is always one. Source: API reference, ProjectSource sourceIdentifier.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from localbuild.cli.options.parsers import texts
from localbuild.cli.process.paths import is_dir, is_file, real_path, under
from localbuild.errors import UsageError
from localbuild.project.read_sources import IDENTIFIER
from localbuild.sources.places import Place, read_place

_HOST_AND_PATH = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}/[^/\s]+/\S+", re.IGNORECASE)
"""A repository's URL as it is often written: `github.com/org/app`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSource:
    """A secondary source that somebody has named: its place, or a version of the project's."""

    identifier: str
    place: Place | Path | None = field(default=None, repr=False)
    version: str = ""


def read_given_sources(value: object, base: Path) -> tuple[GivenSource, ...]:
    """`ID:WHERE`, or several of them. Raises ValueError."""
    found: dict[str, GivenSource] = {}
    for word in texts(value, base):
        source = _read_given(word, base)
        if source.identifier in found:
            raise ValueError(f"{source.identifier} is there twice")
        found[source.identifier] = source
    return tuple(found.values())


def find_source(asked: str, cwd: Path) -> Path:
    """SOURCE's real path. Raises UsageError where it is no directory."""
    found = find_place(asked, cwd)
    if isinstance(found, Path):
        return found
    raise UsageError(f"{asked} is not here: this needs a directory")


def find_place(asked: str, cwd: Path) -> Path | Place:
    """What SOURCE names: a directory's real path, or a place to fetch from. Raises UsageError."""
    path = real_path(cwd / asked)
    if is_dir(path):
        return path
    try:
        place = read_place(asked)
    except ValueError as error:
        raise UsageError(f"SOURCE: {error}") from None
    if place is not None:
        return place
    if is_file(path):
        raise UsageError(
            f"SOURCE is a directory, and {asked} is a file", hints=(f"localbuild run -f {asked}",)
        )
    hints = (f"localbuild run https://{asked}",) if _HOST_AND_PATH.fullmatch(asked) else ()
    raise UsageError(f"SOURCE {asked}: no such directory", hints=hints)


def _read_given(word: str, base: Path) -> GivenSource:
    identifier, sign, where = word.partition(":")
    if not sign or not where or not IDENTIFIER.fullmatch(identifier):
        raise ValueError(
            f"'{identifier}' is no source: write ID:DIR or ID:URL, the ID of letters, digits and _"
        )
    path = real_path(under(base, where))
    if is_dir(path):
        return GivenSource(identifier=identifier, place=path)
    if where.startswith("#") and len(where) > 1:
        return GivenSource(identifier=identifier, version=where[1:])
    place = read_place(where)
    if place is None:
        raise ValueError(f"{identifier}: there is no directory {where}")
    return GivenSource(identifier=identifier, place=place)
