"""The versions of an image's runtimes, and which of them a text stands for. Pure.

Source: User Guide, runtime versions: a specific version, a major version with `.x`, `latest`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LATEST = "latest"
_DIGITS = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRuntime:
    """One entry of `runtime-versions`: the version is as written, and may name a variable."""

    name: str
    version: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedVersion:
    """A version that an image has: the commands that switch to it, and what else it needs.

    `requires` names a runtime and the versions of it that will do.
    """

    version: str
    commands: tuple[str, ...] = ()
    requires: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRuntime:
    """A runtime of an image. `default` has the commands for any version that is not listed."""

    name: str
    versions: tuple[ListedVersion, ...] = ()
    default: ListedVersion | None = None


def find_version(asked: str, versions: Sequence[ListedVersion]) -> ListedVersion | None:
    """The listed version of that name, else the newest that `latest` or `N.x` stands for.

    `N.x` stands for N and for all that begins with `N.`: `corretto11.x` is `corretto11`.
    """
    for listed in versions:
        if listed.version == asked:
            return listed
    if asked == LATEST:
        return newest_of(versions)
    prefix = asked.removesuffix(".x")
    if prefix == asked:
        return None
    return newest_of([v for v in versions if f"{v.version}.".startswith(f"{prefix}.")])


def newest_of(versions: Sequence[ListedVersion]) -> ListedVersion | None:
    """The newest version; of two that are the same age, the one that is listed last."""
    return max(reversed(versions), key=lambda v: age_of(v.version), default=None)


def age_of(version: str) -> tuple[tuple[int, str], ...]:
    """What versions are ordered by: their numbers, one after the other; 3.10 is newer than 3.9."""
    numbers = (digits.lstrip("0") for digits in _DIGITS.findall(version))
    return tuple((len(number), number) for number in numbers)
