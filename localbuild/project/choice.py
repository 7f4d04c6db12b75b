"""Which project of a definition is meant, where it holds several."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from localbuild.errors import ProjectError

_MANY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of a file: `name` after `#`, and what a template is evaluated with."""

    file: str
    name: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    region: str = ""


def choose(names: Sequence[Sequence[str]], wanted: Wanted) -> int:
    """The number of the project that is meant; each has its names, the first one is shown.

    Raises ProjectError where there is none, or more than one.
    """
    if not names:
        raise ProjectError(f"{wanted.file}: no CodeBuild project is defined there")
    shown = [each[0] for each in names]
    if not wanted.name:
        if len(names) == 1:
            return 0
        raise ProjectError(
            f"{wanted.file} defines {len(names)} projects: say which one",
            hints=_offers(shown, wanted),
        )
    found = [number for number, each in enumerate(names) if wanted.name in each]
    if len(found) == 1:
        return found[0]
    what = "several projects are" if found else "there is no project"
    close = difflib.get_close_matches(wanted.name[:200], shown, n=1)
    guess = f"; did you mean '{close[0]}'?" if close and not found else ""
    raise ProjectError(
        f"{wanted.file}: {what} '{wanted.name}'{guess}", hints=_offers(shown, wanted)
    )


def _offers(shown: Sequence[str], wanted: Wanted) -> tuple[str, ...]:
    return tuple(f"--project {wanted.file}#{name}" for name in shown[:_MANY])
