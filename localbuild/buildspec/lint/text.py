"""The door of lint: a file's bytes in, everything worth saying about it out."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from localbuild.buildspec.findings import MOST, by_place
from localbuild.buildspec.lint.commands import commands
from localbuild.buildspec.lint.ignores import is_silenced, lb221_idle_ignores
from localbuild.buildspec.lint.platform import is_for_windows
from localbuild.buildspec.lint.produced import SourceTree
from localbuild.buildspec.lint.registry import LINT_RULES, SHELL_RULES, TREE_RULES
from localbuild.buildspec.model import Buildspec, Text
from localbuild.buildspec.pick import child
from localbuild.buildspec.read import read_nodes
from localbuild.documents.compose import compose
from localbuild.documents.source import Source, read_source
from localbuild.errors import BuildspecError, Place, Problem, Severity

HIDDEN = frozenset({"LB501", "LB507"})
"""Findings whose place is a secret: it is not shown again."""

EMPTY: Mapping[int, int] = {}


def lint_text(
    data: bytes,
    file: str,
    *,
    tree: SourceTree | None = None,
    ignore: frozenset[str] = frozenset(),
) -> tuple[Problem, ...]:
    """All errors, warnings and notes of a buildspec, sorted by line; never raises.

    A file with a `batch` section is read as a batch build reads it, and as an ordinary build does.
    `# localbuild: ignore LB203` on a line silences warnings with that code on that line, and on the
    lines of the block that begins there; `ignore` those of the whole file. What the service refuses
    cannot be silenced. Without a `tree` nothing is said that depends on the source's files.
    """
    try:
        source = read_source(data, file)
        root = compose(source)
    except BuildspecError as error:
        return error.problems
    try:
        buildspec = read_nodes(source, root, batch=child(root, "batch") is not None)
    except BuildspecError as error:
        return _told(error.problems, source, ignore)
    found = (*buildspec.warnings, *_found(buildspec, tree), *lb221_idle_ignores(source))
    return _told(found, source, ignore, _blocks(buildspec))


def _found(buildspec: Buildspec, tree: SourceTree | None) -> Iterator[Problem]:
    for rule in LINT_RULES:
        yield from rule(buildspec)
    if is_for_windows(buildspec):
        return
    for rule in SHELL_RULES:
        yield from rule(buildspec)
    if tree is not None:
        for tree_rule in TREE_RULES:
            yield from tree_rule(buildspec, tree)


def _blocks(buildspec: Buildspec) -> Mapping[int, int]:
    """The line on which a block begins, by each of its lines."""
    blocks = (command for _, command in commands(buildspec) if command.block)
    return {number: block.place.line for block in blocks for number in _lines_of(block)}


def _lines_of(block: Text) -> range:
    first = block.place.line + 1
    return range(first, first + block.value.count("\n") + 1)


def _told(
    problems: tuple[Problem, ...],
    source: Source,
    ignore: frozenset[str],
    blocks: Mapping[int, int] = EMPTY,
) -> tuple[Problem, ...]:
    """What is left after what is ignored, sorted, each with its excerpt.

    Of each code the first `MOST` are told.
    """
    seen: Counter[str] = Counter()
    told = []
    problems = tuple(_placed(problem, source) for problem in problems)
    hidden = {p.place.line: p.place for p in problems if p.code in HIDDEN}
    for problem in sorted(problems, key=by_place):
        seen[problem.code] += 1
        line = problem.place.line
        places = (line, blocks.get(line, line))
        if seen[problem.code] > MOST or (
            problem.severity is not Severity.ERROR
            and (problem.code in ignore or is_silenced(problem.code, places, source))
        ):
            continue
        told.append(_with_excerpt(problem, source, hidden.get(line)))
    return tuple(told)


def _placed(problem: Problem, source: Source) -> Problem:
    """A place of length 0 stands for what is on its line."""
    place = problem.place
    if place.length:
        return problem
    text = source.excerpt(place.line)
    column = len(text) - len(text.lstrip()) + 1
    place = replace(place, column=column, length=max(1, len(text.strip())))
    return replace(problem, place=place)


def _with_excerpt(problem: Problem, source: Source, secret: Place | None) -> Problem:
    """With its line, in which a secret is not shown again, whatever the finding is about."""
    text = source.excerpt(problem.place.line)
    if secret is not None:
        start, end = secret.column - 1, secret.column - 1 + secret.length
        text = text[:start] + "*" * len(text[start:end]) + text[end:]
    return replace(problem, excerpt=text)
