"""SIMPLECOV: `.resultset.json`, or the `coverage.json` of SimpleCov's own JSON formatter.

Of several runs, of RSpec and Minitest for example, a line counts as run where one of them ran it.
Source: SimpleCov documentation; Ruby documentation, Coverage.
"""

from collections.abc import Iterator, Mapping

from localbuild.events.reports import FileCoverage
from localbuild.reports.json_values import items, members, number, read_json
from localbuild.reports.model import CoverageReport, FormatError

Lines = dict[int, bool]
Branches = dict[tuple[str, str], bool]


def parse_simplecov(data: bytes) -> CoverageReport:
    """Raises FormatError."""
    document = read_json(data)
    runs = list(_runs(members(document)))
    if not runs:
        raise FormatError("expected the coverage of files by the names of runs")
    lines: dict[str, Lines] = {}
    branches: dict[str, Branches] = {}
    for path, found in (pair for run in runs for pair in run.items()):
        _add_lines(lines.setdefault(path, {}), found)
        _add_branches(branches.setdefault(path, {}), members(found).get("branches"))
    return CoverageReport(files=tuple(_coverage(p, lines[p], branches[p]) for p in lines))


def _runs(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Files and what was covered of them, once for each run."""
    if "meta" in document and isinstance(document.get("coverage"), dict):
        yield members(document["coverage"])
        return
    for run in document.values():
        if isinstance(members(run).get("coverage"), dict):
            yield members(members(run)["coverage"])


def _add_lines(lines: Lines, found: object) -> None:
    """A count for each line; null, or `ignored`, for one that has no code."""
    counts = found if isinstance(found, list) else members(found).get("lines")
    for index, count in enumerate(items(counts)):
        if isinstance(count, int | float) and not isinstance(count, bool):
            lines[index] = count > 0 or lines.get(index, False)


def _add_branches(branches: Branches, found: object) -> None:
    """Conditions with the counts of their ways; the JSON formatter has one list of ways."""
    counts = {(c, way): n for c, ways in members(found).items() for way, n in members(ways).items()}
    for index, way in enumerate(map(members, items(found))):
        counts["", str(index)] = way.get("coverage")
    for key, count in counts.items():
        branches[key] = number(count) > 0 or branches.get(key, False)


def _coverage(path: str, lines: Lines, branches: Branches) -> FileCoverage:
    hit, taken = sum(lines.values()), sum(branches.values())
    return FileCoverage(
        file_path=path,
        lines_covered=hit,
        lines_missed=len(lines) - hit,
        branches_covered=taken,
        branches_missed=len(branches) - taken,
    )
