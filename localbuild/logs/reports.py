"""The lines about a build's reports: totals, what failed and where, how much is covered. Pure."""

from collections.abc import Iterator

from localbuild.events.reports import ReportMade, TestCase
from localbuild.events.result import BuildResult
from localbuild.lines import one_line
from localbuild.logs.style import Style
from localbuild.terms import CaseStatusType, ReportStatusType, ReportType
from localbuild.units import print_duration

_CASES_SHOWN = 10
_MESSAGE_LINES = 4
_LINE_LENGTH = 200
_SECOND_NS = 1_000_000_000
_WORDS = {
    CaseStatusType.SUCCEEDED: "passed",
    CaseStatusType.FAILED: "failed",
    CaseStatusType.ERROR: "with an error",
    CaseStatusType.SKIPPED: "skipped",
    CaseStatusType.UNKNOWN: "without a result",
}


def report_line(event: ReportMade) -> str:
    """`Report sample-unit: 41 passed, 1 failed, in 1.2s`, or the percentages of a coverage."""
    told = _tests(event) if event.type is ReportType.TEST else _coverage(event)
    if event.status is ReportStatusType.INCOMPLETE:
        told = f"{event.status}, {told}"
    return f"Report {one_line(event.name)}: {told}"


def report_lines(result: BuildResult, style: Style) -> Iterator[str]:
    """For the build's end: the failed tests of each report, and a line for each."""
    for event in result.reports:
        yield from failed_lines(event, style, _CASES_SHOWN)
    for event in result.reports:
        yield report_line(event)


def failed_lines(event: ReportMade, style: Style, most: int) -> Iterator[str]:
    """Failed tests by name and place, with the beginning of what they say."""
    failing = event.failing_cases
    for case in failing[:most]:
        place = f"  {style.paint('faint', f'({case_place(case)})')}" if case.file else ""
        yield f"{style.paint('bad', style.sign('bad'))} {case_name(case)}{place}"
        for line in message_lines(case.message, style):
            yield f"  {style.paint('faint', style.sign('bar'))} {line}"
    if event.failing_count > len(failing[:most]):
        more = event.failing_count - len(failing[:most])
        yield f"{style.sign('more')} {more:,} more failed: localbuild report"


def case_name(case: TestCase) -> str:
    """`tests.test_a.TestA test_adds`: prefix and name; the name where it has the prefix in it."""
    told = case.name if case.prefix in case.name else f"{case.prefix} {case.name}"
    return one_line(told)


def case_place(case: TestCase) -> str:
    """`tests/test_a.py:12`, without the line where it is not known."""
    return one_line(f"{case.file}:{case.line}" if case.line else case.file)


def message_lines(message: str, style: Style, most: int = _MESSAGE_LINES) -> Iterator[str]:
    """The first lines of a message that say something, each within a limit."""
    lines = [one_line(line) for line in message.splitlines() if line.strip()]
    for line in lines[:most]:
        yield line if len(line) <= _LINE_LENGTH else f"{line[:_LINE_LENGTH]}{style.sign('more')}"
    if len(lines) > most:
        yield f"{style.sign('more')} {len(lines) - most:,} more lines"


def _tests(event: ReportMade) -> str:
    counts = [f"{count:,} {_WORDS[status]}" for status, count in event.counts if count]
    took = print_duration(event.duration_ns / _SECOND_NS)
    return f"{', '.join(counts)}, in {took}" if counts else "no tests"


def _coverage(event: ReportMade) -> str:
    total = event.total
    if not total.lines_covered + total.lines_missed:
        return "no lines"
    lines = total.lines_covered + total.lines_missed
    told = f"{total.line_percentage}% of {lines:,} lines"
    branches = total.branches_covered + total.branches_missed
    if branches:
        told += f", {total.branch_percentage}% of {branches:,} branches"
    files = "1 file" if len(event.covered_files) == 1 else f"{len(event.covered_files):,} files"
    return f"{told} covered, in {files}"
