"""However a build ends: its status, its exit code, its record, and nothing left behind."""

import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import docker
import pytest

from localbuild.engines.docker.channel import GRACE_S
from tests.conftest import SMALL, STANDARD
from tests.integration.builds import COMMAND, Build, containers_of, project, run, spec, wait_until

pytestmark = pytest.mark.docker
LONG = spec("echo begun", "sleep 600", "echo never", after="  post_build:\n    commands: [echo]\n")


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_a_stop_is_recorded_and_leaves_nothing(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with Build(project(tmp_path / f"stop-{code}", LONG)) as build:
        build.wait_for("Running command sleep 600")
        build.signal(number)
        ended = build.end()
    assert ended.code == code
    assert ended.document["buildStatus"] == "STOPPED"
    assert ended.phases["BUILD"] == "STOPPED"
    assert "POST_BUILD" not in ended.phases
    assert ended.document["localbuild"]["exitCode"] == code
    assert [s["command"] for s in ended.document["localbuild"]["skipped"]] == ["echo never", "echo"]
    assert containers_of(f"stop-{code}") == []


def test_a_second_stop_does_not_wait(tmp_path: Path) -> None:
    deaf = spec("echo begun", "trap '' TERM; while :; do sleep 1; done")
    with Build(project(tmp_path / "deaf", deaf)) as build:
        build.wait_for("Running command trap")
        build.signal(signal.SIGINT)
        wait_until(lambda: "stopping" in build.complained, "it has heard the first one")
        began = time.monotonic()
        build.signal(signal.SIGINT)
        ended = build.end()
    assert time.monotonic() - began < GRACE_S, "the second one was not heard"
    assert ended.code == 130
    assert containers_of("deaf") == []


def test_a_killed_localbuild_takes_its_container_with_it(tmp_path: Path) -> None:
    with Build(project(tmp_path / "killed", LONG)) as build:
        build.wait_for("Running command sleep 600")
        assert len(containers_of("killed", running=True)) == 1
        build.signal(signal.SIGKILL)
        document = build.end().document
    wait_until(lambda: containers_of("killed", running=True) == [], "it stops", seconds=5)
    assert (document["buildStatus"], document["currentPhase"]) == ("IN_PROGRESS", "BUILD")
    listed = subprocess.run(
        [*COMMAND, "ls", "--json"], cwd=build.folder, capture_output=True, check=True
    )
    assert json.loads(listed.stdout)[0]["buildStatus"] == "FAULT"
    ended = build.end()
    assert ended.document["localbuild"]["exitCode"] is None
    log = subprocess.run(
        [*COMMAND, "logs", "-f", "--format", "pretty"],
        cwd=build.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "localbuild was killed" in log.stdout


def test_the_next_build_removes_what_a_killed_one_left_and_nothing_else(tmp_path: Path) -> None:
    with (
        foreign_container() as (client, foreign),
        Build(project(tmp_path / "left", LONG)) as build,
        Build(project(tmp_path / "alive", LONG)) as other,
    ):
        build.wait_for("Running command sleep 600")
        other.wait_for("Running command sleep 600")
        build.signal(signal.SIGKILL)
        build.end()
        assert run(project(tmp_path / "next", spec("true"))).code == 0
        assert containers_of("left") == []
        assert len(containers_of("alive", running=True)) == 1
        assert client.api.inspect_container(foreign)["State"]["Status"] == "created"
        other.signal(signal.SIGINT)
        assert other.end().code == 130


@contextmanager
def foreign_container() -> Iterator[tuple[docker.DockerClient, str]]:
    """A container that is none of ours."""
    with closing(docker.from_env()) as client:
        name = str(client.api.create_container(SMALL, ["true"])["Id"])
        try:
            yield client, name
        finally:
            client.api.remove_container(name, force=True)


def test_two_builds_of_a_project_do_not_disturb_each_other(tmp_path: Path) -> None:
    folder = project(tmp_path / "twice", spec("sleep 1; echo $CODEBUILD_BUILD_NUMBER > mine"))
    with Build(folder) as first, Build(folder) as second:
        assert [first.end().code, second.end().code] == [0, 0]
    records = sorted(p.name for p in (folder / ".localbuild/builds").iterdir() if p.is_dir())
    assert [name for name in records if name.isdigit()] == ["1", "2"]
    assert not (folder / "mine").exists()


def test_a_build_that_kills_its_shell_has_the_signals_status(tmp_path: Path) -> None:
    ended = run(project(tmp_path / "shell", spec("kill -9 $$", after="    finally: [echo on]\n")))
    assert ended.code == 1
    assert ended.context("BUILD")[1].endswith("Reason: exit status 137")
    assert "\non\n" in ended.stdout


@pytest.mark.parametrize("command", ["kill -9 -1", "kill -9 $PPID; sleep 30", "kill -9 -1; true"])
def test_a_build_that_kills_its_container_is_told_so(tmp_path: Path, command: str) -> None:
    after = "  post_build:\n    commands: [echo never]\n"
    ended = run(project(tmp_path / "container", spec(command, after=after)))
    assert ended.code == 1
    assert ended.document["buildStatus"] == "FAILED"
    assert ended.context("BUILD")[0] == "CONTAINER_TERMINATED"
    assert "POST_BUILD" not in ended.phases
    assert containers_of("container") == []


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("exec true", 0),
        ("exit 0", 0),
        ("exec 1>&- 2>&-", 0),
        ("exec 0<&-; read x", 1),
        ("setsid sleep 300 &", 0),
        ("nohup sleep 300 > /dev/null 2>&1 &", 0),
        ("sh -c 'kill -TERM $$'", 143),
        ("printf '%s\\n' 'done abc 0' >&2; printf '\\0abc'; exit 5", 5),
    ],
)
def test_odd_ends_of_a_command(tmp_path: Path, command: str, status: int) -> None:
    ended = run(project(tmp_path / "odd", spec(command)))
    assert ended.code == (1 if status else 0), ended.stdout
    if status:
        assert ended.context("BUILD")[1].endswith(f"Reason: exit status {status}")


