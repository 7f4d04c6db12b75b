"""The door of lint: a file's bytes in, everything worth saying about it out."""

import re
from collections import Counter
from dataclasses import replace

from localbuild.buildspec.findings import MOST, by_place
from localbuild.buildspec.lint.registry import LINT_RULES
from localbuild.buildspec.pick import child
from localbuild.buildspec.read import read_nodes
from localbuild.documents.compose import compose
from localbuild.documents.source import Source, read_source
from localbuild.errors import BuildspecError, Problem, Severity

HIDDEN = frozenset({"LB501"})
"""Findings whose place is a secret: it is not shown again."""

IGNORE = r"#\s*localbuild:\s*ignore\s+(LB[0-9]{3}(?:[,\s]+LB[0-9]{3})*)"


def lint_text(data: bytes, file: str) -> tuple[Problem, ...]:
    """All errors and warnings of a buildspec, sorted by line; never raises.

    A file with a `batch` section is read as a batch build reads it, and as an ordinary build does.
    `# localbuild: ignore LB203` on a line silences warnings with that code on that line; what the
    service refuses cannot be silenced.
    """
    try:
        source = read_source(data, file)
        root = compose(source)
    except BuildspecError as error:
        return error.problems
    try:
        buildspec = read_nodes(source, root, batch=child(root, "batch") is not None)
    except BuildspecError as error:
        return _told(error.problems, source)
    found = (problem for rule in LINT_RULES for problem in rule(buildspec))
    return _told((*buildspec.warnings, *found), source)


def _told(problems: tuple[Problem, ...], source: Source) -> tuple[Problem, ...]:
    """What is left after the comments of the file, sorted, each with its excerpt.

    Of each code the first `MOST` are told.
    """
    seen: Counter[str] = Counter()
    told = []
    for problem in sorted(problems, key=by_place):
        seen[problem.code] += 1
        if seen[problem.code] <= MOST and not _is_silenced(problem, source):
            told.append(_with_excerpt(problem, source))
    return tuple(told)


def _is_silenced(problem: Problem, source: Source) -> bool:
    if problem.severity is Severity.ERROR:
        return False
    found = re.search(IGNORE, source.excerpt(problem.place.line))
    return found is not None and problem.code in re.split(r"[,\s]+", found[1])


def _with_excerpt(problem: Problem, source: Source) -> Problem:
    text, place = source.excerpt(problem.place.line), problem.place
    if problem.code in HIDDEN:
        start, end = place.column - 1, place.column - 1 + place.length
        text = text[:start] + "*" * len(text[start:end]) + text[end:]
    return replace(problem, excerpt=text)
