"""Secrets of a real build, searched for in every file that it leaves and on both streams."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from localbuild.logs.mask_forms import forms_of
from tests.conftest import SMALL
from tests.e2e.test_cli_run import COMMAND, environ, newest

pytestmark = pytest.mark.docker

LINES = '-----BEGIN CANARY-----\nfirst line of it\nsecond\'line $of "it"\n-----END CANARY-----\n'
CANARIES = {
    "PLAIN": "canary-plain-7f3a9c",
    "SIGNS": "canary/signs+& %$\"'\\<ö>漢",
    "LINES": LINES,
    "OVERLAP": "abcabcabcabcab",
    "LONG": "0123456789abcdef" * 250,
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SPEC = """\
version: 0.2
env:
  exported-variables: [EXPORTED]
phases:
  build:
    commands:
      - for v in "$PLAIN" "$SIGNS" "$LINES" "$OVERLAP" "$LONG" "$AWS_SECRET_ACCESS_KEY"; do
        printf '%s' "$v"; echo; printf '%s\\n' "$v" >&2; printf '%s' "$v" | base64;
        printf 'x%s' "$v" | base64 | tr -d '\\n'; echo; printf '<%s' "$v" | cut -b 2-; done
      - printf '%s' "$PLAIN" | sed 's/./&\\n/g' | while read -r c; do printf '%s' "$c"; done; echo
      - echo "id $AWS_ACCESS_KEY_ID"
      - "echo 'canary-plain-7f3a9c in a command' | rev"
      - 'export EXPORTED="it is $PLAIN"'
      - set -x; echo "$SIGNS$PLAIN"
      - "false canary-plain-7f3a9c # the message of the phase holds it"
"""


@pytest.mark.parametrize("log_format", ["pretty", "codebuild", "json"])
def test_nothing_that_a_build_leaves_holds_a_secret(tmp_path: Path, log_format: str) -> None:
    folder = _project(tmp_path)
    done = _run(folder, "--log-format", log_format, "-v", "--exports-file", "exports.json")
    assert done.returncode == 1, done.stderr.decode()
    left = {"stdout": done.stdout, "stderr": done.stderr} | _files(folder)
    assert {"build.json", "events.jsonl", "build.log", "exports.json"} <= left.keys()
    found = {
        f"{name} in {place}"
        for place, data in left.items()
        for name, value in [*CANARIES.items(), ("KEY_ID", KEY_ID)]
        for form in {*forms_of(value), value.strip().encode()}
        if form in data
    }
    assert found == set()
    log = left["build.log"]
    assert b"dnammoc a ni c9a3f7-nialp-yranac" in log, "backwards it is told: the build had it"
    assert log.count(b"***") > 30
    assert b"exported-variables: EXPORTED: a secret" in left["events.jsonl"]


def test_the_result_in_json_holds_none_either(tmp_path: Path) -> None:
    folder = _project(tmp_path)
    done = _run(folder, "--json", "-q")
    assert done.returncode == 1, done.stderr.decode()
    assert CANARIES["PLAIN"].encode() not in done.stdout + done.stderr
    assert done.stdout == (newest(folder) / "build.json").read_bytes()


def test_errors_and_crash_files_hold_none(tmp_path: Path) -> None:
    """An error of ours names the folder that it was given; a crash file holds a traceback."""
    folder = _project(tmp_path)
    value = CANARIES["AWS_SECRET_ACCESS_KEY"]
    encoded = base64.b64encode(value.encode()).decode()
    done = _run(folder, "-C", f"no-{encoded}-{value}")
    assert done.returncode == 2
    assert b"-C no-***" in done.stderr
    program = (
        "import sys\n"
        "from localbuild.cli.process.crash import write_crash\n"
        "from localbuild.cli.process.world import process_world\n"
        "from pathlib import Path\n"
        "world = process_world()\n"
        f"error = RuntimeError('at ' + world.environ['AWS_SECRET_ACCESS_KEY'], {LINES!r})\n"
        "world.mask.add(error.args[1])\n"
        "sys.stdout.write(str(write_crash(error, ['run'], Path('crashes'), world.mask)))\n"
    )
    words = [sys.executable, "-c", program]
    path = subprocess.run(
        words, cwd=folder, env=_environ(folder), capture_output=True, text=True, check=True
    ).stdout
    report = (folder / path).read_bytes()
    assert b"RuntimeError: ('at ***', '***" in report
    assert not any(form in report for form in forms_of(value) | forms_of(LINES))


def _project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "buildspec.yml").write_text(SPEC)
    return folder


def _run(folder: Path, *words: str) -> "subprocess.CompletedProcess[bytes]":
    secrets = [f"--secret={name}" for name in CANARIES if not name.startswith("AWS_")]
    passed_on = ["-e", "AWS_SECRET_ACCESS_KEY", "-e", "AWS_ACCESS_KEY_ID"]
    return subprocess.run(
        [*COMMAND, "run", "--image", SMALL, *secrets, *passed_on, *words],
        cwd=folder,
        env=_environ(folder),
        capture_output=True,
        check=False,
    )


def _environ(folder: Path) -> dict[str, str]:
    return environ(folder.parent, {**CANARIES, "AWS_ACCESS_KEY_ID": KEY_ID})


def _files(folder: Path) -> dict[str, bytes]:
    """All that lies below, by name, without the buildspec."""
    found = {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    found.pop("buildspec.yml")
    return found