def test_a_timeout_is_a_failed_build_of_its_own(tmp_path: Path) -> None:
    ended = run(project(tmp_path / "slow", LONG), "--timeout", "2s")
    assert ended.code == 124
    assert ended.document["buildStatus"] == "FAILED"
    assert ended.phases["BUILD"] == "TIMED_OUT"
    assert ended.context("BUILD") == ("BUILD_TIMED_OUT", "Build has timed out.")
    assert containers_of("slow") == []


def test_memory_is_named_as_the_reason(tmp_path: Path) -> None:
    hungry = spec("head -c 200000000 /dev/zero | tail | wc -c; exit 137")
    ended = run(project(tmp_path / "hungry", hungry), "--memory", "32m")
    assert ended.code == 1
    assert "out of memory (limit 32 MiB" in ended.stdout + ended.stderr


def test_no_engine_is_said_in_one_line(tmp_path: Path) -> None:
    where = {"DOCKER_HOST": "unix:///nowhere/docker.sock"}
    ended = run(project(tmp_path / "none", spec("true")), env=where)
    assert ended.code == 4
    assert "no Docker engine answers at unix:///nowhere/docker.sock" in ended.stderr
    assert "hint:" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.phases["PROVISIONING"] == "FAULT"


def test_an_unknown_context_is_an_error(tmp_path: Path) -> None:
    ended = run(project(tmp_path / "context", spec("true")), "--context", "nowhere")
    assert ended.code in (2, 4)
    assert "context 'nowhere' not found" in ended.stderr


def test_a_missing_image_is_said_with_what_to_try(tmp_path: Path) -> None:
    ended = run(project(tmp_path / "image", spec("true")), "--image", "aws/codebuild/standard:7.0")
    assert ended.code == 4
    assert "AWS does not publish it" in ended.stderr
    assert "--image public.ecr.aws/codebuild/" in ended.stderr
    assert ended.context("PROVISIONING")[0] == "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE"


def test_a_reader_that_goes_away_does_not_end_the_build(tmp_path: Path) -> None:
    folder = project(tmp_path / "pipe", spec("yes | head -n 200000", "echo whole"))
    shell = f"{{ {sys.executable} -m localbuild run --image {SMALL}; echo $? > code; }} | head -n 1"
    subprocess.run(["sh", "-c", shell], cwd=folder, capture_output=True, check=True)
    assert (folder / "code").read_text() == "0\n"
    assert "\nwhole\n" in (folder / ".localbuild/builds/latest/build.log").read_text()


def test_a_stop_while_the_source_is_copied_is_a_stop(tmp_path: Path) -> None:
    folder = project(tmp_path / "copying", spec("echo never"))
    with (folder / "big").open("wb") as big:
        big.truncate(3_000_000_000)
    with Build(folder) as build:
        build.wait_for("YAML location is")
        build.signal(signal.SIGINT)
        ended = build.end()
    assert ended.code == 130
    assert ended.phases["DOWNLOAD_SOURCE"] == "STOPPED"
    assert containers_of("copying") == []


