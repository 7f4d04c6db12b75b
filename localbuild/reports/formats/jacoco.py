"""JACOCOXML: `report`, its packages, and the counters of each source file.

Classes without source files, as builds without debug information have them, count as themselves.
Source: JaCoCo, report.dtd.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from localbuild.events.reports import FileCoverage
from localbuild.reports.model import CoverageReport
from localbuild.reports.texts import read_count
from localbuild.reports.xml import Element, Shape, read_steps

_SHAPE = Shape(
    roots=("report",),
    opened=frozenset(("package", "class", "method", "sourcefile", "counter")),
)
_COUNTED = ("LINE", "BRANCH")


@dataclass(slots=True)
class _Package:
    """A package on its way: the counters of its files, and of its classes."""

    name: str
    files: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    classes: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)

    def coverage(self) -> Iterator[FileCoverage]:
        """Its source files, or its classes where it has none."""
        for name, counters in (self.files or self.classes).items():
            path = f"{self.name}/{name}" if self.files and self.name else name
            yield _coverage(path, counters)


def parse_jacoco(data: bytes) -> CoverageReport:
    """Raises FormatError."""
    return CoverageReport(files=tuple(_files(data)))


def _files(data: bytes) -> Iterator[FileCoverage]:
    package = _Package("")
    inside: list[Element] = []
    for begins, element in read_steps(data, _SHAPE):
        if not begins:
            inside.pop()
            if element.name == "package":
                yield from package.coverage()
            continue
        if element.name == "package":
            package = _Package(element.get("name"))
        elif element.name == "counter" and inside:
            _count(package, inside[-1], element)
        inside.append(element)


def _count(package: _Package, owner: Element, counter: Element) -> None:
    groups = {"sourcefile": package.files, "class": package.classes}
    if owner.name not in groups or counter.get("type") not in _COUNTED:
        return
    counters = groups[owner.name].setdefault(owner.get("name"), {})
    counters[counter.get("type")] = (
        read_count(counter.get("covered")),
        read_count(counter.get("missed")),
    )


def _coverage(path: str, counters: dict[str, tuple[int, int]]) -> FileCoverage:
    lines, branches = counters.get("LINE", (0, 0)), counters.get("BRANCH", (0, 0))
    return FileCoverage(
        file_path=path,
        lines_covered=lines[0],
        lines_missed=lines[1],
        branches_covered=branches[0],
        branches_missed=branches[1],
    )
