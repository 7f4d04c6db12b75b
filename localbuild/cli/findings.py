"""Findings of `lint` in other programs' formats: JSON, GitHub's annotations, SARIF. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from localbuild.errors import Problem, Severity
from localbuild.units import counted

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_DATA_ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY_ESCAPES = {**_DATA_ESCAPES, ":": "%3A", ",": "%2C"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a look at some files came to; `missing` are those that could not be read."""

    problems: Sequence[Problem]
    files: int
    missing: Sequence[str] = ()


def as_text(checked: Checked) -> str:
    """For people and editors."""
    from localbuild.buildspec.render import render_problem

    return "\n".join(render_problem(problem) for problem in checked.problems)


def as_json(checked: Checked) -> str:
    """One document with every finding."""
    document = {
        "files": checked.files,
        "missing": list(checked.missing),
        "errors": count(checked.problems, Severity.ERROR),
        "warnings": count(checked.problems, Severity.WARNING),
        "notes": count(checked.problems, Severity.NOTE),
        "problems": [_as_object(problem) for problem in checked.problems],
    }
    return json.dumps(document, indent=2)


def as_github(checked: Checked) -> str:
    """Workflow commands that GitHub shows beside the lines of a change."""
    return "\n".join(_annotation(problem) for problem in checked.problems)


def as_sarif(checked: Checked) -> str:
    """SARIF 2.1.0, for code scanning."""
    from localbuild.cli.sarif import sarif

    return json.dumps(sarif(checked.problems), indent=2)


FORMATS: Mapping[str, Callable[[Checked], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}


def count(problems: Sequence[Problem], severity: Severity) -> int:
    """How many are of that severity."""
    return sum(1 for problem in problems if problem.severity is severity)


def summary(problems: Sequence[Problem], files: int) -> str:
    """The last line: `Found 2 errors, 1 warning in 3 files.`"""
    if not problems:
        return f"All good: {counted(files, 'buildspec')} checked."
    parts = [counted(number, word) for word in Severity if (number := count(problems, word))]
    return f"Found {', '.join(parts)} in {counted(files, 'file')}."


def _as_object(problem: Problem) -> dict[str, object]:
    found = asdict(problem)
    place = found.pop("place")
    return {**place, **found, "hints": list(problem.hints)}


def _annotation(problem: Problem) -> str:
    place = problem.place
    properties = {
        "file": place.file,
        "line": str(place.line),
        "col": str(place.column),
        "endColumn": str(place.column + max(1, place.length)),
        "title": problem.code,
    }
    listed = ",".join(f"{k}={_escaped(v, _PROPERTY_ESCAPES)}" for k, v in properties.items())
    message = "; ".join(filter(None, (problem.message, problem.suggestion)))
    text = "\n".join((message, *(f"hint: {hint}" for hint in problem.hints)))
    return f"::{_COMMANDS[problem.severity]} {listed}::{_escaped(text, _DATA_ESCAPES)}"


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
