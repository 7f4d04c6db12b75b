"""CLOVERXML: `coverage`, `project`, files with `line`s and `metrics`.

A file's lines with statements and conditions are counted where it lists them, else its statements
are: what begins a method runs nothing. Branches are what its metrics say of conditionals. What is
said of the tests' own files is left out.
Source: OpenClover, clover.xsd; istanbul, PHPUnit, gcovr.
"""

from localbuild.events.reports import FileCoverage
from localbuild.reports.model import CoverageReport, FormatError
from localbuild.reports.texts import read_count
from localbuild.reports.xml import Element, Shape, read_steps

_SHAPE = Shape(
    roots=("coverage",),
    opened=frozenset(("coverage", "testproject", "file", "class", "line", "metrics")),
)

_METHOD = "method"


def parse_clover(data: bytes) -> CoverageReport:
    """Raises FormatError, also for Cobertura's files, whose root has the same name."""
    reading = _Reading()
    for begins, element in read_steps(data, _SHAPE):
        reading.take(element, begins=begins)
    return CoverageReport(files=tuple(reading.files))


class _Reading:
    """Where in the document we are, and the files so far."""

    def __init__(self) -> None:
        self.files: list[FileCoverage] = []
        self._lines: dict[int, bool] = {}
        self._metrics: Element | None = None
        self._in_class = False
        self._of_tests = False

    def take(self, element: Element, *, begins: bool) -> None:
        """Take the next step."""
        match element.name:
            case "coverage" if begins and element.get("line-rate"):
                raise FormatError("a file of Cobertura's, not of Clover's")
            case "testproject":
                self._of_tests = begins
            case "class":
                self._in_class = begins
            case "file":
                self._file(element, begins=begins)
            case "line" if begins and element.get("type") != _METHOD:
                number = read_count(element.get("num"))
                hit = read_count(element.get("count")) > 0
                self._lines[number] = hit or self._lines.get(number, False)
            case "metrics" if begins and not self._in_class:
                self._metrics = element

    def _file(self, element: Element, *, begins: bool) -> None:
        if begins:
            self._lines, self._metrics = {}, None
        elif not self._of_tests:
            self.files.append(self._coverage(element))

    def _coverage(self, file: Element) -> FileCoverage:
        hit = sum(self._lines.values())
        lines = (hit, len(self._lines) - hit) if self._lines else self._pair("statements")
        branches = self._pair("conditionals")
        return FileCoverage(
            file_path=file.get("path") or file.get("name"),
            lines_covered=lines[0],
            lines_missed=lines[1],
            branches_covered=branches[0],
            branches_missed=branches[1],
        )

    def _pair(self, what: str) -> tuple[int, int]:
        """Covered and missed ones of the file's metrics."""
        if self._metrics is None:
            return 0, 0
        covered = read_count(self._metrics.get(f"covered{what}"))
        return covered, max(0, read_count(self._metrics.get(what)) - covered)
