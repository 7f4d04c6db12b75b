"""Rows 179 to 185: reports, on the real engine."""

import json
from pathlib import Path
from typing import Any

import pytest

from localbuild.events.reports import ReportMade
from localbuild.reports.formats.registry import FORMATS
from tests.conformance.harness import PROJECT, Built, build, spec
from tests.conformance.rows import row
from tests.conftest import STANDARD
from tests.unit.reports.test_real_files import expected

FILES = Path(__file__).parents[1] / "unit" / "reports" / "files"
GOOD = '<testcase classname="c" name="good" time="0.5"/>'
BAD = '<testcase classname="c" name="bad"><failure message="no">a_test.py:3: x</failure></testcase>'
ONE_OF_EACH = {
    "JUNITXML": "pytest.xml",
    "NUNITXML": "nunit-console-all.xml",
    "NUNIT3XML": "pytest-nunit.xml",
    "CUCUMBERJSON": "cucumber-js.json",
    "TESTNGXML": "testng-all.xml",
    "VISUALSTUDIOTRX": "jest.trx",
    "JACOCOXML": "jacoco.xml",
    "COBERTURAXML": "jest.xml",
    "CLOVERXML": "jest.xml",
    "SIMPLECOV": "simplecov-branch.json",
}


def suite(*cases: str) -> str:
    """A JUnit file."""
    return f'<testsuite name="s">{"".join(cases)}</testsuite>'


def reported(files: dict[str, str], *options: str, **groups: object) -> Built:
    """A build whose source has report files already."""
    return build(spec(build=["true"], more={"reports": groups}), *options, files=files)


def reports_of(built: Built) -> list[ReportMade]:
    """The reports of a build."""
    return [event for event in built.events if isinstance(event, ReportMade)]


def own_reports(built: Built) -> list[dict[str, Any]]:
    """What build.json says of them."""
    found: list[dict[str, Any]] = built.document["localbuild"]["reports"]
    return found


@row(179, feature="format of a report", expectation="JUNITXML where none is said")
def test_row_179_default_format() -> None:
    built = reported({"out/a.xml": suite(GOOD, BAD)}, unit={"files": ["out/*.xml"]})
    (report,) = own_reports(built)
    assert (report["type"], report["status"]) == ("TEST", "FAILED")
    assert report["testSummary"] == {
        "total": 2,
        "statusCounts": {"SUCCEEDED": 1, "FAILED": 1},
        "durationInNanoSeconds": 500_000_000,
    }
    assert built.document["reportArns"] == [report["arn"]]
    assert (built.exit_code, built.status) == (0, "SUCCEEDED")
    (case,) = reports_of(built)[0].failing_cases
    assert (case.name, case.file, case.line) == ("bad", "a_test.py", 3)
    assert case.test_raw_data_path == f"{built.source_directory}/out/a.xml"


ROW_180 = row(
    180,
    feature="case of file-format",
    expectation="any; unknown ones are refused",
    decided="Wrong formats lived for weeks in real buildspecs: builds pass, without a report.",
)


@ROW_180
@pytest.mark.parametrize("file_format", ["junitxml", "JUnitXml", "JUNITXML"])
def test_row_180_any_case(file_format: str) -> None:
    group = {"files": ["a.xml"], "file-format": file_format}
    (report,) = own_reports(reported({"a.xml": suite(GOOD)}, unit=group))
    assert report["status"] == "SUCCEEDED"


@ROW_180
def test_row_180_unknown() -> None:
    group = {"files": ["a.xml"], "file-format": "JUNIT"}
    built = reported({"a.xml": suite(GOOD)}, unit=group)
    assert own_reports(built) == []
    assert built.exit_code == 0
    assert "[LB108]" in built.stderr
    assert "JUNITXML" in built.stderr


@pytest.fixture(scope="module")
def ten() -> dict[str, dict[str, Any]]:
    """Two builds that read all ten formats, five groups each; reports by their format."""
    found: dict[str, dict[str, Any]] = {}
    formats = list(FORMATS)
    for five in (formats[:5], formats[5:]):
        files = {f"{f}/{ONE_OF_EACH[f]}": _text(FILES / f / ONE_OF_EACH[f]) for f in five}
        groups: dict[str, object] = {
            f: {"files": ["**/*"], "base-directory": f, "file-format": f} for f in five
        }
        built = reported(files, **groups)
        found |= dict(zip(five, own_reports(built), strict=True))
    return found


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@row(181, feature="the formats of reports", expectation="all ten are read, with the right counts")
@pytest.mark.parametrize("file_format", FORMATS)
def test_row_181_formats(file_format: str, ten: dict[str, dict[str, Any]]) -> None:
    report = ten[file_format]
    told = expected()[f"{file_format}/{ONE_OF_EACH[file_format]}"]
    if report["type"] == "TEST":
        counts = report["testSummary"]["statusCounts"]
        assert " ".join(f"{status}={count}" for status, count in counts.items()) == told
        return
    numbers = [tuple(map(int, each.rpartition("=")[2].split("/"))) for each in told.split()]
    covered, missed, branches, missed_branches = (
        sum(column) for column in zip(*numbers, strict=True)
    )
    summary = report["codeCoverageSummary"]
    assert (summary["linesCovered"], summary["linesMissed"]) == (covered, missed)
    assert (summary["branchesCovered"], summary["branchesMissed"]) == (branches, missed_branches)
    assert summary["lineCoveragePercentage"] == round(100 * covered / (covered + missed), 2)


