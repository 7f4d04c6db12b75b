"""`localbuild report`: what a past build's tests came to."""

import json
from dataclasses import replace

from localbuild.events.reports import FileCoverage, TestCase
from localbuild.terms import CaseStatusType
from tests.unit.cli.calling import Home
from tests.unit.cli.recorded import good_build, record
from tests.unit.logs.reported import coverage, failed_case, report

PASSED = TestCase(name="good", status=CaseStatusType.SUCCEEDED, prefix="tests.a")


def reported(home: Home) -> None:
    """A build with two reports."""
    covered = (
        FileCoverage(file_path="best.py", lines_covered=9, lines_missed=1),
        FileCoverage(file_path="worst.py", lines_covered=1, lines_missed=9),
    )
    begin, *rest = good_build()
    record(home.cwd, [begin, report(PASSED, failed_case("adds")), coverage(*covered), *rest])


def test_for_people(home: Home) -> None:
    reported(home)
    called = home.call("report")
    assert called.code == 0
    assert called.out.splitlines() == [
        "Report app-unit: 2 passed, 2 failed, in 1.5s",
        "  TEST, FAILED, JUNITXML, from 1 file",
        "  ✘ tests.a adds  0.0s  (tests/a.py:3)",
        "    │ no",
        "    │ because",
        "",
        "Report app-cov: INCOMPLETE, 0.4% of 2,000 lines, 33.33% of 3 branches covered, in 2 files",
        "  CODE_COVERAGE, INCOMPLETE, CLOVERXML, from 2 files",
        "  not read: /src/b.xml: line 3: mismatched tag",
        "   10.00%       1 of     10  worst.py",
        "   90.00%       9 of     10  best.py",
    ]


def test_no_word_of_a_report_is_a_command_to_a_ci(home: Home) -> None:
    begin, *rest = good_build()
    case = replace(failed_case("##[error]adds"), message="  ::error::no\n##[warning]x")
    record(home.cwd, [begin, report(case), *rest])
    for words in (("report",), ("report", "--json"), ("logs", "--json"), ("show",)):
        called = home.call(*words, environ={"GITHUB_ACTIONS": "true"})
        assert called.code == 0
        assert "##[" not in called.out
        assert not any(line.lstrip().startswith("::") for line in called.out.splitlines())
    (document,) = json.loads(home.call("report", "--json").out)
    assert document["testCases"][0]["name"] == "##[error]adds"


def test_everything(home: Home) -> None:
    reported(home)
    assert "  ✔ tests.a good  0.0s" in home.call("report", "-v", "latest").out


def test_as_json(home: Home) -> None:
    reported(home)
    tests, covered = json.loads(home.call("report", "--json", "1").out)
    assert [case["name"] for case in tests["testCases"]] == ["good", "adds"]
    assert [each["filePath"] for each in covered["codeCoverages"]] == ["best.py", "worst.py"]


def test_a_build_without_reports(home: Home) -> None:
    record(home.cwd, good_build())
    called = home.call("report")
    assert (called.code, called.out) == (0, "")
    assert "this build has no reports" in called.err
    assert json.loads(home.call("report", "--json").out) == []


def test_show_has_a_line_for_each(home: Home) -> None:
    reported(home)
    lines = home.call("show").out.splitlines()
    at = lines.index("reports")
    assert lines[at + 1] == "  Report app-unit: 2 passed, 2 failed, in 1.5s"
    assert lines[at + 2].startswith("  Report app-cov: INCOMPLETE, 0.4% of 2,000 lines")


def test_no_build(home: Home) -> None:
    assert home.call("report").code == 2
    record(home.cwd, good_build())
    assert home.call("report", "7").code == 2
