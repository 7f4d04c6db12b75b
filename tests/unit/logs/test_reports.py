"""What the views of a build say of its reports."""

import json
import os
from functools import partial
from pathlib import Path

import pytest

from localbuild.events.document_reports import report_document, report_summary
from localbuild.events.reports import FileCoverage
from localbuild.logs.codebuild import CodeBuildLines
from localbuild.logs.mask import Mask
from localbuild.logs.masking import mask_event
from localbuild.logs.pretty import PrettyLines
from localbuild.logs.report_files import ReportFilesSink, file_name
from localbuild.logs.style import Style
from localbuild.terms import StatusType
from tests.unit.logs.reported import coverage, failed_case, report
from tests.unit.logs.samples import build_ended, rendered, started

GOOD = build_ended(2, StatusType.SUCCEEDED)
A_FILE = FileCoverage(file_path="a.py", lines_covered=8, lines_missed=2)


def ending(*reports: object) -> list[str]:
    """The lines of a build's end that are about its reports."""
    view = partial(PrettyLines, Style(), quiet=True)
    text = rendered(view, started(), *reports, GOOD)  # type: ignore[arg-type]
    return text.splitlines()[:-1]


def test_the_end_tells_what_failed_and_where() -> None:
    assert ending(report(failed_case("adds"))) == [
        "✘ tests.a adds  (tests/a.py:3)",
        "  │ no",
        "  │ because",
        "Report app-unit: 2 passed, 1 failed, in 1.5s",
    ]


def test_the_end_tells_how_much_is_covered() -> None:
    assert ending(coverage(A_FILE)) == [
        "Report app-cov: INCOMPLETE, 0.4% of 2,000 lines, 33.33% of 3 branches covered, in 1 file"
    ]


def test_of_many_failures_the_first_are_told() -> None:
    lines = ending(report(*(failed_case(f"case {n}", "x") for n in range(30))))
    assert sum(line.startswith("✘") for line in lines) == 10
    assert "… 20 more failed: localbuild report" in lines


def test_a_long_message_is_cut() -> None:
    lines = ending(report(failed_case("n", "\n".join("x" * 300 for _ in range(9)))))
    assert lines[1] == "  │ " + "x" * 200 + "…"
    assert lines[5] == "  │ … 5 more lines"


def test_a_hostile_report_stays_in_its_lines() -> None:
    case = failed_case("a\x1b[2J\nb", "\x1b]0;title\x07\r::set-output x")
    text = "\n".join(ending(report(case, name="x\x1b[31m\ny")))
    assert "\x1b" not in text
    assert "\r" not in text
    assert [line[:4] for line in text.split("\n")] == ["✘ te", "  │ ", "  │ ", "Repo"]


def test_the_service_s_log_has_a_line() -> None:
    text = rendered(CodeBuildLines, started(), report())
    assert text.endswith(" Report app-unit: 2 passed, in 1.5s\n")


def test_build_json_has_the_api_s_report() -> None:
    found = report_summary(report(failed_case("adds")))
    assert found["type"] == "TEST"
    assert found["testSummary"] == {
        "total": 3,
        "statusCounts": {"SUCCEEDED": 2, "FAILED": 1},
        "durationInNanoSeconds": 1_500_000_000,
    }
    assert "testCases" not in found


def test_a_report_s_own_file_has_it_all(tmp_path: Path) -> None:
    sink = ReportFilesSink(tmp_path / "reports")
    for event in (started(), report(failed_case("adds")), coverage(A_FILE), GOOD):
        sink.accept(event)
    sink.close()
    assert sink.fault is None
    tests, covered = (
        json.loads((tmp_path / "reports" / name).read_bytes())
        for name in ("app-unit.json", "app-cov.json")
    )
    assert tests == report_document(report(failed_case("adds")))
    assert [(c["name"], c["file"], c["line"]) for c in tests["testCases"]] == [
        ("adds", "tests/a.py", 3)
    ]
    assert covered["codeCoverages"][0]["lineCoveragePercentage"] == 80.0
    assert covered["localbuild"]["problems"] == ["/src/b.xml: line 3: mismatched tag"]
    assert oct((tmp_path / "reports" / "app-unit.json").stat().st_mode) == "0o100600"
    assert oct((tmp_path / "reports").stat().st_mode) == "0o40700"


def test_a_file_where_the_user_wants_it_is_as_the_umask_has_it(tmp_path: Path) -> None:
    umask = os.umask(0o027)
    try:
        sink = ReportFilesSink(tmp_path, private=False)
        sink.accept(report())
        sink.close()
    finally:
        os.umask(umask)
    assert oct((tmp_path / "app-unit.json").stat().st_mode) == "0o100640"


def test_no_report_makes_no_folder(tmp_path: Path) -> None:
    sink = ReportFilesSink(tmp_path / "reports")
    sink.accept(started())
    sink.close()
    sink.accept(report())
    sink.close()
    assert (list(tmp_path.iterdir()), sink.fault) == ([], None)


def test_a_link_in_the_folder_s_place_is_not_followed(tmp_path: Path) -> None:
    """A build that is root in a mounted source may put one there."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    sink = ReportFilesSink(tmp_path / "reports")
    (tmp_path / "reports").symlink_to(elsewhere)
    sink.accept(report())
    sink.close()
    assert list(elsewhere.iterdir()) == []
    assert str(sink.fault).startswith(f"cannot write reports to {tmp_path / 'reports'}: ")


def test_links_in_the_files_places_are_not_followed(tmp_path: Path) -> None:
    folder, victim = tmp_path / "reports", tmp_path / "victim"
    folder.mkdir()
    victim.write_text("mine")
    for name in (".app-unit.json.new", "app-unit.json"):
        (folder / name).symlink_to(victim)
    sink = ReportFilesSink(folder)
    sink.accept(report())
    sink.close()
    assert victim.read_text() == "mine"
    assert json.loads((folder / "app-unit.json").read_bytes())["name"] == "app-unit"
    assert not (folder / "app-unit.json").is_symlink()


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    sink = ReportFilesSink(Path("/dev/full/reports"))
    sink.accept(report())
    sink.close()
    assert sink.fault == "cannot write reports to /dev/full/reports: Not a directory"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("app-unit", "app-unit.json"),
        ("../../etc/passwd", "etc-passwd.json"),
        ("a/b\\c", "a-b-c.json"),
        (".hidden", "hidden.json"),
        ("", "report.json"),
        ("\ud800\n", "report.json"),
        ("x" * 500, "x" * 120 + ".json"),
    ],
)
def test_a_name_is_no_place(name: str, file: str) -> None:
    assert file_name(name, set()) == file


def test_two_groups_of_one_name_have_two_files() -> None:
    taken: set[str] = set()
    names = [file_name(name, taken) for name in ("a", "A", "a", "a-2")]
    assert names == ["a.json", "A-2.json", "a-3.json", "a-2-2.json"]


def test_reports_are_masked() -> None:
    mask = Mask()
    mask.add("hunter22")
    event = report(failed_case("login with hunter22", "sent hunter22"), name="app-hunter22")
    text = json.dumps(report_document(mask_event(event, mask)))  # type: ignore[arg-type]
    assert "hunter22" not in text
    assert text.count("***") >= 3
