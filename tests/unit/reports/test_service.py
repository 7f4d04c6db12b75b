"""Many files become one report: counts, statuses, the limit of cases, the best coverage."""

import pytest

from localbuild.ports.reports import ReportContent, ReportFile
from localbuild.reports.formats.registry import FORMATS
from localbuild.reports.model import KEPT_CASES, FormatError, TestReport
from localbuild.reports.recognise import recognise
from localbuild.reports.service import MAX_PROBLEMS, FormatReports
from localbuild.reports.tally import MAX_CASES, Tally
from localbuild.terms import CaseStatusType, ReportStatusType, ReportType

GOOD = '<testcase name="good" time="1"/>'
BAD = '<testcase name="bad" time="2"><failure message="m"/></testcase>'


def suite(*cases: str) -> bytes:
    """A JUnit file."""
    return f'<testsuite name="s">{"".join(cases)}</testsuite>'.encode()


def read(file_format: str, *files: bytes) -> ReportContent:
    """The report of files."""
    named = (ReportFile(path=f"/src/{i}.xml", data=data) for i, data in enumerate(files))
    return FormatReports().read(file_format, named)


def test_a_file_with_too_many_cases_is_counted_not_at_all() -> None:
    tally = Tally(total=MAX_CASES - 1)
    counts = ((CaseStatusType.SUCCEEDED, 1), (CaseStatusType.SKIPPED, 1))
    with pytest.raises(FormatError, match="more than 500,000 test cases"):
        tally.add_report(TestReport(counts=counts, duration_ns=1), "/a.xml")
    assert (tally.counts, tally.total, tally.duration_ns) == ({}, MAX_CASES - 1, 0)


def test_files_are_added_up() -> None:
    content = read("JUNITXML", suite(GOOD, BAD), suite(GOOD))
    assert (content.type, content.status) == (ReportType.TEST, ReportStatusType.FAILED)
    assert dict(content.counts) == {CaseStatusType.SUCCEEDED: 2, CaseStatusType.FAILED: 1}
    assert (content.files, content.duration_ns, content.truncated) == (2, 4_000_000_000, False)
    assert [case.test_raw_data_path for case in content.cases] == [
        *("/src/0.xml", "/src/0.xml", "/src/1.xml")
    ]
    assert [case.name for case in content.cases] == ["good", "bad", "good"]


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([], "INCOMPLETE"),
        ([suite(GOOD)], "SUCCEEDED"),
        ([suite()], "SUCCEEDED"),
        ([suite(GOOD), b"<testsuite>"], "INCOMPLETE"),
        ([suite(BAD), b"<testsuite>"], "FAILED"),
        ([b""], "INCOMPLETE"),
        ([b"<coverage/>"], "INCOMPLETE"),
    ],
)
def test_status(files: list[bytes], status: str) -> None:
    assert read("JUNITXML", *files).status == status


def test_an_error_makes_a_report_fail() -> None:
    assert read("JUNITXML", suite('<testcase name="e"><error/></testcase>')).status == "FAILED"


def test_what_cannot_be_read_is_a_problem_of_that_file() -> None:
    content = read("JUNITXML", suite(GOOD), b"<coverage/>")
    assert content.problems == (
        ("/src/1.xml", "expected element type <testsuite> but have <coverage>"),
    )
    assert dict(content.counts) == {CaseStatusType.SUCCEEDED: 1}


def test_problems_do_not_add_up_without_end() -> None:
    content = read("JUNITXML", *[b"x"] * (MAX_PROBLEMS + 5))
    assert len(content.problems) == MAX_PROBLEMS
    assert content.files == MAX_PROBLEMS + 5


def test_500_cases_and_failed_ones_first() -> None:
    content = read("JUNITXML", suite(*[GOOD] * 450), suite(*[GOOD] * 200, *[BAD] * 60))
    assert len(content.cases) == KEPT_CASES
    assert content.truncated
    assert {case.name for case in content.cases[:60]} == {"bad"}
    assert {case.name for case in content.cases[60:]} == {"good"}
    assert dict(content.counts) == {CaseStatusType.SUCCEEDED: 650, CaseStatusType.FAILED: 60}


