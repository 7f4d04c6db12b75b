"""The problems found so far, collected with their excerpts, so that all can be told at once."""

from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

from localbuild.buildspec.source import Source
from localbuild.errors import Place, Problem, Severity

MOST = 100
"""After so many findings of one severity a reader has stopped reading."""


class Words(TypedDict, total=False):
    """What can be added to a finding: see `Problem`."""

    suggestion: str
    hints: tuple[str, ...]
    service_message: str


@dataclass(slots=True, kw_only=True)
class Findings:
    """Collects problems about one source."""

    source: Source
    problems: list[Problem] = field(default_factory=list)

    def error(self, code: str, message: str, place: Place, **words: Unpack[Words]) -> None:
        """Note something that the service refuses."""
        self._add(Severity.ERROR, replace(self.source.problem(code, message, place), **words))

    def warn(self, code: str, message: str, place: Place, **words: Unpack[Words]) -> None:
        """Note something that the service accepts and a reader should know."""
        self._add(Severity.WARNING, replace(self.source.problem(code, message, place), **words))

    def _add(self, severity: Severity, problem: Problem) -> None:
        if sum(known.severity is severity for known in self.problems) < MOST:
            self.problems.append(replace(problem, severity=severity))

    def sorted(self) -> tuple[Problem, ...]:
        """All of them by line and column."""
        return tuple(sorted(self.problems, key=by_place))


def by_place(problem: Problem) -> tuple[int, int, str]:
    """The order in which problems are told."""
    return problem.place.line, problem.place.column, problem.code


def did_you_mean(word: str, choices: tuple[str, ...]) -> str:
    """The suggestion for a misspelt word, empty where nothing is near."""
    if len(word) > 40:
        return ""
    from difflib import get_close_matches

    near = get_close_matches(word.lower().replace("_", "-"), [c.lower() for c in choices], 1)
    near = near or get_close_matches(word.lower(), [c.lower() for c in choices], 1)
    found = next((choice for choice in choices if near and choice.lower() == near[0]), "")
    return f"did you mean '{found}'?" if found else ""
