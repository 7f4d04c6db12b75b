"""Findings as SARIF: one run with the rules that were broken, each with its page. Pure.

Source: SARIF 2.1.0, §3.19 toolComponent, §3.27 result, §3.30 region, §3.49 reportingDescriptor.
"""

from collections.abc import Sequence
from urllib.parse import quote

from localbuild import __version__
from localbuild.buildspec.rules import RULES
from localbuild.errors import Problem, Severity

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif(problems: Sequence[Problem]) -> dict[str, object]:
    """The log as a JSON document. Relative paths are those below the repository's root."""
    first = {problem.code: problem for problem in reversed(problems)}
    codes = sorted(first)
    driver = {
        "name": "localbuild",
        "version": __version__,
        "rules": [_rule(code, first[code].severity) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, codes.index(problem.code)) for problem in problems],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, severity: Severity) -> dict[str, object]:
    found = RULES.get(code)
    if found is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": found.what},
        "fullDescription": {"text": found.paragraph},
        "help": {"text": found.page(code), "markdown": found.markdown()},
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }


def _result(problem: Problem, index: int) -> dict[str, object]:
    place = problem.place
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endColumn": place.column + max(1, place.length),
    }
    location = {"artifactLocation": {"uri": _uri(place.file)}, "region": region}
    said = (problem.message, problem.suggestion, *(f"\nhint: {hint}" for hint in problem.hints))
    return {
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": _LEVELS[problem.severity],
        "message": {"text": " ".join(filter(None, said)).replace(" \n", "\n")},
        "locations": [{"physicalLocation": location}],
    }


def _uri(file: str) -> str:
    """A relative reference, or the URI of an absolute path."""
    path = quote(file.replace("\\", "/"))
    return f"file://{path}" if path.startswith("/") else path