def test_more_than_500_failed_cases() -> None:
    content = read("JUNITXML", suite(*[GOOD] * 10, *[BAD] * 700))
    assert {case.name for case in content.cases} == {"bad"}
    assert dict(content.counts)[CaseStatusType.FAILED] == 700


def test_exactly_500_cases_are_whole_and_in_order() -> None:
    content = read("JUNITXML", suite(*[GOOD] * 499, BAD))
    assert not content.truncated
    assert content.cases[-1].name == "bad"


def cobertura(*hits: int) -> bytes:
    """The coverage of one file."""
    lines = "".join(f'<line number="{i}" hits="{hit}"/>' for i, hit in enumerate(hits))
    of_class = f'<class name="a" filename="a.py"><lines>{lines}</lines></class>'
    return f'<coverage line-rate="0">{of_class}</coverage>'.encode()


def test_of_a_file_in_two_reports_the_better_one_counts() -> None:
    content = read("COBERTURAXML", cobertura(1, 0, 0), cobertura(0, 1, 1), cobertura(0, 0, 0))
    assert (content.type, content.status) == (ReportType.CODE_COVERAGE, ReportStatusType.SUCCEEDED)
    assert (content.total.lines_covered, content.total.lines_missed) == (2, 1)
    assert [each.file_path for each in content.covered_files] == ["a.py"]
    assert content.total.line_percentage == 66.67
    assert content.total.branch_percentage == 0.0


def test_a_file_that_is_not_to_be_had() -> None:
    gone = ReportFile(path="/a", problem="larger than 64 MB")
    for file_format in FORMATS:
        content = FormatReports().read(file_format, [gone])
        assert content.problems == (("/a", "larger than 64 MB"),)
        assert content.status == "INCOMPLETE"


@pytest.mark.parametrize(
    ("head", "file_format"),
    [
        ("<?xml version='1.0'?>\n<testsuites><testsuite>", "JUNITXML"),
        ("\ufeff<!-- by a tool -->\n<testsuite name='s'>", "JUNITXML"),
        ("<test-results name='x'>", "NUNITXML"),
        ("<test-run id='2'>", "NUNIT3XML"),
        ("<testng-results skipped='0'>", "TESTNGXML"),
        ("<TestRun id='1' xmlns='http://microsoft.com/x'>", "VISUALSTUDIOTRX"),
        ('<!DOCTYPE report PUBLIC "-//JACOCO//DTD" "report.dtd"><report name="x">', "JACOCOXML"),
        ('<report name="x"><sessioninfo id="y"/>', "JACOCOXML"),
        ("<coverage version='7' line-rate='1'>", "COBERTURAXML"),
        ("<coverage generated='1' clover='3'><project>", "CLOVERXML"),
        ('{"RSpec": {"coverage": {"/a.rb": ', "SIMPLECOV"),
        ('{"meta": {"simplecov_version": "0.22.0"}, ', "SIMPLECOV"),
        ('[{"uri": "a.feature", "elements": [', "CUCUMBERJSON"),
        ("<project><modelVersion>", ""),
        ("<report><item/>", ""),
        ("<coverage/>", ""),
        ('{"name": "package", "version": "1"}', ""),
        ('[{"elements": 1', "CUCUMBERJSON"),
        ("[]", ""),
        ("", ""),
        ("<", ""),
    ],
)
def test_recognised_by_contents(head: str, file_format: str) -> None:
    assert recognise(head.encode()) == file_format
    assert recognise(head.encode("utf-16")) == file_format


def test_what_is_no_report_is_told_at_once() -> None:
    """It took for ever: comments and blanks could be read in many ways."""
    assert recognise(b"<!-- x -->\n \n" * 200 + b"<!--" + b" --><!--" * 200) == ""
    assert recognise((b"<?" + b" " * 50) * 150) == ""


def test_the_registry_is_what_the_buildspec_may_say() -> None:
    from localbuild.buildspec.spec_build import REPORT_FORMATS

    assert sorted(FORMATS) == sorted(REPORT_FORMATS)
