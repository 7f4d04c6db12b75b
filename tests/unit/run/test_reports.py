"""A build's reports: which files, which names, what is said, and that no build fails by them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pytest

from localbuild.engines.scripted import Answer
from localbuild.events.document import build_document
from localbuild.events.model import Event
from localbuild.events.reports import ReportMade
from localbuild.plan.compile import source_directory
from localbuild.ports.collect import FoundFile, Selected, Selection
from localbuild.ports.engine import Container, Interruption
from localbuild.ports.reports import ReportContent, ReportFile
from localbuild.reports.service import FormatReports
from tests.unit.run.memory_collector import MemoryCollector
from tests.unit.run.scripted_build import FAILING, Built, Setting, build

GOOD = b'<testsuite name="s"><testcase name="good"/></testsuite>'
BAD = b'<testsuite name="s"><testcase name="bad"><failure message="m"/></testcase></testsuite>'
SPEC = "version: 0.2\nphases: {build: {commands: [make]}}\n"


def spec(**groups: object) -> str:
    """A buildspec with report groups."""
    return SPEC + f"reports: {json.dumps(groups)}\n"


def run(
    text: str, files: dict[str, bytes], answers: dict[str, Answer] | None = None
) -> tuple[Built, list[ReportMade]]:
    """A build whose container has files; its reports."""
    setting = Setting(
        answers=answers or {}, collector=MemoryCollector(files), reports=FormatReports()
    )
    built = build(text, setting)
    return built, reports_of(built.events)


def reports_of(events: Iterable[Event]) -> list[ReportMade]:
    """The reports of a history."""
    return [event for event in events if isinstance(event, ReportMade)]


def answer_of(**values: str) -> dict[str, Answer]:
    """What the shell says of variables."""
    words = " ".join(f'"${{{name}+=}}${{{name}-}}"' for name in values)
    said = "".join(f"={value}\0" for value in values.values()).encode()
    return {f"printf '%s\\0' {words}": Answer(output=(said,))}


def test_a_group_gets_its_report() -> None:
    group = {"files": ["out/*.xml"], "file-format": "junitxml"}
    built, (report,) = run(spec(unit=group), {"out/a.xml": GOOD, "out/b.xml": BAD, "c.xml": BAD})
    assert (report.name, report.status, report.files) == ("sample-unit", "FAILED", 2)
    assert report.report_group_arn == (
        "arn:aws:codebuild:us-east-1:000000000000:report-group/sample-unit"
    )
    assert report.report_arn == (
        "arn:aws:codebuild:us-east-1:000000000000:report/sample-unit:"
        "00000000-0000-4000-8000-000000000001"
    )
    assert (built.exit_code, built.result.status) == (0, "SUCCEEDED")
    assert built.said[-2:] == ["Expanding out/*.xml", "Found 2 file(s)"]
    document = build_document(built.result)
    assert document["reportArns"] == [report.report_arn]


def test_a_place_is_told_as_the_user_has_it() -> None:
    directory = source_directory("sample")
    case = f'<testcase name="n" file="{directory}/t/a.py" line="3"><failure/></testcase>'
    document = f"<testsuite>{case}</testsuite>".encode()
    _, (report,) = run(spec(unit={"files": ["*.xml"]}), {"a.xml": document})
    assert [(c.file, c.line) for c in report.cases] == [("t/a.py", 3)]


def test_reports_of_a_failed_build() -> None:
    built, (report,) = run(spec(unit={"files": ["*.xml"]}), {"a.xml": BAD}, {"make": FAILING})
    assert (built.exit_code, report.status) == (1, "FAILED")


def test_an_arn_names_its_group() -> None:
    arn = "arn:aws:codebuild:eu-west-1:999999999999:report-group/theirs"
    _, (report,) = run(spec(**{arn: {"files": ["*.xml"]}}), {"a.xml": GOOD})
    assert (report.name, report.report_group_arn) == ("theirs", arn)
    assert report.report_arn.startswith("arn:aws:codebuild:eu-west-1:999999999999:report/theirs:")


def test_variables_have_the_values_of_the_end() -> None:
    group = {"files": ["$DIR/*.xml"], "base-directory": "${BASE}"}
    answers = answer_of(GROUP="mine", BASE="out", DIR="x")
    _, (report,) = run(spec(**{"$GROUP": group}), {"out/x/a.xml": GOOD}, answers)
    assert (report.name, report.files) == ("sample-mine", 1)


def test_a_name_that_comes_to_nothing_stays_as_it_is_written() -> None:
    _, (report,) = run(spec(**{"$NONE": {"files": ["*.xml"]}}), {"a.xml": GOOD}, answer_of())
    assert report.name == "sample-$NONE"


def test_missing_files() -> None:
    built, (report,) = run(spec(unit={"files": ["*.xml"]}), {"a.json": GOOD})
    assert (report.status, report.files, built.exit_code) == ("INCOMPLETE", 0, 0)
    (warning,) = [w for w in built.result.warnings if "report" in w.message]
    assert warning.message == (
        "report sample-unit: no matching report paths found: the report is INCOMPLETE"
    )


def test_a_file_of_another_format() -> None:
    built, (report,) = run(spec(unit={"files": ["*.xml"]}), {"a.xml": b"<coverage/>"})
    assert (report.status, built.exit_code) == ("INCOMPLETE", 0)
    assert built.said[-1].startswith("[sample-unit: [error processing report: [/codebuild/output")
    assert built.said[-1].endswith(
        "/a.xml: expected element type <testsuite> but have <coverage>]]]"
    )
    assert any("cannot be read" in warned.message for warned in built.result.warnings)


def test_a_format_that_is_none_makes_no_report() -> None:
    group = {"files": ["*.xml"], "file-format": "HTML"}
    built, reports = run(spec(unit=group), {"a.xml": GOOD})
    assert (reports, built.exit_code) == ([], 0)
    assert built.said[-1] == "report sample-unit: there is no format HTML: no report is made"
    assert [w.code for w in built.result.warnings if w.code] == ["LB108"]


class BrokenReports(FormatReports):
    """Has a bug."""

    def read(self, file_format: str, files: Iterable[ReportFile]) -> ReportContent:
        raise ZeroDivisionError


def test_a_bug_makes_no_build_fail() -> None:
    setting = Setting(collector=MemoryCollector({"a.xml": GOOD}), reports=BrokenReports())
    built = build(spec(unit={"files": ["*.xml"]}), setting)
    assert built.exit_code == 0
    assert any("a bug in localbuild" in warned.message for warned in built.result.warnings)


class SmallReports(FormatReports):
    """Reads small files only."""

    largest_bytes = 60


class Growing(MemoryCollector):
    """Says that its files are small."""

    def select(self, container: Container, selection: Selection) -> Selected:
        selected = super().select(container, selection)
        return replace(selected, files=tuple(replace(f, size_bytes=1) for f in selected.files))


def test_a_file_that_is_too_large() -> None:
    collector = MemoryCollector({"a.xml": BAD, "b.xml": GOOD})
    setting = Setting(collector=collector, reports=SmallReports())
    (report,) = reports_of(build(spec(unit={"files": ["*.xml"]}), setting).events)
    assert (report.status, report.files, len(report.cases)) == ("INCOMPLETE", 2, 1)
    assert report.problems[0].endswith("/a.xml: larger than 0 MB")
    assert collector.brought == ["b.xml"]


def test_a_file_that_has_grown_too_large() -> None:
    setting = Setting(collector=Growing({"a.xml": BAD}), reports=SmallReports())
    (report,) = reports_of(build(spec(unit={"files": ["*.xml"]}), setting).events)
    assert report.problems[0].endswith("/a.xml: larger than 0 MB")


def test_a_stop_is_heard_in_the_middle_of_a_file() -> None:
    stop: list[Interruption] = []

    class Endless(MemoryCollector):
        def read(
            self, container: Container, files: Sequence[FoundFile]
        ) -> Iterator[tuple[FoundFile, Iterable[bytes]]]:
            for file, _ in super().read(container, files):
                yield file, self._pieces()

        def _pieces(self) -> Iterator[bytes]:
            for number in range(9):
                assert number < 2, "asked for more after the stop"
                yield b" "
                stop.append(Interruption.STOP)

    setting = Setting(
        collector=Endless({"a.xml": GOOD}),
        reports=FormatReports(),
        interrupted=lambda: stop[0] if stop else None,
    )
    built = build(spec(one={"files": ["*.xml"]}), setting)
    assert (reports_of(built.events), built.exit_code) == ([], 130)


def test_a_stop_is_heard() -> None:
    """Between two groups: the first one is made, the second one is not."""
    stop: list[Interruption] = []

    class Stopping(MemoryCollector):
        def select(self, container: Container, selection: Selection) -> Selected:
            stop.append(Interruption.STOP)
            return super().select(container, selection)

    setting = Setting(
        collector=Stopping({}),
        reports=FormatReports(),
        interrupted=lambda: stop[0] if stop else None,
    )
    built = build(spec(one={"files": ["*.xml"]}, two={"files": ["*.xml"]}), setting)
    assert [report.name for report in reports_of(built.events)] == ["sample-one"]
    assert (built.exit_code, built.result.status) == (130, "STOPPED")


def discovering(said: bytes, files: dict[str, bytes], modified_s: int = 10**10) -> Built:
    """A build without `reports` whose container says what its `find` found."""

    answers = {
        "printf '%s\\0%s\\0' \"${CODEBUILD_CONFIG_AUTO_DISCOVER-}\" "
        '"${CODEBUILD_CONFIG_AUTO_DISCOVER_DIR-}"': Answer(output=(said,))
    }
    setting = Setting(
        answers=answers,
        collector=MemoryCollector(files, modified_s),
        reports=FormatReports(),
        tick_s=0.001,
    )
    return build(SPEC, setting)


def test_reports_that_nobody_names_are_found() -> None:
    files = {"t/a.xml": GOOD, "t/b.xml": BAD, "pom.xml": b"<project/>", "c.xml": b"<testsuites/>"}
    built = discovering(b"\0\0./t/a.xml\0./t/b.xml\0./pom.xml\0", files)
    (report,) = reports_of(built.events)
    assert (report.name, report.files) == ("sample-JUNITXML-AutoDiscovered", 2)
    assert built.said[-9:-1] == [
        "Set report auto-discover timeout to 5 seconds",
        "Expanding base directory path:  .",
        "Assembling file list",
        "Expanding .",
        "Expanding file paths for base directory .",
        "Assembling file list",
        "Expanding **/*",
        "Found 2 file(s)",
    ]
    assert built.said[-1].startswith("Report auto-discover file discovery took ")


@pytest.mark.parametrize(
    ("said", "modified_s"),
    [(b"\0\0", 10**10), (b"\0\0./a.xml\0", -10), (b"\0\0./a*.xml\0", 10**10)],
)
def test_nothing_new_is_found(said: bytes, modified_s: int) -> None:
    built = discovering(said, {"a.xml": GOOD}, modified_s)
    assert reports_of(built.events) == []
    assert built.said[-2] == "No matching auto-discover report paths found"


def test_a_variable_says_where_to_look() -> None:
    built = discovering(b"\0out/*xml\0", {"out/a.xml": GOOD, "b.xml": BAD})
    (report,) = reports_of(built.events)
    assert (report.files, report.status) == (1, "SUCCEEDED")
    assert "Expanding out/*xml" in built.said


@pytest.mark.parametrize("said", [b"false\0\0", b"False\0\0", b""])
def test_a_variable_turns_it_off(said: bytes) -> None:
    built = discovering(said, {"a.xml": GOOD})
    assert reports_of(built.events) == []
    assert not any("auto-discover" in line for line in built.said)
