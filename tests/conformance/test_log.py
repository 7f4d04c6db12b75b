"""Rows 109 to 120: the log's lines, to the blank."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from localbuild.events.codec import read_events
from localbuild.events.schema import event_schema
from localbuild.logs.codebuild import CodeBuildLines
from tests.conformance.harness import AGENT_LINE, Built, build, spec, start, write_files
from tests.conformance.rows import row
from tests.conftest import SMALL

STAMP = re.compile(r"^(\[Container\] )\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6} ", re.MULTILINE)
TOOK = re.compile(r"took \d+\.\d{6} seconds")
NO_RUNTIMES = (
    "[WARN] Skipping install of runtimes. Runtime version selection is not supported by this "
    "build image."
)
BLOCK = "echo one\nfor i in 2 3; do\n  echo $i\ndone\n"


def plain(built: Built) -> str:
    """The log without its times; the source's folder is SRC."""
    text = STAMP.sub(r"\1", built.log).replace(built.source_directory, "SRC")
    return TOOK.sub("took N seconds", text)


@pytest.fixture(scope="module")
def built() -> Built:
    """A build that succeeds."""
    phases = {
        "post_build": ["true"],
        "install": {"runtime-versions": {"python": "3.12"}},
        "build": ['echo "hello"', BLOCK, "printf unended"],
    }
    return build(spec(**phases))


@pytest.fixture(scope="module")
def failed() -> Built:
    """A build whose BUILD fails, in a command of two lines."""
    return build(spec(build=["echo out; exit 6", "echo never"], post_build=["true\nexit 7"]))


def test_whole_log(built: Built) -> None:
    """Every line of a build in its place, so that no line comes or goes unnoticed."""
    done = "Phase complete: {} State: SUCCEEDED", "Phase context status code:  Message: "
    lines = [
        "Running on localbuild",
        "Waiting for agent ping",
        "Waiting for DOWNLOAD_SOURCE",
        "Phase is DOWNLOAD_SOURCE",
        "CODEBUILD_SRC_DIR=SRC",
        "YAML location is SRC/buildspec.yml",
        "No commands found for phase name: install",
        "Processing environment variables",
        NO_RUNTIMES,
        "Moving to directory SRC",
        "Cache is not defined in the buildspec",
        "Skip cache due to: no paths specified to be cached",
        "Registering with agent",
        "Phases found in YAML: 3",
        " POST_BUILD: 1 commands",
        " INSTALL: 0 commands",
        " BUILD: 3 commands",
    ]
    phases = {
        "DOWNLOAD_SOURCE": [],
        "INSTALL": ["Entering phase INSTALL"],
        "PRE_BUILD": ["Entering phase PRE_BUILD"],
        "BUILD": [
            "Entering phase BUILD",
            'Running command echo "hello"\nhello\n',
            f"Running command {BLOCK}\none\n2\n3\n",
            "Running command printf unended\nunended\n",
        ],
        "POST_BUILD": ["Entering phase POST_BUILD", "Running command true\n"],
        "UPLOAD_ARTIFACTS": [
            "Set report auto-discover timeout to 5 seconds",
            "Expanding base directory path:  .",
            "Assembling file list",
            "Expanding .",
            "Expanding file paths for base directory .",
            "Assembling file list",
            "Expanding **/*",
            "No matching auto-discover report paths found",
            "Report auto-discover file discovery took N seconds",
        ],
    }
    for name, own in phases.items():
        lines += [*own, done[0].format(name), done[1]]
    assert plain(built) == "".join(f"[Container] {line}\n" for line in lines)


@row(
    109,
    feature="prefix and time",
    expectation="`[Container] YYYY/MM/DD HH:MM:SS.ffffff `, in UTC wherever the machine is",
)
def test_row_109_prefix(tmp_path: Path) -> None:
    write_files(tmp_path, {"buildspec.yml": spec(build=["date"])})
    environ = {"TZ": "Pacific/Auckland"}
    began = datetime.now(UTC)
    process = start("run", "-i", SMALL, cwd=tmp_path, environ=environ, log=tmp_path / "log")
    assert process.wait(timeout=60) == 0
    lines = (tmp_path / ".localbuild/builds/1/build.log").read_text().splitlines()
    own = [line for line in lines if line.startswith("[Container]")]
    assert len(own) > 20
    assert all(AGENT_LINE.fullmatch(line) for line in own)
    times = [datetime.strptime(f"{line[12:38]} +0000", "%Y/%m/%d %H:%M:%S.%f %z") for line in own]
    assert times == sorted(times)
    assert began <= times[0] <= times[-1] <= datetime.now(UTC)


@row(110, feature="beginning of a phase", expectation="`Entering phase X`")
def test_row_110_entering(built: Built) -> None:
    entering = [line for line in built.agent if line.startswith("Entering")]
    assert entering == [
        f"Entering phase {name}" for name in ("INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD")
    ]


