"""The problems found so far, collected with their excerpts, so that all can be told at once."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

from localbuild.documents.source import Source
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
    aliases: frozenset[str] | None = None
    counts: Counter[Severity] = field(default_factory=Counter)

    def full(self, severity: Severity = Severity.ERROR) -> bool:
        """Whether no more of that severity are taken: then they need not be made."""
        return self.counts[severity] >= MOST

    def error(self, code: str, message: str, place: Place, **words: Unpack[Words]) -> None:
        """Note something that the service refuses."""
        if not self.full():
            self._add(replace(self.source.problem(code, message, place), **words))

    def warn(self, code: str, message: str, place: Place, **words: Unpack[Words]) -> None:
        """Note something that the service accepts and a reader should know."""
        if not self.full(Severity.WARNING):
            problem = self.source.problem(code, message, place)
            self._add(replace(problem, severity=Severity.WARNING, **words))

    def _add(self, problem: Problem) -> None:
        """The same thing is told once, however many aliases lead to it."""
        if problem not in self.problems:
            self.problems.append(problem)
            self.counts[problem.severity] += 1

    def is_referred_to(self, anchor: str) -> bool:
        """Whether an alias with the name of that anchor is anywhere in the file."""
        if self.aliases is None:
            import re

            self.aliases = frozenset(re.findall(r"\*([^\s,\[\]{}]+)", self.source.text))
        return anchor in self.aliases


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
