"""`show --html` and `show --trace`: a page and a trace of a past build."""

import json
import os
from pathlib import Path

import pytest

from localbuild.reports.service import FormatReports
from tests.unit.cli.calling import Home
from tests.unit.cli.recorded import good_build, record, running_build
from tests.unit.logs.samples import failing_build
from tests.unit.page.reading import Page
from tests.unit.run.memory_artifacts import MemoryArtifacts
from tests.unit.run.memory_collector import MemoryCollector
from tests.unit.run.scripted_build import Setting, build

BUILDS = Path(".localbuild/builds")


@pytest.fixture
def past(home: Home) -> Home:
    """A project with two builds: one good, one failed."""
    record(home.cwd, good_build(), "my-app:good")
    record(home.cwd, failing_build(), "my-app:bad")
    return home


def test_a_page_lies_in_the_record_and_its_place_is_said(past: Home) -> None:
    called = past.call("show", "2", "--html")
    assert (called.code, called.out, called.err) == (0, ".localbuild/builds/2/build-2.html\n", "")
    path = past.cwd / BUILDS / "2/build-2.html"
    assert "FAILED" in Page(path.read_text()).all("title")[0].text
    assert path.stat().st_mode & 0o777 == 0o600
    assert "build-2.html" in past.call("show", "2").out


def test_a_page_can_be_put_anywhere(past: Home) -> None:
    (past.cwd / "out").mkdir()
    assert past.call("show", "1", "--html", "out/page.html").out == "out/page.html\n"
    assert past.call("show", "-C", "out", "--html", "other.html").out == "out/other.html\n"
    titles = [
        Page((past.cwd / "out" / n).read_text()).all("title")[0].text
        for n in ("page.html", "other.html")
    ]
    assert titles == ["SUCCEEDED · my-app #1", "FAILED · my-app #2"]


def test_a_page_on_stdout_is_all_that_is_there(past: Home) -> None:
    out = past.call("show", "2", "--html", "-").out
    assert out.startswith("<!DOCTYPE html>\n")
    assert out.endswith("</html>\n")
    assert not (past.cwd / BUILDS / "2/build-2.html").exists()


def test_a_page_compares_with_the_last_build_that_succeeded(past: Home) -> None:
    past.call("show", "2", "--html", "a.html")
    past.call("show", "1", "--html", "b.html")
    compared = Page((past.cwd / "a.html").read_text()).by_id("comparison").text
    assert compared.startswith("Against build 1, the last that succeeded")
    assert 'id="comparison"' not in (past.cwd / "b.html").read_text()


def test_a_broken_earlier_build_is_passed_over(past: Home) -> None:
    (past.cwd / BUILDS / "1/events.jsonl").write_text("{}\n")
    assert past.call("show", "2", "--html", "a.html").code == 0
    assert 'id="comparison"' not in (past.cwd / "a.html").read_text()


def test_a_page_of_a_real_history_has_its_tests_and_outputs(home: Home) -> None:
    text = (
        "version: 0.2\nphases: {build: {commands: [make]}}\n"
        "reports: {unit: {files: [r.xml]}}\nartifacts: {files: [app.bin]}\n"
    )
    case = b'<testcase name="adds up"><failure message="expected 3"/></testcase>'
    files = {"r.xml": b"<testsuite>%b</testsuite>" % case, "app.bin": b"12"}
    setting = Setting(
        collector=MemoryCollector(files), reports=FormatReports(), artifacts=MemoryArtifacts()
    )
    record(home.cwd, build(text, setting).events)
    page = Page(home.call("show", "--html", "-").out)
    tests, outputs = page.by_id("tests").text, page.by_id("artifacts").text
    assert all(part in tests for part in ("sample-unit", "1 failed", "adds up", "expected 3"))
    assert all(part in outputs for part in ("primary", "out/here", "1", "2 B"))


def test_a_trace_is_written(past: Home) -> None:
    called = past.call("show", "2", "--trace", "t.json", "--html", "p.html")
    assert called.out == "p.html\nt.json\n"
    assert json.loads((past.cwd / "t.json").read_text())["otherData"]["number"] == 2
    assert json.loads(past.call("show", "2", "--trace", "-").out)["traceEvents"]


def test_places_as_json(past: Home) -> None:
    out = past.call("show", "2", "--json", "--html", "--trace", "t.json").out
    assert json.loads(out) == {"html": ".localbuild/builds/2/build-2.html", "trace": "t.json"}


@pytest.mark.parametrize(
    "words",
    [("--html", "2"), ("--html", "latest"), ("--html", "-", "--trace", "-")],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_refused(words: tuple[str, ...], past: Home) -> None:
    called = past.call("show", *words)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("error: --html")


@pytest.mark.parametrize("option", ["--html", "--trace"])
def test_json_and_a_page_are_not_both_on_stdout(option: str, past: Home) -> None:
    called = past.call("show", option, "-", "--json")
    assert (called.code, called.out) == (2, "")
    assert "--json and - for" in called.err


def test_a_place_that_cannot_be_written_is_told(past: Home) -> None:
    (past.cwd / "file").write_text("")
    called = past.call("show", "--html", "file/page.html")
    assert called.code == 5
    assert "cannot write " in called.err


def test_no_folder_is_made_that_is_not_there(past: Home) -> None:
    called = past.call("show", "--html", "a/no such/page.html")
    assert (called.code, called.out) == (5, "")
    assert called.err.splitlines()[0].endswith("/page.html: there is no directory a/no such")
    assert called.err.splitlines()[1] == "  hint: mkdir -p 'a/no such'"
    assert not (past.cwd / "a").exists()


def test_a_pipe_is_written_into_and_stays(past: Home) -> None:
    pipe = past.cwd / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert past.call("show", "1", "--trace", "pipe").out == "pipe\n"
        assert os.read(reader, 1 << 20).startswith(b"{")
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_a_build_that_runs_is_a_page_too(home: Home) -> None:
    record(home.cwd, running_build())
    assert home.call("show", "--html").code == 0


@pytest.mark.parametrize("text", ["", "no json\n"])
def test_a_history_that_is_none_is_named(text: str, past: Home) -> None:
    (past.cwd / BUILDS / "2/events.jsonl").write_text(text)
    called = past.call("show", "2", "--html")
    assert (called.code, called.out) == (2, "")
