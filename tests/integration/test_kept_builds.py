"""Kept containers on the real engine: secrets, users, two at once, what is in the way."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import docker
import pytest

from tests.conftest import DOCKER
from tests.integration.builds import COMMAND, Build, Ended, containers_of, project, run, wait_until
from tests.integration.kept import remove_containers, unique_project

pytestmark = pytest.mark.docker

OPTIONS = ("--keep", "failure", "--cache", "off")
FAILS = """\
version: 0.2
env: {exported-variables: [SEEN]}
phases:
  pre_build:
    commands: ["LEN=${#TOKEN}", "PLAIN=x"]
  build:
    commands:
      - mkdir -p d && cd d && test -e mended
      - SEEN="$LEN ${#TOKEN} $PLAIN $CODEBUILD_BUILD_NUMBER ${PWD##*/}"
"""


class Place:
    """A project whose build fails, and calls of localbuild in it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name

    def build(self, buildspec: str = FAILS, *options: str) -> Ended:
        """A build from start to end."""
        project(self.folder, buildspec)
        return run(self.folder, "--project-name", self.name, *OPTIONS, *options)

    def call(self, *words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Call a verb."""
        return subprocess.run(
            [sys.executable, *COMMAND[1:], *words],
            cwd=self.folder,
            env={**os.environ, "TOKEN": "a-secret-of-mine"},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """Start a verb that reads a pipe."""
        return subprocess.Popen(
            [sys.executable, *COMMAND[1:], *words],
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def exported(self) -> dict[str, str]:
        """What the newest build exports."""
        path = self.folder / ".localbuild/builds/latest/build.json"
        found = json.loads(path.read_text())["exportedEnvironmentVariables"]
        return {each["name"]: each["value"] for each in found}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "project", unique_project("kept"))
    yield place
    remove_containers(place.name)


def test_secrets_do_not_stay_and_come_again(place: Place) -> None:
    assert place.build(FAILS, "--secret", "TOKEN=a-secret-of-mine").code == 1
    inside = place.call("shell", "--", "echo ${TOKEN-none} $LEN; touch mended")
    assert (inside.returncode, inside.stdout) == (0, "none 16\n")
    assert "secrets are not kept: TOKEN is not set" in inside.stderr
    refused = place.call("retry")
    assert refused.returncode == 2
    assert "hint: localbuild retry 1 --secret TOKEN\n" in refused.stderr
    good = place.call("retry", "--secret", "TOKEN")
    assert good.returncode == 0, good.stderr
    assert place.exported() == {"SEEN": "16 16 x 2 d"}
    assert "a-secret-of-mine" not in good.stdout + good.stderr
    assert containers_of(place.name) == []


def test_a_build_that_fails_again_goes_on_from_there(place: Place) -> None:
    assert place.build().code == 1
    assert place.call("retry").returncode == 1
    assert place.call("shell", "1", "--", "pwd; touch mended").stdout.endswith("/src/d\n")
    assert place.call("retry", "1").returncode == 0
    assert place.exported()["SEEN"].endswith(" 3 d")


def test_the_buildspec_is_read_again_and_the_source_may_be(place: Place) -> None:
    assert place.build().code == 1
    (place.folder / "d").mkdir()
    (place.folder / "d/mended").touch()
    mended = FAILS.replace("SEEN=", "OTHER=1; SEEN=").replace("PLAIN=x", "PLAIN=y")
    (place.folder / "buildspec.yml").write_text(mended)
    bad = place.call("retry")
    assert bad.returncode == 1
    assert "warning: buildspec.yml: PRE_BUILD has changed: that is not done again\n" in bad.stderr
    good = place.call("retry", "--update-source")
    assert good.returncode == 0, good.stderr
    assert "OTHER=1; SEEN=" in good.stdout


def test_the_whole_phase_runs_again(place: Place) -> None:
    spec = FAILS.replace("commands:\n      - mkdir", "commands:\n      - echo first\n      - mkdir")
    assert place.build(spec).code == 1
    place.call("shell", "--", "touch mended")
    good = place.call("retry", "--phase")
    assert good.returncode == 0, good.stderr
    assert "\nfirst\n" in good.stdout
    assert "note: all of BUILD runs again\n" in good.stderr


def test_two_in_one_container_and_nobody_goes_on_meanwhile(place: Place) -> None:
    assert place.build().code == 1
    with place.start("shell") as first:
        assert first.stdin is not None
        assert first.stdout is not None
        first.stdin.write(b"echo inside\n")
        first.stdin.flush()
        assert first.stdout.readline() == b"inside\n"
        assert place.call("shell", "--", "echo two").stdout == "two\n"
        refused = place.call("retry")
        assert (refused.returncode, "is in use" in refused.stderr) == (2, True)
        assert run(place.folder, "--project-name", f"{place.name}-other", "--cache", "off").code
        first.stdin.write(b"echo still inside; exit 4\n")
        first.stdin.close()
        assert first.stdout.read() == b"still inside\n"
        assert first.wait() == 4
    assert len(containers_of(place.name)) == 1


def test_who_has_started_it_leaves_last(place: Place) -> None:
    assert place.build().code == 1
    with place.start("shell") as first, place.start("shell") as second:
        for each in (first, second):
            assert each.stdin is not None
            assert each.stdout is not None
            each.stdin.write(b"echo inside\n")
            each.stdin.flush()
            assert each.stdout.readline() == b"inside\n"
        assert first.stdin is not None
        assert second.stdin is not None
        assert second.stdout is not None
        first.stdin.close()
        second.stdin.write(b"sleep 2; echo after\n")
        second.stdin.close()
        assert second.stdout.read() == b"after\n"
        assert (second.wait(), first.wait()) == (0, 0)


def test_a_running_build_is_entered_as_it_is(place: Place) -> None:
    waits = "while [ ! -e go ]; do sleep 0.1; done"
    spec = f"version: 0.2\nphases:\n  build:\n    commands: [A=1, '{waits}']\n"
    project(place.folder, spec)
    with Build(place.folder, "--project-name", place.name, "--cache", "off") as build:
        build.wait_for("Running command while")
        inside = place.call("shell", "--", "echo A=$A in $PWD; touch go; exit 9")
        assert (inside.returncode, inside.stdout[:7]) == (9, "A=1 in ")
        assert build.end().code == 0


def test_the_user_of_the_command_is_the_shell_s(place: Place) -> None:
    spec = (
        "version: 0.2\nphases:\n  install:\n    commands: [chmod 777 .]\n"
        "  build:\n    run-as: nobody\n    commands: [test -e mended]\n"
    )
    assert place.build(spec).code == 1
    assert place.call("shell", "--", "id", "-un").stdout == "nobody\n"
    assert place.call("shell", "--", "touch mended").returncode == 0
    assert place.call("retry").returncode == 0


def test_a_build_that_was_stopped_goes_on_with_the_command_that_ran(place: Place) -> None:
    spec = (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - A=1\n"
        "      - cd / && test -e /mended || sleep 600\n      - test $A = 1\n"
    )
    project(place.folder, spec)
    with Build(place.folder, "--project-name", place.name, *OPTIONS) as build:
        build.wait_for("Running command cd /")
        build.signal(signal.SIGTERM)
        assert build.end().code == 143
    assert place.call("shell", "--", "touch /mended").returncode == 0
    good = place.call("retry")
    assert good.returncode == 0, good.stderr + good.stdout


def test_a_privileged_build_has_its_daemon_again(place: Place) -> None:
    image = "aws/codebuild/standard:7.0"
    shows = "docker info --format 'driver {{.Driver}}'"
    project(place.folder, "").joinpath("localbuild.toml").write_text(
        f'[images]\n"{image}" = "{DOCKER}"\n'
    )
    spec = (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - test -e /mended\n"
        f"      - >-\n        {shows}\n"
    )
    assert place.build(spec, "--privileged", "-i", image).code == 1
    inside = place.call("shell", "--", f"touch /mended; {shows}")
    assert inside.stdout.startswith("driver ")
    good = place.call("retry")
    assert good.returncode == 0, good.stderr
    assert "\ndriver " in good.stdout


def test_a_mounted_source_is_mended_where_it_is(place: Place) -> None:
    spec = "version: 0.2\nphases: {build: {commands: [test -e mended, 'touch made']}}\n"
    assert place.build(spec, "--source-mode", "mount").code == 1
    refused = place.call("retry", "--update-source")
    assert "the source is no directory to copy: it is mounted" in refused.stderr
    (place.folder / "mended").touch()
    assert place.call("retry").returncode == 0
    assert (place.folder / "made").stat().st_uid == os.getuid()


def test_what_is_gone_is_said_with_what_to_do(place: Place) -> None:
    assert place.build().code == 1
    remove_containers(place.name)
    for verb in ("shell", "retry"):
        done = place.call(verb)
        assert done.returncode == 2
        assert "error: the container of build 1 is gone: localbuild-shell-kept-" in done.stderr
        assert "  hint: localbuild run --keep failure\n" in done.stderr
    assert place.build(FAILS, "--keep", "never").code == 1
    assert "has no container" not in place.call("shell").stderr


def test_a_cut_off_output_ends_the_program(place: Place) -> None:
    assert place.build().code == 1
    words = " ".join([sys.executable, *COMMAND[1:], "shell", "--", "yes"])
    done = subprocess.run(
        ["sh", "-c", f"{words} | head -1"], cwd=place.folder, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"y\n")
    wait_until(lambda: not containers_of(place.name, running=True), "it is stopped")
    assert len(containers_of(place.name)) == 1


def test_a_kept_container_costs_no_memory_of_ours_and_is_listed(place: Place) -> None:
    assert place.build().code == 1
    doctor = place.call("doctor", "--json")
    assert place.name in doctor.stdout
    with closing(docker.from_env()) as client:
        (name,) = containers_of(place.name)
        assert client.api.inspect_container(name)["State"]["Running"] is False
