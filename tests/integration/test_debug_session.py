"""A build that is paused at a breakpoint ends as any other does."""

import signal
import subprocess
from pathlib import Path

import pytest

from tests.integration.builds import COMMAND, Build, containers_of, project, spec

pytestmark = pytest.mark.docker
PAUSE = spec("echo before", "codebuild-breakpoint", "echo after")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stop_ends_a_paused_build(tmp_path: Path, number: signal.Signals, code: int) -> None:
    folder = project(tmp_path / f"helpers-paused-{code}", PAUSE)
    with Build(folder, "--debug-session") as build:
        build.wait_for("the build is paused")
        build.signal(number)
        ended = build.end()
    assert ended.code == code
    assert ended.document["buildStatus"] == "STOPPED"
    assert "goes on" not in ended.stdout.replace("time limit goes on", "")
    assert containers_of(folder.name) == []


def test_localbuild_s_own_shell_lets_it_go_on(tmp_path: Path) -> None:
    text = spec("x=here", "codebuild-breakpoint", "cat y")
    folder = project(tmp_path / "helpers-shell", text)
    with Build(folder, "--debug-session") as build:
        build.wait_for("the build is paused")
        words = ("shell", "--", 'echo "$x, changed" > y && codebuild-resume')
        entered = subprocess.run([*COMMAND, *words], cwd=folder, capture_output=True, check=False)
        assert entered.returncode == 0, entered.stderr
        ended = build.end()
    assert (ended.code, "here, changed" in ended.stdout) == (0, True)


def test_any_user_may_pause_and_let_go_on(tmp_path: Path) -> None:
    text = """\
version: 0.2
run-as: codebuild-user
phases:
  build:
    commands:
      - (sleep 2; codebuild-resume) & codebuild-breakpoint
"""
    with Build(project(tmp_path / "helpers-user", text), "--debug-session") as build:
        ended = build.end()
    assert (ended.code, "codebuild-breakpoint: the build goes on" in ended.stdout) == (0, True)