def test_more_cpus_than_there_are_is_no_error(tmp_path: Path) -> None:
    ended = run(project(tmp_path / "cpus", spec("true")), "--cpus", "4000")
    assert ended.code == 0
    assert "--cpus 4000: the engine has" in ended.stderr


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("timeout 3 cat /codebuild/readonly/* & sleep 0.2; echo visible", 0),
        ("(while :; do echo noise; sleep 0.1; done) & echo on", 0),
        ("(while :; do echo noise; sleep 0.1; done) & kill -9 $PPID", 1),
    ],
)
def test_noise_and_thieves_do_not_hold_a_build(tmp_path: Path, command: str, code: int) -> None:
    ended = run(project(tmp_path / "noise", spec(command)), "--timeout", "60s")
    assert ended.code == code, ended.stderr
    assert ended.phases["BUILD"] == ("FAILED" if code else "SUCCEEDED")


def test_what_a_command_does_to_its_descriptors_stays_with_it(tmp_path: Path) -> None:
    unblock = "import os; os.set_blocking(1, False); os.set_blocking(2, False)"
    folder = project(tmp_path / "fd", spec(f'python3 -c "{unblock}"', "seq 1 300000", "exec 1>&-"))
    ended = run(folder, "--image", STANDARD)
    assert ended.code == 0, ended.stdout[-500:]
    assert "\n300000\n" in ended.stdout


def test_a_stop_that_ends_the_container_is_a_stop(tmp_path: Path) -> None:
    command = "echo on; trap 'kill -9 -1' TERM; sleep 100 & wait"
    ended = run(project(tmp_path / "suicide", spec(command)), "--timeout", "2s")
    assert ended.code == 124
    assert ended.phases["BUILD"] == "TIMED_OUT"


def test_an_images_variables_do_not_reach_the_driver(tmp_path: Path) -> None:
    hostile = "\n".join(
        f'ENV {name}="sh /bin/true"'
        for name in ("found", "path", "user", "directory", "status", "output", "token", "line")
    )
    with closing(docker.from_env()) as client:
        text = io.BytesIO(f"FROM {SMALL}\n{hostile}\n".encode())
        list(client.api.build(fileobj=text, tag="end-states-hostile:1", rm=True))
        try:
            folder = project(tmp_path / "hostile", spec('test "$found" = "sh /bin/true"; exit 3'))
            ended = run(folder, "--image", "end-states-hostile:1")
        finally:
            client.api.remove_image("end-states-hostile:1", force=True)
    assert ended.code == 1
    assert ended.context("BUILD")[1].endswith("exit status 3")


def test_a_container_that_somebody_removes_is_no_bug(tmp_path: Path) -> None:
    with Build(project(tmp_path / "removed", LONG)) as build:
        build.wait_for("Running command sleep 600")
        with closing(docker.from_env()) as client:
            client.api.remove_container(containers_of("removed")[0], force=True)
        ended = build.end()
    assert ended.code == 1
    assert ended.context("BUILD")[0] == "CONTAINER_TERMINATED"


def test_a_container_that_is_removed_during_the_copy_is_no_bug(tmp_path: Path) -> None:
    folder = project(tmp_path / "cut", spec("true"))
    with (folder / "big").open("wb") as big:
        big.truncate(8_000_000_000)
    with Build(folder) as build, closing(docker.from_env()) as client:
        build.wait_for("YAML location is")
        client.api.remove_container(containers_of("cut")[0], force=True)
        ended = build.end()
    assert ended.code == 4, ended.stderr
    assert "the build container ended while copying the source" in ended.stderr


def test_a_user_that_is_not_there_is_named(tmp_path: Path) -> None:
    text = spec("echo never").replace("version: 0.2", "version: 0.2\nrun-as: nosuch")
    ended = run(project(tmp_path / "user", text))
    assert ended.code == 1
    assert "there is no user 'nosuch' in this image" in ended.stdout


def test_a_record_never_writes_over_other_files(tmp_path: Path) -> None:
    folder = project(tmp_path / "over", spec("true"))
    (folder / "build.log").write_text("precious")
    ended = run(folder, "--record", ".")
    assert ended.code == 2
    assert (folder / "build.log").read_text() == "precious"
