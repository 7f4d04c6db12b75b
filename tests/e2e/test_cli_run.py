"""`localbuild run` as a process: streams, exit codes, files, on a real engine."""

import json
import os
import stat
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.conftest import SMALL

pytestmark = pytest.mark.docker

COMMAND = (sys.executable, "-m", "localbuild")
SPEC = """\
version: 0.2
env:
  variables: {STAGE: spec, MORE: spec}
  exported-variables: [RESULT, LINES_OF_TEXT]
phases:
  build:
    commands:
      - echo stage=$STAGE more=$MORE
      - export RESULT=42 LINES_OF_TEXT="$(printf 'a\\nb')"
      - exit $STATUS
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a buildspec."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "buildspec.yml").write_text(SPEC)
    return folder


def environ(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a process: nothing of the user's configuration gets in."""
    kept = {n: os.environ[n] for n in ("PATH", "DOCKER_HOST") if n in os.environ}
    return {**kept, "HOME": str(home), "USER": "me", **(more or {})}


def run(
    folder: Path,
    *words: str,
    stdin: str = "",
    more: Mapping[str, str] | None = None,
    command: Sequence[str] = COMMAND,
) -> "subprocess.CompletedProcess[str]":
    """Call `localbuild run`."""
    return subprocess.run(
        [*command, "run", "--image", SMALL, "-e", "STATUS=0", *words],
        cwd=folder,
        env=environ(folder.parent, more),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def newest(folder: Path) -> Path:
    """The newest record."""
    return folder / ".localbuild/builds/latest"


def test_the_log_is_on_stdout_and_nothing_else_is(project: Path) -> None:
    done = run(project, "-v")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (newest(project) / "build.log").read_text()
    assert "image: set by --image\n" in done.stderr
    assert "\nSUCCEEDED in " in done.stderr
    assert "\ncontainer: " in done.stderr


def test_with_json_stdout_is_one_document(project: Path) -> None:
    done = run(project, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (newest(project) / "build.json").read_text()
    assert json.loads(done.stdout)["buildStatus"] == "SUCCEEDED"


def test_quiet_and_good_is_one_line(project: Path) -> None:
    done = run(project, "-q")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "code"), [((), 1), (("--exit-code-from", "command"), 7)], ids=["build", "command"]
)
def test_the_exit_code_of_a_failed_build(words: tuple[str, ...], code: int, project: Path) -> None:
    done = run(project, "-e", "STATUS=7", *words)
    assert done.returncode == code
    assert (
        json.loads((newest(project) / "build.json").read_text())["localbuild"]["exitCode"] == code
    )


def test_who_sets_a_variable_wins_in_the_contract_s_order(project: Path) -> None:
    (project / "localbuild.toml").write_text('[env]\nSTAGE = "toml"\nMORE = "toml"\n')
    assert "\nstage=toml more=toml\n" in run(project).stdout
    (project / "a.env").write_text("STAGE=file\nMORE='file'\n")
    assert "\nstage=file more='file'\n" in run(project, "--env-file", "a.env").stdout
    host = {"STAGE": "host"}
    done = run(project, "--env-file", "a.env", "-e", "STAGE", more=host)
    assert "\nstage=host more='file'\n" in done.stdout
    done = run(project, more={"LOCALBUILD_ENV": "unused"} | host)
    assert "\nstage=toml " in done.stdout


def test_exported_variables_in_both_formats(project: Path) -> None:
    run(project, "--exports-file", "out.json")
    assert json.loads((project / "out.json").read_text()) == {
        "RESULT": "42",
        "LINES_OF_TEXT": "a\nb",
    }
    done = run(project, "--exports-file", "out.env")
    assert (project / "out.env").read_text() == "RESULT=42\n"
    assert "LINES_OF_TEXT has several lines" in done.stderr


def test_a_buildspec_from_stdin(project: Path) -> None:
    done = run(project, "-f", "-", stdin=SPEC.replace("stage=", "piped="))
    assert done.returncode == 0, done.stderr
    assert "\npiped=spec " in done.stdout
    assert " YAML location is /codebuild/readonly/buildspec.yml\n" in done.stdout


