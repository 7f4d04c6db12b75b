"""Rows 75 to 81: how a build ends, and what is recorded of it."""

import json
import re
import signal
import time
from datetime import datetime
from pathlib import Path

from jsonschema import validate

from localbuild.engines.docker.connection import connect
from localbuild.events.schema import build_schema
from tests.conformance.harness import Called, build, call, read_record, spec, start, write_files
from tests.conformance.rows import row
from tests.conftest import SMALL

UNTIL = ["SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD", "BUILD"]
LONG = {"commands": ["echo begun", "sleep 300", "echo never"], "finally": ["echo never"]}


@row(
    75,
    feature="timeout",
    expectation="the phase is TIMED_OUT with BUILD_TIMED_OUT `Build has timed out.`, the build "
    "FAILED; nothing more runs; exit code 124",
    decided="Phase, context and status were observed; that nothing runs afterwards is ours.",
)
def test_row_075_timeout() -> None:
    began = time.monotonic()
    built = build(spec(build=LONG, post_build=["echo never"]), "--timeout", "8s")
    assert time.monotonic() - began < 60
    assert (built.exit_code, built.status) == (124, "FAILED")
    assert built.entered == [*UNTIL, "FINALIZING", "COMPLETED"]
    assert built.phase("BUILD").status == "TIMED_OUT"
    assert built.context("BUILD") == ("BUILD_TIMED_OUT", "Build has timed out.")
    assert built.ran == ["echo begun", "sleep 300"]
    assert built.agent[-2:] == [
        "Phase complete: BUILD State: TIMED_OUT",
        "Phase context status code: BUILD_TIMED_OUT Message: Build has timed out.",
    ]


@row(
    76,
    feature="range of the timeout",
    expectation="60 minutes where nothing is said; what the service would refuse, below 5 minutes "
    "or above 36 hours, is taken with a warning",
    decided="A short limit is of use on one's own machine, and would surprise on the service.",
)
def test_row_076_timeout_range() -> None:
    quick = spec(build=["true"])
    plain = build(quick)
    assert plain.document["timeoutInMinutes"] == 60
    assert "warning" not in plain.stderr
    for limit, minutes in (("5m", 5), ("36h", 2160)):
        built = build(quick, "--timeout", limit)
        assert (built.exit_code, built.document["timeoutInMinutes"]) == (0, minutes)
        assert "warning" not in built.stderr
    for limit in ("4m", "37h"):
        built = build(quick, "--timeout", limit)
        assert built.exit_code == 0
        assert "warning" in built.stderr


@row(
    78,
    feature="automatic retries",
    expectation="a failed build is started again up to autoRetryLimit times, each time as a new "
    "build with the next number that knows its predecessor",
)
def test_row_078_auto_retry(tmp_path: Path) -> None:
    source = tmp_path / "sample"
    built = build(spec(build=["false"]), "--auto-retry-limit", "2", at=source)
    assert built.exit_code == 1
    folders = [source / ".localbuild" / "builds" / str(number) for number in (1, 2, 3)]
    documents = [json.loads((folder / "build.json").read_text()) for folder in folders]
    assert [d["buildNumber"] for d in documents] == [1, 2, 3]
    assert [d["buildStatus"] for d in documents] == ["FAILED"] * 3
    configs = [d["autoRetryConfig"] for d in documents]
    assert [c["autoRetryNumber"] for c in configs] == [0, 1, 2]
    previous = [c.get("previousAutoRetry") for c in configs]
    assert previous == [None, documents[0]["arn"], documents[1]["arn"]]
    assert not (source / ".localbuild" / "builds" / "4").exists()


def test_a_retry_ends_with_the_first_success(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o777)
    command = "echo x >> /state/tries; test $(wc -l < /state/tries) -ge 2"
    options = ("--auto-retry-limit-override", "5", "-V", f"{tmp_path / 'state'}:/state")
    built = build(spec(build=[command]), *options, at=tmp_path / "sample")
    assert (built.exit_code, built.document["buildNumber"]) == (0, 2)


