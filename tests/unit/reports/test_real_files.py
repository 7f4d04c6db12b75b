"""Files that real tools wrote: what comes out of them, by a table and by the tools' own sums."""

import csv
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from localbuild.ports.mask import NO_MASK
from localbuild.reports.formats.registry import FORMATS, CaseFormat, CoverageFormat
from localbuild.reports.model import CoverageReport, TestReport
from localbuild.reports.recognise import recognise
from localbuild.terms import CaseStatusType

HERE = Path(__file__).parent
FILES = HERE / "files"
FOUND = sorted(path for path in FILES.glob("*/*") if path.is_file())
NAMES = [str(path.relative_to(FILES)) for path in FOUND]
AT_LEAST = 5


def expected() -> dict[str, str]:
    """The table: a file's name to what comes out of it."""
    with (HERE / "expected.tsv").open(encoding="utf-8", newline="") as file:
        return {row[0]: row[1] for row in csv.reader(file, "excel-tab")}


def told(report: TestReport | CoverageReport) -> str:
    """As the table has it."""
    if isinstance(report, TestReport):
        return " ".join(f"{status}={count}" for status, count in report.counts)
    return " ".join(
        f"{f.file_path}={f.lines_covered}/{f.lines_missed}/{f.branches_covered}/{f.branches_missed}"
        for f in report.files
    )


def parse(path: Path) -> TestReport | CoverageReport:
    match FORMATS[path.parent.name]:
        case CaseFormat() as cases:
            return cases.parse(path.read_bytes(), NO_MASK)
        case CoverageFormat() as coverage:
            return coverage.parse(path.read_bytes())


@pytest.mark.parametrize("path", FOUND, ids=NAMES)
def test_what_a_tool_wrote(path: Path) -> None:
    assert told(parse(path)) == expected()[str(path.relative_to(FILES))]


@pytest.mark.parametrize("path", FOUND, ids=NAMES)
def test_what_a_tool_wrote_is_recognised(path: Path) -> None:
    assert recognise(path.read_bytes()) == path.parent.name


def test_the_table_has_every_file() -> None:
    assert sorted(expected()) == NAMES


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_there_are_several_of_each_format(name: str) -> None:
    assert len(list((FILES / name).iterdir())) >= AT_LEAST


def own_sums(root: ElementTree.Element) -> dict[str, int]:
    """What the tool itself has counted: tests, failures, errors, in JUnit's or TestNG's words."""
    if root.tag == "testng-results":
        return {"total": int(root.get("total", "0")), "failures": int(root.get("failed", "0"))}
    suites = [root] if root.get("tests") else list(root.findall("testsuite"))
    sums = {name: sum(int(s.get(name) or 0) for s in suites) for name in ("tests", "failures")}
    return {"total": sums["tests"], "failures": sums["failures"]}


def counted() -> Iterator[tuple[Path, dict[str, int]]]:
    """The files whose tools count what they write: not subtests, pending tests and todos, too."""
    odd = {"mocha-xunit.xml", "unittest-xml-reporting.xml", "node-test.xml", "behave.xml"}
    odd |= {"jest-junit.xml", "jest-junit-file.xml", "mocha-junit-reporter.xml"}
    odd |= {"pytest-xunit1.xml"}
    for path in FOUND:
        if path.parent.name in ("JUNITXML", "TESTNGXML") and path.name not in odd:
            yield path, own_sums(ElementTree.parse(path).getroot())


@pytest.mark.parametrize(
    ("path", "sums"), list(counted()), ids=lambda value: getattr(value, "name", "")
)
def test_the_tool_has_counted_the_same(path: Path, sums: dict[str, int]) -> None:
    report = parse(path)
    assert isinstance(report, TestReport)
    counts = dict(report.counts)
    of_setup = counts.get(CaseStatusType.ERROR, 0) if path.parent.name == "TESTNGXML" else 0
    assert sum(counts.values()) - of_setup == sums["total"]
    assert counts.get(CaseStatusType.FAILED, 0) == sums["failures"]


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("JUNITXML/pytest.xml", {"tests/test_calc.py:15", "tests/test_calc.py:34"}),
        ("JUNITXML/jest-junit.xml", {"/src/calc.test.js:4", "/src/calc.test.js:7"}),
        ("JUNITXML/ant-junit4.xml", {"JTest.java:16", "JTest.java:21"}),
        ("JUNITXML/phpunit.xml", {"/src/tests/CalcTest.php:12", "/src/tests/CalcTest.php:17"}),
        ("CUCUMBERJSON/behave.json", {"add.feature:9", "add.feature:14"}),
        ("TESTNGXML/testng-class.xml", {"CalcTest.java:25"}),
        ("VISUALSTUDIOTRX/mocha.trx", {"mocha.spec.js:5", "mocha.spec.js:8"}),
    ],
)
def test_where_it_failed(name: str, places: set[str]) -> None:
    report = parse(FILES / name)
    assert isinstance(report, TestReport)
    bad = (CaseStatusType.FAILED, CaseStatusType.ERROR)
    assert {f"{c.file}:{c.line}" for c in report.cases if c.status in bad} == places


def test_every_format_of_cases_has_a_failure_with_a_message() -> None:
    for name, format in FORMATS.items():
        if isinstance(format, CaseFormat):
            reports = [
                format.parse(path.read_bytes(), NO_MASK) for path in (FILES / name).iterdir()
            ]
            assert any(
                case.status == "FAILED" and case.message for r in reports for case in r.cases
            )