@row(
    182,
    feature="name of a report group",
    expectation="<project>-<name>; an ARN stays; variables are expanded",
)
def test_row_182_names() -> None:
    arn = "arn:aws:codebuild:eu-west-1:111122223333:report-group/theirs"
    group = {"files": ["$DIR/*.xml"]}
    commands = ["export GROUP=at-the-end", "mkdir out", "cp a.xml out", "DIR=out"]
    groups = {"plain": group, arn: group, "$GROUP": group}
    built = build(
        spec(env={"variables": {"GROUP": "at-first"}}, build=commands, more={"reports": groups}),
        files={"a.xml": suite(GOOD)},
    )
    assert [(r["name"], r["status"]) for r in own_reports(built)] == [
        (f"{PROJECT}-plain", "SUCCEEDED"),
        ("theirs", "SUCCEEDED"),
        (f"{PROJECT}-at-the-end", "SUCCEEDED"),
    ]
    assert own_reports(built)[1]["reportGroupArn"] == arn


ROW_183 = row(
    183,
    feature="report files that are missing",
    expectation="the report is incomplete, the build's status does not change",
    decided="The guide has the first half; that a build does not fail is seen in real ones.",
)


@ROW_183
def test_row_183_missing() -> None:
    built = reported({}, unit={"files": ["*.xml"]}, gone={"files": ["*"], "base-directory": "no"})
    assert [report["status"] for report in own_reports(built)] == ["INCOMPLETE"] * 2
    assert (built.exit_code, built.phase("UPLOAD_ARTIFACTS").status.value) == (0, "SUCCEEDED")


@ROW_183
def test_row_183_of_another_format() -> None:
    built = reported({"a.xml": "<coverage/>"}, unit={"files": ["*.xml"]})
    assert [report["status"] for report in own_reports(built)] == ["INCOMPLETE"]
    said = f"{built.source_directory}/a.xml: expected element type <testsuite> but have <coverage>"
    assert f"[{PROJECT}-unit: [error processing report: [{said}]]]" in built.agent


@ROW_183
def test_row_183_after_a_failed_build() -> None:
    more = {"reports": {"unit": {"files": ["*.xml"]}}}
    built = build(spec(build=["false"], more=more), files={"a.xml": suite(BAD)})
    assert (built.exit_code, built.status) == (1, "FAILED")
    assert [report["status"] for report in own_reports(built)] == ["FAILED"]


@row(
    184,
    feature="number of report groups",
    expectation="at most five",
    decided="The quota is documented; that a sixth makes the buildspec invalid is ours.",
)
def test_row_184_five_groups() -> None:
    group = {"files": ["a.xml"]}
    five = {f"g{number}": group for number in range(5)}
    assert len(own_reports(reported({"a.xml": suite(GOOD)}, **five))) == 5
    refused = reported({"a.xml": suite(GOOD)}, **five, g5=group)
    assert refused.exit_code == 3
    assert "LB115" in refused.stderr


@row(
    185,
    feature="number of test cases",
    expectation="500; failed ones are kept first",
)
def test_row_185_five_hundred_cases(tmp_path: Path) -> None:
    files = {"a.xml": suite(*[GOOD] * 600), "b.xml": suite(*[GOOD] * 50, *[BAD] * 20)}
    options = ("--reports", str(tmp_path / "out"))
    built = reported(files, *options, unit={"files": ["*.xml"]})
    (report,) = own_reports(built)
    assert report["truncated"]
    assert report["testSummary"]["statusCounts"] == {"SUCCEEDED": 650, "FAILED": 20}
    document = json.loads((tmp_path / "out" / f"{PROJECT}-unit.json").read_bytes())
    statuses = [case["status"] for case in document["testCases"]]
    assert statuses == ["FAILED"] * 20 + ["SUCCEEDED"] * 480


def test_reports_that_nobody_names() -> None:
    """Only what the build has made; none where a variable says so, and where it says to look."""
    commands = [
        "mkdir -p out node_modules/x",
        "cp a.txt out/a.xml",
        "cp a.txt node_modules/x/a.xml",
    ]
    files = {"a.txt": suite(GOOD), "pom.xml": "<project/>"}
    built = build(spec(build=commands), files=files)
    (report,) = reports_of(built)
    assert report.name == f"{PROJECT}-JUNITXML-AutoDiscovered"
    assert (report.files, report.case_count) == (1, 1)
    assert "Found 1 file(s)" in built.agent
    off = build(spec(build=[*commands, "CODEBUILD_CONFIG_AUTO_DISCOVER=false"]), files=files)
    assert reports_of(off) == []
    assert not any("auto-discover" in line for line in off.agent)
    where = "CODEBUILD_CONFIG_AUTO_DISCOVER_DIR=node_modules/**/*.xml"
    there = build(spec(build=[*commands, f"export '{where}'"]), files=files)
    assert [each.files for each in reports_of(there)] == [1]


def test_the_search_for_reports_ends_in_time() -> None:
    """The build that made it take for ever goes on, and its container answers as before."""
    slow = "printf '#!/bin/sh\\ntrap \"\" TERM\\nsleep 60\\n' > /usr/local/bin/find"
    commands = [slow, "chmod +x /usr/local/bin/find", "A=1"]
    built = build(spec(env={"exported-variables": ["A"]}, build=commands), files={}, image=STANDARD)
    assert (built.exit_code, built.result.exported) == (0, (("A", "1"),))
    assert built.agent[-4] == "No matching auto-discover report paths found"


def test_reports_of_the_source_are_not_found(tmp_path: Path) -> None:
    import os

    (tmp_path / "old.xml").write_text(suite(GOOD))
    os.utime(tmp_path / "old.xml", (1_000_000_000, 1_000_000_000))
    assert reports_of(build(spec(build=["true"]), at=tmp_path)) == []
