"""Comments that silence findings: what each of them names, and those that silence nothing. Pure."""

import re
from collections.abc import Iterable, Iterator

from localbuild.documents.source import Source
from localbuild.errors import Place, Problem, Severity

_COMMENT = re.compile(r"#\s*localbuild:\s*ignore\b\s*(LB[0-9]{3}(?:[,\s]+LB[0-9]{3})*)?")
_APART = re.compile(r"[,\s]+")


def is_silenced(code: str, lines: Iterable[int], source: Source) -> bool:
    """Whether a comment on one of the lines names that code."""
    found = (_COMMENT.search(source.excerpt(line)) for line in lines)
    return any(code in _APART.split(comment[1] or "") for comment in found if comment)


def lb221_idle_ignores(source: Source) -> Iterator[Problem]:
    """Comments without a code, or with one that there is not."""
    if "localbuild:" not in source.text:
        return
    from localbuild.buildspec.rules import LINTED

    for number, line in enumerate(source.lines, start=1):
        comment = _COMMENT.search(line)
        if comment is None:
            continue
        place = source.place(number, comment.start() + 1, comment.end() - comment.start())
        codes = dict.fromkeys(_APART.split(comment[1] or ""))
        for code in codes:
            if code not in LINTED:
                yield _idle(source, place, code)


def _idle(source: Source, place: Place, code: str) -> Problem:
    message = f"there is no finding {code} to ignore" if code else "this ignores no finding"
    hint = "localbuild explain" if code else "name its code: # localbuild: ignore LB302"
    return Problem(
        severity=Severity.WARNING,
        code="LB221",
        message=message,
        place=place,
        excerpt=source.excerpt(place.line),
        hints=(hint,),
    )
