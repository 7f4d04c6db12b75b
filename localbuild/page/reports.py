"""Tests and coverage on the page: failed cases first, the least covered files first. Pure."""

from collections.abc import Iterable, Iterator

from localbuild.events.reports import FileCoverage, ReportMade, TestCase
from localbuild.logs.caching import print_seconds
from localbuild.logs.reports import case_name, case_place, report_line
from localbuild.page.markup import Markup, joined, tag
from localbuild.page.parts import badge, code, cut, folded, section, table
from localbuild.terms import ReportType
from localbuild.units import counted

_MESSAGE_LENGTH = 5000
"""What a case's message has at most, as everywhere."""


def reports_section(reports: Iterable[ReportMade]) -> Markup:
    """Every report of a build; '' where it has none."""
    parts = [_report(report) for report in reports]
    return section("tests", "Tests and coverage", *parts) if parts else Markup("")


def _report(report: ReportMade) -> Markup:
    heading = tag("h3", cut(report.name), " ", badge(report.status.value))
    told = tag("p", cut(report_line(report).removeprefix(f"Report {report.name}: ")))
    problems = (tag("p", cut(f"not read: {line}"), class_="faint") for line in report.problems)
    body = _tests(report) if report.type is ReportType.TEST else _coverage(report)
    return tag("div", heading, told, *problems, *body, class_="report")


def _tests(report: ReportMade) -> Iterator[Markup]:
    yield from (_failed(case) for case in report.failing_cases)
    if report.cases:
        kept = counted(len(report.cases), "case")
        title = f"{kept} of {report.case_count:,}" if report.truncated else kept
        yield folded(title, table(("case", "status", "took"), map(_row, report.cases), numbers=[2]))


def _failed(case: TestCase) -> Markup:
    title = joined((badge(case.status.value), " ", cut(case_name(case))))
    place = tag("p", code(case_place(case))) if case.file else ""
    message = tag("pre", case.message[:_MESSAGE_LENGTH]) if case.message else ""
    return tag("div", tag("h4", title), place, message, class_="failed-case")


def _row(case: TestCase) -> tuple[str, Markup, str]:
    took = print_seconds(case.duration_ns / 1e9) if case.duration_ns else ""
    return case_name(case), badge(case.status.value), took


def _coverage(report: ReportMade) -> Iterator[Markup]:
    whole = report.total
    rows = [("lines", *_lines(whole))]
    branches = whole.branches_covered + whole.branches_missed
    if branches:
        rows.append(("branches", *_part(whole.branch_percentage, branches)))
    yield table(("", "covered", "", "of"), rows, numbers=[2, 3])
    files = sorted(report.covered_files, key=lambda each: (each.line_percentage, each.file_path))
    if files:
        title = counted(len(files), "file") + (", not all" if report.truncated else "")
        told = ((code(each.file_path), *_lines(each)) for each in files)
        yield folded(title, table(("file", "covered lines", "", "of"), told, numbers=[2, 3]))


def _lines(found: FileCoverage) -> tuple[Markup, str, str]:
    return _part(found.line_percentage, found.lines_covered + found.lines_missed)


def _part(percent: float, whole: int) -> tuple[Markup, str, str]:
    width = max(0.0, min(100.0, percent))
    rect = tag("rect", width=f"{width:.2f}%", height="100%")
    bar = tag("svg", rect, class_="bar part", aria_hidden="true")
    return bar, f"{percent:.1f}%", f"{whole:,}"
