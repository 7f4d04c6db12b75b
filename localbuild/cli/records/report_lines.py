"""A report in words: what failed, the totals, and where they come from. Pure."""

from collections.abc import Iterable, Iterator

from localbuild.events.reports import FileCoverage, ReportMade, TestCase
from localbuild.lines import one_line
from localbuild.logs.reports import case_name, case_place, message_lines, report_line
from localbuild.logs.style import Style
from localbuild.terms import CaseStatusType, ReportType
from localbuild.units import print_duration

_SECOND_NS = 1_000_000_000
_MESSAGE_LINES = 40
_FILES_SHOWN = 20


def print_report(event: ReportMade, style: Style, *, everything: bool) -> Iterator[str]:
    """All of it, or without the tests that did not fail and the files covered best."""
    files = "1 file" if event.files == 1 else f"{event.files:,} files"
    yield style.paint("strong", report_line(event))
    yield f"  {event.type}, {event.status}, {event.file_format}, from {files}"
    for problem in event.problems:
        yield f"  {style.paint('warn', 'not read:')} {one_line(problem)}"
    if event.type is ReportType.TEST:
        yield from _cases(event.cases if everything else event.failing_cases, style)
        if event.truncated:
            count = f"{len(event.cases):,} of {event.case_count:,}"
            yield f"  {count} tests are kept, failed ones first"
    else:
        yield from _files(event.covered_files, everything=everything)


def _cases(cases: Iterable[TestCase], style: Style) -> Iterator[str]:
    for case in cases:
        place = f"  ({case_place(case)})" if case.file else ""
        took = print_duration(case.duration_ns / _SECOND_NS)
        told = style.paint("faint", took + place)
        yield f"  {_sign(case.status, style)} {case_name(case)}  {told}"
        for line in message_lines(case.message, style, _MESSAGE_LINES):
            yield f"    {style.paint('faint', style.sign('bar'))} {line}"


def _sign(status: CaseStatusType, style: Style) -> str:
    match status:
        case CaseStatusType.SUCCEEDED:
            return style.paint("good", style.sign("good"))
        case CaseStatusType.FAILED | CaseStatusType.ERROR:
            return style.paint("bad", style.sign("bad"))
        case CaseStatusType.SKIPPED | CaseStatusType.UNKNOWN:
            return style.paint("faint", style.sign("skip"))


def _files(files: tuple[FileCoverage, ...], *, everything: bool) -> Iterator[str]:
    """The least covered files first."""
    worst = sorted(files, key=lambda each: (each.line_percentage, each.file_path))
    shown = worst if everything else worst[:_FILES_SHOWN]
    for each in shown:
        lines = each.lines_covered + each.lines_missed
        yield (
            f"  {each.line_percentage:6.2f}%  {each.lines_covered:>6,} of {lines:>6,}  "
            f"{one_line(each.file_path)}"
        )
    if len(files) > len(shown):
        yield f"  {len(files) - len(shown):,} more files: localbuild report -v"
