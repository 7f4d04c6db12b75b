"""`ls`, `show`, `logs`: past builds, read back from their records."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from localbuild.cli.records.folders import allocate_record, hold
from localbuild.cli.records.history import follow_lines
from localbuild.events.model import BuildStarted
from localbuild.events.outputs import ArtifactUploaded
from tests.unit.cli.calling import SPEC, Home
from tests.unit.cli.recorded import good_build, record, running_build
from tests.unit.logs.samples import failing_build

GOOD, BAD, RUNNING = "my-app:good", "my-app:bad", "my-app:running"


@pytest.fixture
def past(home: Home) -> Home:
    """A project with three builds: one good, one failed, one running."""
    record(home.cwd, good_build(), GOOD)
    record(home.cwd, failing_build(), BAD)
    record(home.cwd, running_build(), RUNNING)
    return home


def test_builds_are_listed_with_the_newest_first(past: Home) -> None:
    rows = [line.split() for line in past.call("ls").out.splitlines()]
    assert rows[0] == ["BUILD", "STATUS", "STARTED", "TOOK", "COMMANDS", "ID"]
    assert [(r[0], r[1], r[-2], r[-1]) for r in rows[1:]] == [
        ("3", "FAULT", "0/3", RUNNING),
        ("2", "FAILED", "2/3", BAD),
        ("1", "SUCCEEDED", "1/1", GOOD),
    ]


def test_a_list_as_json(past: Home) -> None:
    found = json.loads(past.call("ls", "--json").out)
    assert [(b["buildNumber"], b["buildStatus"], b["exitCode"]) for b in found] == [
        (3, "FAULT", None),
        (2, "FAILED", 1),
        (1, "SUCCEEDED", 0),
    ]
    assert found[0]["endTime"] >= found[0]["startTime"]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (("-n", "1"), [3]),
        (("--status", "FAILED"), [2]),
        (("--status", "succeeded"), [1]),
        (("--status", "TIMED_OUT"), []),
    ],
)
def test_a_part_of_the_list(words: tuple[str, ...], numbers: list[int], past: Home) -> None:
    found = json.loads(past.call("ls", "--json", *words).out)
    assert [b["buildNumber"] for b in found] == numbers


def test_a_record_that_is_broken_hides_no_other(past: Home) -> None:
    (past.cwd / ".localbuild/builds/2/build.json").write_text("{")
    found = json.loads(past.call("ls", "--json").out)
    assert [b["buildNumber"] for b in found] == [3, 1]


def test_builds_are_found_from_below(past: Home) -> None:
    below = past.cwd / "a/b"
    below.mkdir(parents=True)
    assert past.call("ls", "-C", "a/b").out == past.call("ls").out


@pytest.mark.parametrize("verb", ["show", "report", "logs", "shell", "retry"])
@pytest.mark.parametrize("name", ["build.log", "events.jsonl"])
def test_a_build_that_never_began_is_told(name: str, verb: str, home: Home) -> None:
    folder = allocate_record(home.cwd).path
    (folder / name).write_bytes(b"")
    called = home.call(verb)
    assert called.code == 2
    assert called.err.splitlines() == [
        f"error: {folder} has no history: its build never began",
        "  hint: localbuild ls",
        "  hint: localbuild run",
    ]


def test_a_build_that_never_began_is_not_waited_for(home: Home) -> None:
    (allocate_record(home.cwd).path / "events.jsonl").write_bytes(b"")
    assert home.call("logs", "--follow").code == 2


@pytest.mark.parametrize("option", ["--artifacts", "--reports"])
def test_a_file_is_no_place_for_outputs(option: str, home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    home.write("out", "")
    called = home.call("run", "-i", "img", option, "out", "--docker-host", "tcp://127.0.0.1:1")
    what = f"cannot write {option[2:]} to {home.cwd / 'out'}"
    assert called.code == 5
    assert called.err.splitlines()[-2:] == [
        f"error: {what}: out is a file; a folder is needed",
        f"  hint: {option} DIR",
    ]
    assert not (home.cwd / ".localbuild").exists()


def test_no_builds(home: Home) -> None:
    called = home.call("ls")
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("error: there are no builds here or above\n")


def test_a_failed_build_is_shown(past: Home) -> None:
    lines = past.call("show", "2").out.splitlines()
    assert lines[0] == "build 2: FAILED, exit code 1"
    assert "  commands  2 of 3 ran, 1 failed" in lines
    assert "  buildspec.yml:6: set -e" in lines
    assert "    exit status 1 after 1.5s, in BUILD" in lines
    assert "  .localbuild/builds/2/build.log" in lines
    assert not any("COMPLETED" in line for line in lines)


def test_a_build_whose_process_died_is_shown_as_such(past: Home) -> None:
    lines = past.call("show").out.splitlines()
    assert lines[0] == "build 3: FAULT"


def test_what_a_build_handed_out_and_where_it_came_from_is_shown(home: Home) -> None:
    began, *rest = good_build()
    assert isinstance(began, BuildStarted)
    uploaded = ArtifactUploaded(
        time=began.time,
        build=began.build,
        identifier="primary",
        path="out",
        location="out",
        files=2,
    )
    folder = record(home.cwd, [replace(began, resumed_from=1), *rest[:-1], uploaded, rest[-1]])
    (folder / "artifacts").mkdir()
    lines = home.call("show").out.splitlines()
    assert "  resumed   from build 1" in lines
    assert lines[lines.index("artifacts") + 1] == "  artifacts: out (2 files, 0 B)"
    assert "  .localbuild/builds/1/artifacts/" in lines


def test_a_running_build_is_shown(past: Home) -> None:
    held = hold(past.cwd / ".localbuild" / "builds" / "3")
    try:
        lines = past.call("show").out.splitlines()
    finally:
        os.close(held)
    assert lines[0] == "build 3: IN_PROGRESS"
    assert lines[2].endswith(", not ended")


def test_a_running_build_has_the_same_numbers_everywhere(home: Home) -> None:
    folder = record(home.cwd, failing_build()[:12], RUNNING)
    held = hold(folder)
    try:
        shown, listed, document = (
            home.call(*w).out for w in (("show",), ("ls",), ("show", "--json"))
        )
    finally:
        os.close(held)
    assert "  commands  1 of 3 ran, 0 failed" in shown.splitlines()
    assert listed.splitlines()[1].split()[-2] == "1/3"
    assert json.loads(document)["localbuild"]["commands"]["ran"] == 1


@pytest.mark.parametrize("name", ["2", BAD, "bad", ".localbuild/builds/2"])
def test_a_build_has_several_names(name: str, past: Home) -> None:
    assert json.loads(past.call("show", name, "--json").out)["id"] == BAD


@pytest.mark.parametrize("name", ["", "latest", "3"])
def test_the_newest_one(name: str, past: Home) -> None:
    words = (name,) if name else ()
    assert json.loads(past.call("show", "--json", *words).out)["id"] == RUNNING


@pytest.mark.parametrize("name", ["9", "0", "nobody", "../..", "9" * 5000])
def test_a_build_that_is_not_there(name: str, past: Home) -> None:
    called = past.call("show", name)
    assert (called.code, called.out) == (2, "")
    assert called.err.endswith("  hint: localbuild ls\n")


def test_the_log_is_made_anew_byte_for_byte(past: Home) -> None:
    kept = (past.cwd / ".localbuild/builds/2/build.log").read_text()
    assert past.call("logs", "2", "--format", "codebuild").out == kept
    assert past.call("logs", "2").out == kept


def test_the_log_in_the_other_formats(past: Home) -> None:
    events = (past.cwd / ".localbuild/builds/2/events.jsonl").read_text()
    assert past.call("logs", "2", "--format", "json").out == events
    pretty = past.call("logs", "2", "--format", "pretty").out
    assert "FAIL cart.spec.js" in pretty
    assert "FAILED in 5.0s" in pretty


def test_the_log_as_one_document(past: Home) -> None:
    lines = (past.cwd / ".localbuild/builds/2/events.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    assert json.loads(past.call("logs", "2", "--json").out) == events
    part = [e for e in events if e.get("phase") == "BUILD" or e["type"] == "build-started"]
    assert json.loads(past.call("logs", "2", "--json", "--phase", "build").out) == part


def test_the_log_of_one_phase(past: Home) -> None:
    text = past.call("logs", "2", "--phase", "build").out
    assert "Entering phase BUILD" in text
    assert "packages" in text
    assert "POST_BUILD" not in text
    assert "Registering with agent" not in text


@pytest.mark.parametrize("line", ["no json\n", '{"type": "unknown"}\n'])
def test_a_history_that_is_none_is_named(line: str, past: Home) -> None:
    with open(past.cwd / ".localbuild/builds/2/events.jsonl", "a") as file:
        file.write(line)
    called = past.call("logs", "2")
    assert called.code == 2
    assert "line 24: " in called.err
    assert past.call("show", "2").code == 2


def test_an_empty_history_is_named(past: Home) -> None:
    (past.cwd / ".localbuild/builds/2/events.jsonl").write_text("")
    assert past.call("show", "2").code == 2


def test_following_waits_for_whole_lines_and_ends_with_the_build(tmp_path: Path) -> None:
    history = record(tmp_path, good_build()) / "events.jsonl"
    lines = history.read_bytes().splitlines(keepends=True)
    history.write_bytes(lines[0] + lines[1][:10])
    following = follow_lines(history.parent)
    assert next(following) == lines[0]
    with open(history, "ab") as file:
        file.write(lines[1][10:])
    assert next(following) == lines[1]
    with open(history, "ab") as file:
        file.write(b"".join(lines[2:]))
    assert list(following) == lines[2:]


def test_following_a_build_that_has_ended_is_its_log(past: Home) -> None:
    assert past.call("logs", "2", "-f").out == past.call("logs", "2").out


def test_github_s_commands_in_a_log_are_none(past: Home) -> None:
    text = past.call("logs", "2", environ={"GITHUB_ACTIONS": "true"}).out
    first, *_, last = text.splitlines()
    assert first == f"::stop-commands::{last.strip(':')}"