@row(
    111,
    feature="beginning of a command",
    expectation="`Running command ` and the whole text with its newlines",
)
def test_row_111_running(built: Built) -> None:
    assert '[Container] Running command echo "hello"\nhello\n' in plain(built)
    assert f"[Container] Running command {BLOCK}\none\n2\n3\n" in plain(built)


@row(
    112,
    feature="end of a command",
    expectation="an empty line after its output; the next line begins at the margin",
)
def test_row_112_empty_line(built: Built) -> None:
    assert "\nhello\n\n[Container] Running command echo one\n" in plain(built)
    assert "\n3\n\n[Container] Running command printf unended\n" in plain(built)
    assert "\nunended\n\n[Container] Phase complete: BUILD" in plain(built)
    assert "Running command true\n\n[Container] Phase complete: POST_BUILD" in plain(built)


@row(
    113,
    feature="failed command",
    expectation="`Command did not exit successfully <command> exit status N`",
)
def test_row_113_failure(failed: Built) -> None:
    assert (
        "[Container] Running command echo out; exit 6\n"
        "out\n"
        "\n"
        "[Container] Command did not exit successfully echo out; exit 6 exit status 6\n"
        "[Container] Phase complete: BUILD State: FAILED\n"
    ) in plain(failed)
    assert "did not exit successfully true\nexit 7 exit status 7\n" in plain(failed)


@row(114, feature="end of a phase", expectation="`Phase complete: X State: SUCCEEDED` or `FAILED`")
def test_row_114_phase_complete(built: Built, failed: Built) -> None:
    names = ["DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD", "UPLOAD_ARTIFACTS"]
    failing = ("BUILD", "POST_BUILD")
    for each, bad in ((built, ()), (failed, failing)):
        assert [line for line in each.agent if line.startswith("Phase complete")] == [
            f"Phase complete: {name} State: {'FAILED' if name in bad else 'SUCCEEDED'}"
            for name in names
        ]


@row(
    115,
    feature="phase without a reason",
    expectation="`Phase context status code:  Message: `, with two blanks and one at the end",
)
def test_row_115_empty_context(built: Built) -> None:
    pairs = re.findall(r"State: SUCCEEDED\n\[Container\] (.*)\n", plain(built))
    assert pairs == ["Phase context status code:  Message: "] * 6


@row(
    116,
    feature="phase that failed",
    expectation="COMMAND_EXECUTION_ERROR with the command and `Reason: exit status N`",
)
def test_row_116_failure_context(failed: Built) -> None:
    assert (
        "[Container] Phase complete: BUILD State: FAILED\n"
        "[Container] Phase context status code: COMMAND_EXECUTION_ERROR Message: Error while "
        "executing command: echo out; exit 6. Reason: exit status 6\n"
        "[Container] Entering phase POST_BUILD\n"
    ) in plain(failed)
    assert "Error while executing command: true\nexit 7. Reason: exit status 7\n" in plain(failed)


@row(
    117,
    feature="number of phases and commands",
    expectation="`Phases found in YAML: N`, then ` X: n commands` for each, with a blank before it",
    decided="The service's order changes from build to build; here it is that of the file.",
)
def test_row_117_counts(built: Built) -> None:
    assert (
        "[Container] Registering with agent\n"
        "[Container] Phases found in YAML: 3\n"
        "[Container]  POST_BUILD: 1 commands\n"
        "[Container]  INSTALL: 0 commands\n"
        "[Container]  BUILD: 3 commands\n"
        "[Container] Phase complete: DOWNLOAD_SOURCE State: SUCCEEDED\n"
    ) in plain(built)


@row(
    119,
    feature="build without a cache",
    expectation="`Cache is not defined in the buildspec`, then `Skip cache due to: no paths "
    "specified to be cached`",
)
def test_row_119_no_cache(built: Built) -> None:
    skipped = "[Container] Skip cache due to: no paths specified to be cached\n"
    moved = "[Container] Moving to directory SRC\n"
    undefined = "[Container] Cache is not defined in the buildspec\n"
    agent = "[Container] Registering with agent\n"
    assert moved + undefined + skipped + agent in plain(built)
    no_paths = build(spec(build=["true"], more={"cache": {"paths": None}}))
    assert moved + skipped + agent in plain(no_paths)


@row(
    120,
    feature="structured log",
    expectation="one JSON object an event; the plain log can be made from them to the byte",
    decided="Ours: the service has no such log.",
)
def test_row_120_structured_log(tmp_path: Path) -> None:
    build(spec(build=["printf 'a\\377\\n\\000b'", "exit 1"]), at=tmp_path)
    folder = tmp_path / ".localbuild" / "builds" / "1"
    lines = (folder / "events.jsonl").read_bytes().splitlines(keepends=True)
    schema = Draft7Validator(event_schema())
    for line in lines:
        event = json.loads(line)
        schema.validate(event)
        assert list(event)[:3] == ["time", "type", "build"]
    view = CodeBuildLines()
    rendered = b"".join(view.render(event) for event in read_events(lines)) + view.finish()
    assert rendered == (folder / "build.log").read_bytes()
    assert b"a\xff\n\x00b" in rendered
