"""The verbs on past and running builds, as processes, on a real engine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.builds import Build, containers_of, project, run, spec

pytestmark = pytest.mark.docker


def call(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Call a verb."""
    return subprocess.run(
        [sys.executable, "-m", "localbuild", *words],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_running_build_is_followed_to_its_end(tmp_path: Path) -> None:
    wait = "until [ -e go ]; do sleep 0.1; done"
    folder = project(tmp_path / "followed", spec("echo begun", wait, "echo over"))
    with Build(folder, "--source-mode", "mount") as build:
        build.wait_for("begun")
        assert json.loads(call(folder, "ls", "--json").stdout)[0]["buildStatus"] == "IN_PROGRESS"
        follower = subprocess.Popen(
            [sys.executable, "-m", "localbuild", "logs", "-f"],
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert follower.stdout is not None
        seen = next(line for line in follower.stdout if line == "begun\n")
        (folder / "go").touch()
        rest = follower.communicate()[0]
        assert build.end().code == 0
    log = (folder / ".localbuild/builds/latest/build.log").read_text()
    assert follower.returncode == 0
    assert log.endswith(seen + rest)
    assert "\nover\n" in rest


def test_past_builds_are_listed_shown_and_cleaned(tmp_path: Path) -> None:
    folder = project(tmp_path / "past", spec("echo one", "exit 3"))
    run(folder)
    (folder / "buildspec.yml").write_text(spec("echo two"))
    run(folder)
    listed = json.loads(call(folder, "ls", "--json").stdout)
    assert [(b["buildNumber"], b["buildStatus"]) for b in listed] == [
        (2, "SUCCEEDED"),
        (1, "FAILED"),
    ]
    shown = call(folder, "show", "1").stdout
    assert "    exit status 3 after " in shown
    assert call(folder, "logs", "1", "--phase", "BUILD").stdout.count("\none\n") == 1
    cleaned = json.loads(call(folder, "clean", "--builds", "--keep", "1", "-y", "--json").stdout)
    assert cleaned["builds"] == [1]
    assert call(folder, "show", "1").returncode == 2
    assert call(folder, "show").stdout.startswith("build 2: SUCCEEDED, exit code 0\n")
    (folder / "buildspec.yml").write_text(spec("echo three"))
    run(folder)
    assert call(folder, "show").stdout.startswith("build 3: ")


def test_a_kept_container_goes_only_when_named(tmp_path: Path) -> None:
    name = "kept-by-cli"
    folder = project(tmp_path / name, spec("echo one"))
    assert run(folder, "--keep", "always").code == 0
    (kept,) = containers_of(name)
    call(folder, "clean")
    assert containers_of(name) == [kept]
    assert f"removed container {kept}\n" in call(folder, "clean", "--kept").stdout
    assert containers_of(name) == []


def test_a_doctor_finds_nothing_wrong(tmp_path: Path) -> None:
    folder = project(tmp_path / "well", spec("echo one"))
    done = call(folder, "doctor", "--image", "localbuild/small:1", "--json")
    checks = json.loads(done.stdout)
    (privileged,) = [check["text"] for check in checks if check["id"] == "privileged"]
    assert privileged.startswith("privileged builds: work here")
    found = {check["id"]: check["verdict"] for check in checks}
    assert found.pop("disk") != "problem"
    assert set(found.values()) == {"good"}
    assert done.returncode == 0
