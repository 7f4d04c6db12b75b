"""Short ways to read buildspecs in tests."""

import pytest

from localbuild.buildspec.model import Buildspec
from localbuild.buildspec.read import read_buildspec
from localbuild.errors import BuildspecError, Problem, Severity

HEAD = "version: 0.2\n"
COMMANDS = HEAD + "phases:\n  build:\n    commands:\n"


def read(text: str, *, batch: bool = False) -> Buildspec:
    """Read a text."""
    return read_buildspec(text.encode(), "buildspec.yml", batch=batch)


def refusal(text: str | bytes, *, batch: bool = False) -> BuildspecError:
    """The error that refuses a text."""
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(BuildspecError) as caught:
        read_buildspec(data, "buildspec.yml", batch=batch)
    return caught.value


def errors(text: str, *, batch: bool = False) -> list[tuple[str, int]]:
    """The codes and lines of the errors of a text that is refused."""
    found = refusal(text, batch=batch).problems
    return [(p.code, p.place.line) for p in found if p.severity is Severity.ERROR]


def codes(problems: tuple[Problem, ...]) -> list[str]:
    """The codes of problems, in their order."""
    return [problem.code for problem in problems]
