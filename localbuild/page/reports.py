"""Tests and coverage: what reports say, in the API's shapes, failed cases first. Pure.

Source: API reference, Report, TestCase, CodeCoverage; `file` and `line` of a case are ours.
"""

from collections.abc import Iterable, Iterator, Mapping

from localbuild.logs.caching import print_seconds
from localbuild.page.markup import Markup, joined, tag
from localbuild.page.parts import badge, code, counted, folded, section, table
from localbuild.page.reading import number_in, object_in, objects_in, text_in

Report = Mapping[str, object]
FAILING = ("FAILED", "ERROR")


def reports_section(reports: Iterable[Report]) -> Markup:
    """Every report of a build; '' where it has none."""
    parts = [_report(report) for report in reports]
    return section("tests", "Tests and coverage", *parts) if parts else Markup("")


def _report(report: Report) -> Markup:
    heading = tag("h3", text_in(report, "name"), " ", badge(text_in(report, "status")))
    problems = object_in(report, "localbuild").get("problems")
    told = [str(line) for line in problems] if isinstance(problems, list) else []
    body = _coverage(report) if text_in(report, "type") == "CODE_COVERAGE" else _tests(report)
    return tag("div", heading, *(tag("p", line, class_="faint") for line in told), *body)


def _tests(report: Report) -> Iterator[Markup]:
    summary = object_in(report, "testSummary")
    cases = objects_in(report, "testCases")
    yield tag("p", " · ".join(_counts(summary)))
    for case in cases:
        if text_in(case, "status") in FAILING:
            yield _failed(case)
    if cases:
        title = counted(len(cases), "case") + (", not all" if report.get("truncated") else "")
        rows = (_row(case) for case in cases)
        yield folded(title, table(("case", "status", "took"), rows, numbers=[2]))


def _counts(summary: Report) -> Iterator[str]:
    counts = object_in(summary, "statusCounts")
    for status in ("SUCCEEDED", "FAILED", "ERROR", "SKIPPED", "UNKNOWN"):
        if count := number_in(counts, status):
            yield f"{count:,.0f} {status.lower()}"
    yield f"{number_in(summary, 'total'):,.0f} in all"
    if spent := number_in(summary, "durationInNanoSeconds"):
        yield print_seconds(spent / 1e9)


def _failed(case: Report) -> Markup:
    file, line = text_in(case, "file"), int(number_in(case, "line"))
    place = tag("p", code(f"{file}:{line}" if line else file)) if file else ""
    message = text_in(case, "message")
    told = tag("pre", message) if message else ""
    title = joined((badge(text_in(case, "status")), " ", case_name(case)))
    return tag("div", tag("h4", title), place, told, class_="failed-case")


def case_name(case: Report) -> str:
    """`prefix › name`: what tells a case from others of its report."""
    prefix = text_in(case, "prefix") or text_in(case, "testSuiteName")
    return " › ".join(part for part in (prefix, text_in(case, "name")) if part)


def _row(case: Report) -> tuple[str, Markup, str]:
    spent = number_in(case, "durationInNanoSeconds")
    took = print_seconds(spent / 1e9) if spent else ""
    return case_name(case), badge(text_in(case, "status")), took


def _coverage(report: Report) -> Iterator[Markup]:
    whole = object_in(report, "codeCoverageSummary")
    rows = [("lines", *_part(whole, "line", "lines"))]
    if number_in(whole, "branchesCovered") + number_in(whole, "branchesMissed"):
        rows.append(("branches", *_part(whole, "branch", "branches")))
    yield table(("covered", "", "", "of"), rows, numbers=[2, 3])
    files = objects_in(report, "codeCoverages")
    if files:
        ordered = sorted(files, key=lambda f: number_in(f, "lineCoveragePercentage"))
        lines = ((code(text_in(f, "filePath")), *_part(f, "line", "lines")) for f in ordered)
        title = counted(len(files), "file") + (", not all" if report.get("truncated") else "")
        yield folded(title, table(("file", "", "lines", "of"), lines, numbers=[2, 3]))


def _part(found: Report, name: str, names: str) -> tuple[Markup, str, str]:
    percent = max(0.0, min(100.0, number_in(found, f"{name}CoveragePercentage")))
    whole = number_in(found, f"{names}Covered") + number_in(found, f"{names}Missed")
    rect = tag("rect", width=f"{percent:.2f}%", height="100%")
    bar = tag("svg", rect, class_="bar part", aria_hidden="true")
    return bar, f"{percent:.1f}%", f"{whole:,.0f}"