@row(
    77,
    feature="stop (Ctrl-C)",
    expectation="build and current phase are STOPPED, the container is gone, exit code 130",
    decided="The statuses are the API's; a stop by a signal, and its exit code, are ours.",
)
def test_row_077_stop(tmp_path: Path) -> None:
    source = tmp_path / "sample"
    write_files(source, {"buildspec.yml": spec(build=LONG, post_build=["echo never"])})
    log = tmp_path / "log"
    process = start("run", "-i", SMALL, cwd=source, log=log)
    try:
        wait_for("begun", log)
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=60)
    finally:
        process.kill()
    called = Called(exit_code=code, stdout=log.read_text(), stderr="")
    built = read_record(source / ".localbuild" / "builds" / "1", called)
    assert (code, built.status) == (130, "STOPPED")
    assert built.entered == [*UNTIL, "FINALIZING", "COMPLETED"]
    assert built.phase("BUILD").status == "STOPPED"
    assert "echo never" not in built.ran
    assert built.document["buildStatus"] == "STOPPED"
    assert containers_of(built.document["id"]) == []


@row(
    79,
    feature="exit code of the command",
    expectation="0 only for a build that SUCCEEDED; 1 for a failed one",
    decided="Ours: the service has no command that waits for a build.",
)
def test_row_079_exit_code(tmp_path: Path) -> None:
    for name, command, code in (("good", "true", 0), ("bad", "exit 9", 1)):
        write_files(tmp_path / name, {"buildspec.yml": spec(build=[command])})
        log = tmp_path / f"{name}.log"
        process = start("run", name, "-i", SMALL, cwd=tmp_path, log=log)
        assert process.wait(timeout=60) == code, log.read_text()


@row(
    80,
    feature="build record",
    expectation="the API's Build: phases with type, status, start, end, whole seconds and contexts",
)
def test_row_080_build_record() -> None:
    built = build(spec(build=["exit 3"]))
    document = built.document
    validate(document, build_schema())
    assert document["buildStatus"] == "FAILED"
    assert document["currentPhase"] == "COMPLETED"
    assert document["buildComplete"] is True
    assert document["localbuild"]["exitCode"] == 1
    assert document["localbuild"]["commands"] == {"planned": 1, "ran": 1, "failed": 1}
    *phases, last = document["phases"]
    assert [phase["phaseType"] for phase in phases] == [
        *UNTIL,
        *["POST_BUILD", "UPLOAD_ARTIFACTS", "FINALIZING"],
    ]
    for phase in phases:
        length = moment(phase["endTime"]) - moment(phase["startTime"])
        assert phase["durationInSeconds"] == int(length.total_seconds())
        assert phase["phaseStatus"] == ("FAILED" if phase["phaseType"] == "BUILD" else "SUCCEEDED")
    assert [phase["contexts"] for phase in phases if phase["phaseType"] == "BUILD"] == [
        [
            {
                "statusCode": "COMMAND_EXECUTION_ERROR",
                "message": "Error while executing command: exit 3. Reason: exit status 3",
            }
        ]
    ]
    assert last.keys() == {"phaseType", "startTime"}
    assert last["phaseType"] == "COMPLETED"
    assert moment(document["startTime"]) <= moment(phases[0]["startTime"])
    assert moment(phases[-1]["endTime"]) <= moment(document["endTime"])


@row(
    81,
    feature="build number",
    expectation="counts up from 1 in a project; CODEBUILD_BUILD_NUMBER has it",
)
def test_row_081_build_number(tmp_path: Path) -> None:
    text = spec(build=["echo $CODEBUILD_BUILD_NUMBER"])
    numbers = [build(text, at=tmp_path) for _ in range(3)]
    assert [built.said for built in numbers] == [["1\n"], ["2\n"], ["3\n"]]
    assert [built.document["buildNumber"] for built in numbers] == [1, 2, 3]
    assert call("run", "-i", SMALL, "--bad", cwd=tmp_path).exit_code == 2
    assert build(text, at=tmp_path).said == ["4\n"]


def moment(text: str) -> datetime:
    """A time of the record, which is in UTC."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text)
    return datetime.fromisoformat(text)


def wait_for(word: str, log: Path) -> None:
    """Wait until a running build has printed a line."""
    end = time.monotonic() + 60
    while f"\n{word}\n" not in log.read_text():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)


def containers_of(build_id: str) -> list[str]:
    """The containers that a build has on the engine, running or not."""
    api = connect("", "").api
    try:
        label = {"label": f"dev.localbuild.build={build_id}"}
        return [entry["Id"] for entry in api.containers(all=True, filters=label)]
    finally:
        api.close()
