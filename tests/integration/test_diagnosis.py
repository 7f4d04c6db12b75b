"""Real tools fail in real images, and the build says why."""

from pathlib import Path

import pytest

from tests.conftest import SMALL, STANDARD
from tests.contracts.busybox import BUSYBOX
from tests.integration.builds import Ended, project, run, spec

pytestmark = pytest.mark.docker

ELF = "\\177ELF\\002\\001\\001\\000\\000\\000\\000\\000\\000\\000\\000\\000\\002\\000\\267\\000"
"""The beginning of a program for 64-bit ARM; a script is told by nothing."""

SERVER = (
    "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout k -out c 2> /dev/null; "
    "openssl s_server -accept 4433 -cert c -key k -www > /dev/null 2>&1 & sleep 1"
)


def fail(folder: Path, *commands: str, image: str = SMALL, more: tuple[str, ...] = ()) -> Ended:
    """A build whose last command fails."""
    ended = run(project(folder / "p", spec(*commands)), "--image", image, *more)
    assert ended.code == 1, ended.stdout
    return ended


def failed(ended: Ended) -> tuple[str, str]:
    """The note on the command that failed, and its hints."""
    found = ended.document["localbuild"]["failedCommand"]
    assert found["note"] in ended.stderr
    assert all(f"hint: {hint}" in ended.stderr for hint in found["hints"])
    return found["note"], "\n".join(found["hints"])


@pytest.mark.parametrize("image", [SMALL, STANDARD, BUSYBOX])
@pytest.mark.parametrize(
    ("command", "note", "hint"),
    [
        ("terraform plan", "terraform is not on the PATH", "--image IMAGE"),
        ("echo echo > x && ./x", "'./x: Permission denied'", "chmod +x ./x"),
        ("./absent.sh", "'./absent.sh: not found'", "ls -l ./absent.sh"),
        ("printf 'true\\r\\nnpm\\r\\n' > x.sh; sh ./x.sh", "CRLF", "./x.sh"),
        ("cat /bin/sh > /dev/full", "a disk is full", "df -h"),
    ],
)
def test_in_every_shell(tmp_path: Path, image: str, command: str, note: str, hint: str) -> None:
    found, hints = failed(fail(tmp_path, command, image=image))
    assert note in found
    assert hint in hints


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_an_interpreter_with_the_line_s_end(tmp_path: Path, shell: str) -> None:
    command = f"printf '#!/usr/bin/env sh\\r\\n' > x; chmod +x x; {shell} -c ./x"
    note, hints = failed(fail(tmp_path, command))
    assert "CRLF" in note
    assert "gitattributes" in hints


def test_a_package_that_apt_has_no_list_of(tmp_path: Path) -> None:
    command = "rm -rf /var/lib/apt/lists/*; apt-get install -y hello"
    note, hints = failed(fail(tmp_path, command, image=STANDARD))
    assert "apt knows no package hello" in note
    assert "apt-get update" in hints


@pytest.mark.parametrize(
    "command",
    [
        "[[ -e / ]]",
        "source ./x",
        "a=(1 2)",
        "echo ${x/a/b}",
        "set -eo pipefail",
        "cat <<< x",
        "diff <(echo) <(echo)",
    ],
)
def test_bash_for_dash(tmp_path: Path, command: str) -> None:
    note, hints = failed(fail(tmp_path, command))
    assert "commands run in sh" in note
    assert hints == "in the buildspec: env: {shell: bash}"


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_program_for_another_platform(tmp_path: Path, shell: str) -> None:
    command = f"printf '{ELF}' > x; head -c 4000 /dev/zero >> x; chmod +x x; {shell} -c ./x"
    note, _ = failed(fail(tmp_path, command, image=STANDARD))
    assert "another platform" in note


@pytest.mark.parametrize(
    "command",
    [
        "curl -sS https://example.com/",
        "git clone https://github.com/a/b",
        "pip download --retries 0 left-pad",
        "pip download --retries 1 left-pad",
        "npm view --fetch-retries=0 left-pad",
        "python3 -c 'import urllib.request as r; r.urlopen(\"http://example.com/\")'",
    ],
)
def test_no_network(tmp_path: Path, command: str) -> None:
    note, _ = failed(fail(tmp_path, command, image=STANDARD, more=("--network", "none")))
    assert "--network none" in note


@pytest.mark.parametrize(
    "command",
    [
        "curl -sS https://localhost:4433/",
        "git clone https://localhost:4433/a",
        "python3 -c 'import urllib.request as r; r.urlopen(\"https://localhost:4433/\")'",
        'node -e \'require("https").get("https://localhost:4433/")\'',
    ],
)
def test_a_certificate_that_nobody_knows(tmp_path: Path, command: str) -> None:
    note, hints = failed(fail(tmp_path, SERVER, command, image=STANDARD))
    assert "not trusted" in note
    assert "--ca-file" in hints


def test_a_repository_of_another_user(tmp_path: Path) -> None:
    commands = ("git init -q r && chown -R 1000 r", "git -C r status")
    note, hints = failed(fail(tmp_path, *commands, image=STANDARD))
    assert "belongs to another user" in note
    assert "safe.directory /codebuild/output/" in hints


def test_memory(tmp_path: Path) -> None:
    eat = "x=x; while :; do x=$x$x; done"
    note, hints = failed(fail(tmp_path, eat, more=("--memory", "64m")))
    assert note == "killed: out of memory (limit 64 MiB; --memory)"
    assert "--memory 128m" in hints
