"""Mends a text that is no YAML, by quoting the values at which its parser stumbles. Pure."""

import re
from collections.abc import Callable, Mapping

from localbuild.buildspec.fix.edit import read
from localbuild.buildspec.fix.shape import At, Shape, shape, text_shape
from localbuild.documents.compose import compose
from localbuild.documents.source import read_source
from localbuild.documents.yaml_hints import single_quoted
from localbuild.errors import BuildspecError

MOST = 50
"""So many values of one file are quoted."""

MENDABLE = ("LB001", "LB006", "LB010")
PLACEHOLDER = "x"
Quoted = Mapping[int, tuple[int, str]]
"""Column and text of a value, by its line."""

_VALUE = re.compile(r"(?P<lead>\s*(?:- +)*(?:[\w.-]+: +)?)(?P<value>\S.*?)\s*$")


def quote_values(text: str, file: str) -> tuple[str, int] | None:
    """The text with as few values in quotes as it takes, and how many; None where that is not sure.

    It is sure when the text with those values, and the text with a word in the place of each, say
    the same but for them.
    """
    quoted: dict[int, tuple[int, str]] = {}
    lines = text.split("\n")
    for _ in range(MOST):
        number = _stumbles(_with(lines, quoted, single_quoted), file)
        if number <= 0:
            break
        found = next(((n, v) for n in _near(lines, number) if (v := _quotable(lines[n - 1]))), None)
        if found is None or found[0] in quoted:
            return None
        quoted[found[0]] = found[1]
    mended = _with(lines, quoted, single_quoted)
    return (mended, len(quoted)) if quoted and _says_the_same(lines, quoted, mended) else None


def _says_the_same(lines: list[str], quoted: Quoted, mended: str) -> bool:
    held = read(_with(lines, quoted, lambda _: PLACEHOLDER), "")
    found = read(mended, "")
    if held is None or found is None:
        return False
    instead: dict[At, Shape] = {
        (line, column): text_shape(value, quoted=True) for line, (column, value) in quoted.items()
    }
    return shape(found[1]) == shape(held[1], instead)


def _with(lines: list[str], quoted: Quoted, form: Callable[[str], str]) -> str:
    changed = list(lines)
    for number, (column, value) in quoted.items():
        line = lines[number - 1]
        end = column - 1 + len(value)
        changed[number - 1] = line[: column - 1] + form(value) + line[end:]
    return "\n".join(changed)


def _stumbles(text: str, file: str) -> int:
    """The line of the parser's complaint, 0 where it has none, -1 for one that no quote mends."""
    try:
        compose(read_source(text.encode(), file))
    except BuildspecError as error:
        problem = error.problems[0]
        return problem.place.line if problem.code in MENDABLE else -1
    return 0


def _near(lines: list[str], number: int) -> list[int]:
    before = next((n for n in range(number - 1, 0, -1) if lines[n - 1].strip()), number)
    return [n for n in (number, before) if n <= len(lines)]


def _quotable(line: str) -> tuple[int, str] | None:
    """Column and text of a value that YAML takes for something else than text."""
    found = _VALUE.match(line) if len(line) <= 400 else None
    if found is None or not found["lead"].strip():
        return None
    value = found["value"]
    if value[0] in "'\"#|>" or " #" in value:
        return None
    if value[0] in "[{" and any(value.count(a) != value.count(b) for a, b in ("[]", "{}")):
        return None
    if value[0] in "*%@`[{&!" or ": " in value:
        return len(found["lead"]) + 1, value
    return None
