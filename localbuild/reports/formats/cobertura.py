"""COBERTURAXML: `coverage`, packages, classes with a `filename`, and their lines.

A file's classes are put together: a line of several counts once, as run where one of them ran it.
Lines of methods are those of the class again, and count where the class itself has none.
Source: Cobertura, coverage-04.dtd; coverage.py, gcovr, istanbul, coverlet.
"""

import re

from localbuild.events.reports import FileCoverage
from localbuild.reports.model import CoverageReport, FormatError
from localbuild.reports.texts import read_count
from localbuild.reports.xml import Element, Shape, read_steps

_SHAPE = Shape(
    roots=("coverage",),
    opened=frozenset(("coverage", "class", "methods", "line")),
)
_CONDITIONS = re.compile(r"\(([0-9]{1,9})/([0-9]{1,9})\)")
MAX_LINES = 1_000_000

Line = tuple[bool, int, int]
"""Whether it was run, its covered branches, all its branches."""


def parse_cobertura(data: bytes) -> CoverageReport:
    """Raises FormatError, also for Clover's files, whose root has the same name."""
    reading = _Reading()
    for begins, element in read_steps(data, _SHAPE):
        reading.take(element, begins=begins)
    return CoverageReport(files=tuple(_coverage(*each) for each in reading.files.items()))


class _Reading:
    """Where in the document we are, and the lines of every file so far."""

    def __init__(self) -> None:
        self.files: dict[str, dict[int, Line]] = {}
        self._of_class: dict[int, Line] = {}
        self._of_methods: dict[int, Line] = {}
        self._in_methods = False
        self._lines = 0

    def take(self, element: Element, *, begins: bool) -> None:
        """Take the next step. Raises FormatError."""
        match element.name:
            case "coverage" if begins:
                if element.get("clover"):
                    raise FormatError("a file of Clover's, not of Cobertura's")
            case "class" if begins:
                self._of_class, self._of_methods = {}, {}
            case "class":
                found = self.files.setdefault(element.get("filename") or element.get("name"), {})
                for number, line in (self._of_class or self._of_methods).items():
                    found[number] = _both(found.get(number), line)
            case "methods":
                self._in_methods = begins
            case "line" if begins:
                self._line(element)

    def _line(self, element: Element) -> None:
        self._lines += 1
        if self._lines > MAX_LINES:
            raise FormatError(f"more than {MAX_LINES:,} lines")
        lines = self._of_methods if self._in_methods else self._of_class
        number = read_count(element.get("number"))
        conditions = _CONDITIONS.search(element.get("condition-coverage"))
        branches = (int(conditions[1]), int(conditions[2])) if conditions else (0, 0)
        hit = read_count(element.get("hits")) > 0
        lines[number] = _both(lines.get(number), (hit, *branches))


def _both(first: Line | None, second: Line) -> Line:
    if first is None:
        return second
    return first[0] or second[0], max(first[1], second[1]), max(first[2], second[2])


def _coverage(path: str, lines: dict[int, Line]) -> FileCoverage:
    hit = sum(line[0] for line in lines.values())
    covered = sum(min(line[1], line[2]) for line in lines.values())
    return FileCoverage(
        file_path=path,
        lines_covered=hit,
        lines_missed=len(lines) - hit,
        branches_covered=covered,
        branches_missed=sum(line[2] for line in lines.values()) - covered,
    )
