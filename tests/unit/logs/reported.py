"""Reports as a build has them, written down."""

from localbuild.events.reports import FileCoverage, ReportMade, TestCase
from localbuild.terms import CaseStatusType, ReportStatusType, ReportType
from tests.unit.events.histories import BUILD
from tests.unit.logs.samples import at

PASSED, FAILED = CaseStatusType.SUCCEEDED, CaseStatusType.FAILED


def failed_case(name: str, message: str = "no\n\nbecause") -> TestCase:
    """A test that failed, with its place."""
    return TestCase(
        name=name,
        status=FAILED,
        prefix="tests.a",
        message=message,
        file="tests/a.py",
        line=3,
        test_raw_data_path="/src/a.xml",
    )


def report(*cases: TestCase, name: str = "app-unit", passed: int = 2) -> ReportMade:
    """A report of tests."""
    counts = ((PASSED, passed), (FAILED, len(cases)))
    return ReportMade(
        time=at(1),
        build=BUILD,
        name=name,
        report_arn=f"arn:aws:codebuild:us-east-1:0:report/{name}:1",
        report_group_arn=f"arn:aws:codebuild:us-east-1:0:report-group/{name}",
        type=ReportType.TEST,
        status=ReportStatusType.FAILED if cases else ReportStatusType.SUCCEEDED,
        file_format="JUNITXML",
        files=1,
        counts=tuple(pair for pair in counts if pair[1]),
        duration_ns=1_500_000_000,
        cases=cases,
    )


def coverage(*files: FileCoverage) -> ReportMade:
    """A report of coverage."""
    return ReportMade(
        time=at(1),
        build=BUILD,
        name="app-cov",
        report_arn="arn:aws:codebuild:us-east-1:0:report/app-cov:1",
        report_group_arn="arn:aws:codebuild:us-east-1:0:report-group/app-cov",
        type=ReportType.CODE_COVERAGE,
        status=ReportStatusType.INCOMPLETE,
        file_format="CLOVERXML",
        files=2,
        total=FileCoverage(
            lines_covered=8, lines_missed=1_992, branches_covered=1, branches_missed=2
        ),
        covered_files=files,
        problems=("/src/b.xml: line 3: mismatched tag",),
    )
