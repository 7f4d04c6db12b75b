"""What a build's reports say: test cases, covered lines, and the event that tells of a report."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from localbuild.events.base import EventBase
from localbuild.terms import CaseStatusType, ReportStatusType, ReportType

FAILING = (CaseStatusType.FAILED, CaseStatusType.ERROR)
"""The statuses of a case that make its report FAILED."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCase:
    """One case, as the API's `TestCase`; `file` and `line` are where it failed, or stands.

    `name` has at most 1,000 characters, `message` 5,000. `test_raw_data_path` is the report's file.
    """

    __test__: ClassVar[bool] = False  # no test of pytest's

    name: str
    status: CaseStatusType
    prefix: str = ""
    test_suite_name: str = ""
    duration_ns: int = 0
    message: str = ""
    file: str = ""
    line: int = 0
    test_raw_data_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCoverage:
    """What of a file the tests have run, as the API's `CodeCoverage`. `file_path` '' for a sum."""

    file_path: str = ""
    lines_covered: int = 0
    lines_missed: int = 0
    branches_covered: int = 0
    branches_missed: int = 0

    @property
    def line_percentage(self) -> float:
        """Covered lines of all lines, 0.0 where there are none."""
        return percentage(self.lines_covered, self.lines_missed)

    @property
    def branch_percentage(self) -> float:
        """Covered branches of all branches, 0.0 where none are measured."""
        return percentage(self.branches_covered, self.branches_missed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMade(EventBase):
    """A report group has its report: the API's `Report` and what is in it.

    `counts` and `total` are of all cases or files, also of those that `truncated` says are left
    out of `cases` or `covered_files`. `problems`: why it is INCOMPLETE, a line each.
    """

    name: str
    report_arn: str
    report_group_arn: str
    type: ReportType
    status: ReportStatusType
    file_format: str
    files: int = 0
    truncated: bool = False
    counts: tuple[tuple[CaseStatusType, int], ...] = ()
    duration_ns: int = 0
    cases: tuple[TestCase, ...] = ()
    total: FileCoverage = FileCoverage()
    covered_files: tuple[FileCoverage, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def case_count(self) -> int:
        """How many cases there are, those included that are left out here."""
        return sum(count for _, count in self.counts)

    @property
    def failing_count(self) -> int:
        """How many cases failed or had an error."""
        return sum(count for status, count in self.counts if status in FAILING)

    @property
    def failing_cases(self) -> tuple[TestCase, ...]:
        """The cases that failed or had an error, as far as they are kept."""
        return tuple(case for case in self.cases if case.status in FAILING)


def percentage(covered: int, missed: int) -> float:
    """`covered` of both, in percent with two digits; 0.0 of nothing."""
    whole = covered + missed
    return round(100 * covered / whole, 2) if whole else 0.0


def sum_coverage(files: Iterable[FileCoverage]) -> FileCoverage:
    """The sum of files."""
    listed = tuple(files)
    return FileCoverage(
        lines_covered=sum(each.lines_covered for each in listed),
        lines_missed=sum(each.lines_missed for each in listed),
        branches_covered=sum(each.branches_covered for each in listed),
        branches_missed=sum(each.branches_missed for each in listed),
    )