def test_a_record_elsewhere_leaves_the_source_alone(project: Path) -> None:
    before = sorted(p.name for p in project.iterdir())
    done = run(project, "--record", "../record")
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in project.iterdir()) == before
    record = project.parent / "record"
    assert {p.name for p in record.iterdir()} >= {"build.json", "build.log", "events.jsonl"}
    assert {stat.S_IMODE(p.stat().st_mode) for p in record.iterdir()} == {0o600}
    assert stat.S_IMODE(record.stat().st_mode) == 0o700


def test_a_source_that_nobody_may_write_is_answered_before_a_build(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p/buildspec.yml").write_text(SPEC)
    (tmp_path / "p/.localbuild").write_text("in the way")
    done = run(tmp_path / "p")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.endswith("  hint: keep it elsewhere: localbuild run --record DIR\n")


def test_a_missing_buildspec_is_a_build_too(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    done = run(folder)
    assert done.returncode == 3
    document = json.loads((newest(folder) / "build.json").read_text())
    assert document["buildStatus"] == "FAILED"
    assert document["localbuild"]["exitCode"] == 3
    assert "error: YAML file does not exist\n" in done.stderr


def test_a_refused_buildspec_shows_every_problem(project: Path) -> None:
    (project / "buildspec.yml").write_text("version: 0.2\nphases: {built: {}, tested: {}}\n")
    done = run(project)
    assert done.returncode == 3
    assert "buildspec.yml:2:10: error: unknown phase 'built'" in done.stderr
    assert "buildspec.yml:2:21: error: unknown phase 'tested'" in done.stderr


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "0<&-", "0<&- 1>&- 2>&-", ">/dev/null"])
def test_closed_streams_do_no_harm(closed: str, project: Path) -> None:
    shell = ("sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND)
    done = run(project, command=shell)
    assert done.returncode == 0, done.stderr
    log = (newest(project) / "build.log").read_text()
    assert "stage=spec more=spec" in log
    assert "Traceback" not in done.stderr


def test_a_full_stdout_is_said_and_the_record_is_whole(project: Path) -> None:
    done = run(project, command=("sh", "-c", 'exec "$@" >/dev/full', "sh", *COMMAND))
    assert done.returncode == 5
    assert "No space left on device" in done.stderr
    assert json.loads((newest(project) / "build.json").read_text())["buildStatus"] == "SUCCEEDED"


def test_a_compute_type_larger_than_the_machine_runs_all_the_same(project: Path) -> None:
    done = run(project, "--compute-type", "BUILD_GENERAL1_2XLARGE")
    assert done.returncode == 0, done.stderr
    document = json.loads((newest(project) / "build.json").read_text())
    assert document["environment"]["computeType"] == "BUILD_GENERAL1_2XLARGE"


def test_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "-odd $(touch x) 'name'\n☃"
    folder.mkdir()
    (folder / "buildspec.yml").write_text(SPEC)
    done = run(tmp_path, "--", str(folder))
    assert done.returncode == 0, done.stderr
    assert json.loads((newest(folder) / "build.json").read_text())["projectName"] == (
        "odd-touch-x-name"
    )
    assert not (tmp_path / "x").exists()


def test_github_actions_takes_no_command_from_a_build(project: Path) -> None:
    secret = uuid.uuid4().hex
    (project / "buildspec.yml").write_text(SPEC.replace("stage=", "::error::"))
    done = run(project, "-e", f"STAGE={secret}", more={"GITHUB_ACTIONS": "true"})
    lines = done.stdout.splitlines()
    stop = next(n for n, line in enumerate(lines) if line.startswith("::stop-commands::"))
    assert stop < lines.index(f"::error::{secret} more=spec")


def test_the_engine_s_images_are_known_to_the_plan(project: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "plan", "--image", SMALL],
        cwd=project,
        env=environ(project.parent),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "on the engine: sha256:" in done.stdout
