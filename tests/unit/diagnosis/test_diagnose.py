"""What is made of the last lines that tools print; they are those of real tools."""

import re
import shlex

import botocore.exceptions
import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.diagnosis.diagnose import diagnose, read_tail
from localbuild.diagnosis.model import Cause, Failure
from localbuild.plan.model import EnvironmentPlan
from localbuild.plan.script import SCRIPT_FILE as SCRIPT

IMAGE = "an-image:1"
CURATED = "aws/codebuild/standard:7.0"


def environment(image: str = IMAGE, **more: str) -> EnvironmentPlan:
    return EnvironmentPlan(image=image, image_reference=image, **more)  # type: ignore[arg-type]


def cause(
    said: str, status: int = 1, *, shell: str = "sh", at: EnvironmentPlan | None = None
) -> Cause:
    return diagnose(
        Failure(exit_status=status, said=said, shell=shell, environment=at or environment())
    )


def hints(said: str, status: int = 1, *, at: EnvironmentPlan | None = None) -> str:
    return "\n".join(cause(said, status, at=at).hints)


@pytest.mark.parametrize(
    "said",
    [
        f"{SCRIPT}: 4: npm: not found\n",
        f"{SCRIPT}: line 4: npm: command not found\n",
        f"{SCRIPT}: line 4: npm: not found\n",
        "sh: 1: npm: not found\nmake: *** [Makefile:2: all] Error 127\n",
        "sh: npm: not found\n",
        "/usr/bin/env: \u2018npm\u2019: No such file or directory\n",
        "env: can't execute 'npm': No such file or directory\n",
        "\x1b[31msh: 1: npm: not found\x1b[0m\r\n",
    ],
)
def test_a_program_that_is_not_there(said: str) -> None:
    found = cause(read_tail(said.encode()), 127)
    assert "the output says" in found.note
    assert "npm is not on the PATH in image an-image:1" in found.note
    assert "node:22" in found.hints[0]


def test_make_passes_it_on_with_another_status() -> None:
    said = "sh: 1: tsc: not found\nmake: *** [Makefile:2: all] Error 127\n"
    assert "tsc is not on the PATH" in cause(said, 2).note
    assert cause("sh: 1: tsc: not found\nall is well\n", 2) == Cause()


@pytest.mark.parametrize(
    ("program", "hint"),
    [
        ("python3", "localbuild run --image python:3.12"),
        ("jq", "apt-get update && apt-get install -y jq"),
        ("aws", "pip install awscli\nlocalbuild run --stub aws"),
        ("jest", "npm ci && npx jest"),
        ("yarn", "npm install -g yarn"),
        ("sudo", "leave sudo out"),
        ("docker", "localbuild run --privileged --image "),
        ("apt-get", "dnf install"),
        ("apk", "apt-get install"),
        ("pyenv", "CodeBuild's own"),
        ("codebuild-hash-files", "/codebuild/user/bin"),
        ("nobody-knows-it", "localbuild run --image IMAGE"),
    ],
)
def test_where_a_program_comes_from(program: str, hint: str) -> None:
    found = "\n".join(
        h.partition("   #")[0] for h in cause(f"sh: 1: {program}: not found", 127).hints
    )
    assert hint in found


def test_an_image_with_runtimes_selects_one() -> None:
    at = environment(CURATED)
    assert "runtime-versions: {nodejs: latest}" in hints("sh: 1: npm: not found", 127, at=at)
    assert "--privileged" not in hints("sh: 1: docker: not found", 127, at=at)


def test_a_file_that_is_not_there() -> None:
    found = cause(f"{SCRIPT}: 4: ./gradlew: not found\n", 127)
    assert "its first line names" in found.note
    assert "CRLF" in found.hints[1]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (f"{SCRIPT}: ./x.sh: /bin/zsh: bad interpreter: No such file or directory\n", 126),
        (f"{SCRIPT}: line 4: ./x.sh: cannot execute: required file not found\n", 127),
    ],
)
def test_an_interpreter_that_is_not_there(said: str, status: int) -> None:
    assert "./x.sh cannot be started" in cause(said, status).note
    assert cause(said, status).hints[0].startswith("bash ./x.sh")


@pytest.mark.parametrize(
    "said",
    [f"{SCRIPT}: 4: ./x.sh: Permission denied\n", f"{SCRIPT}: line 4: ./x.sh: Permission denied\n"],
)
def test_a_file_that_is_not_executable(said: str) -> None:
    assert "'./x.sh: Permission denied'" in cause(said, 126).note
    assert "chmod=+x ./x.sh" in cause(said, 126).hints[0]
    assert cause(said, 1) == Cause()


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (f"{SCRIPT}: line 4: ./x: cannot execute binary file: Exec format error\n", 126),
        ("exec /usr/bin/sh: exec format error\n", 1),
        ("OSError: [Errno 8] Exec format error: './x'\n", 1),
        (f"{SCRIPT}: 1: \x7fELF\x02\x01\ufffd\x03: not found\n", 127),
    ],
)
def test_a_program_of_another_platform(said: str, status: int) -> None:
    assert "another platform" in cause(said, status).note
    at = environment(platform="linux/arm64")
    assert "(linux/arm64)" in cause(said, status, at=at).note
    assert "--platform" in cause(said, status).hints[1]


@pytest.mark.parametrize(
    "said",
    [
        f"{SCRIPT}: 4: [[: not found\n",
        f"{SCRIPT}: 4: source: not found\n",
        f"{SCRIPT}: 4: Bad substitution\n",
        f'{SCRIPT}: 4: Syntax error: "(" unexpected\n',
        f"{SCRIPT}: 4: Syntax error: redirection unexpected\n",
        f"{SCRIPT}: 4: set: Illegal option -o pipefail\n",
    ],
)
def test_bash_for_sh(said: str) -> None:
    for status in (1, 2, 127):
        assert cause(said, status).hints == ("in the buildspec: env: {shell: bash}",)
        assert "commands run in sh" in cause(said, status).note
    script = said.replace(SCRIPT, "./build.sh")
    for shell in ("sh", "bash"):
        assert cause(script, 1, shell=shell).hints[0].startswith("bash ./build.sh")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("./x.sh: 2: npm\r: not found\n", 127),
        ("./x.sh: line 2: $'npm\\r': command not found\n", 127),
        ("./x.sh: line 2: set: illegal option -\r\n", 2),
        (f"{SCRIPT}: ./x.sh: /bin/bash^M: bad interpreter: No such file or directory\n", 126),
        ("/usr/bin/env: \u2018bash\\r\u2019: No such file or directory\n", 127),
        ("env: can't execute 'bash\r': No such file or directory\n", 127),
    ],
)
def test_windows_line_ends(said: str, status: int) -> None:
    found = cause(said, status)
    assert "CRLF" in found.note
    assert "sed -i" in found.hints[0]


@pytest.mark.parametrize(
    "said",
    [
        "cp: error writing 'x': No space left on device\n",
        "npm ERR! code ENOSPC\n",
        "OSError: [Errno 28] No space left on device\n",
        "the variables could not be saved in /codebuild/output/tmp: is the disk full?\n",
    ],
)
def test_a_full_disk(said: str) -> None:
    assert "a disk is full" in cause(said).note
    assert "df -h" in hints(said)


def test_what_looks_like_a_full_disk() -> None:
    watches = "Error: ENOSPC: System limit for number of file watchers reached, watch '/x'\n"
    assert "no disk is full" in cause(watches).note
    assert "/dev/shm" in cause("write to /dev/shm/x: No space left on device\n").note


@pytest.mark.parametrize(
    "said",
    [
        "ping: x: Temporary failure in name resolution\n",
        "npm ERR! request to https://x failed, reason: getaddrinfo EAI_AGAIN x\n",
        "curl: (6) Could not resolve host: x\n",
        "wget: bad address 'x'\n",
        "urllib.error.URLError: <urlopen error [Errno -2] Name or service not known>\n",
        "dial tcp: lookup x on 127.0.0.11:53: no such host\n",
    ],
)
def test_a_name_that_is_not_resolved(said: str) -> None:
    assert "could not be resolved" in cause(said).note
    assert "HTTPS_PROXY" in hints(said)
    none = cause(said, at=environment(network="none"))
    assert "--network none" in none.note


@pytest.mark.parametrize(
    "said",
    [
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate\n",
        "npm ERR! code SELF_SIGNED_CERT_IN_CHAIN\n",
        "curl: (60) SSL certificate problem: unable to get local issuer certificate\n",
        "x509: certificate signed by unknown authority\n",
        "fatal: cannot access 'https://x/': server certificate verification failed. CAfile: none\n",
    ],
)
def test_a_certificate_that_is_not_trusted(said: str) -> None:
    assert "--ca-file" in hints(said)
    given_one = diagnose(
        Failure(
            exit_status=1,
            said=said,
            environment=EnvironmentPlan(image=IMAGE, image_reference=IMAGE, ca_bundle=True),
        )
    )
    assert "does the tool read it" in given_one.hints[0]


def test_a_package_that_nobody_has() -> None:
    pip = "ERROR: Could not find a version that satisfies the requirement x (from versions: none)\n"
    assert "index" in cause(pip).note
    assert "pip -v" in hints(pip)
    assert "--network none" in cause(pip, at=environment(network="none")).note
    named = "[Errno -3] Temporary failure in name resolution')': /simple/x/\n"
    assert "could not be resolved" in cause(named + pip).note
    assert "apt knows no package jq" in cause("E: Unable to locate package jq\n", 100).note


def test_an_expired_certificate_needs_no_ca() -> None:
    said = "certificate verify failed: certificate has expired (_ssl.c:1000)\n"
    assert cause(said) == Cause(note="the output says that a certificate has expired")


def test_no_aws_credentials() -> None:
    said = f"{botocore.exceptions.NoCredentialsError()}\n"
    assert "--aws-credentials endpoint" in hints(said)
    assert "--stub aws" in hints(said)
    given_some = cause(said, at=environment(aws_credentials="env"))
    assert "though the build was given yours (env)" in given_some.note


def test_a_registry_s_limit() -> None:
    said = "Error response from daemon: toomanyrequests: You have reached your pull rate limit.\n"
    assert "limit of pulls" in cause(said).note


def test_a_repository_of_somebody_else() -> None:
    said = "fatal: detected dubious ownership in repository at '/codebuild/output/src1/src'\n"
    assert "safe.directory /codebuild/output/src1/src" in hints(said)


def test_the_last_line_that_says_something_counts() -> None:
    said = (
        "curl: (6) Could not resolve host: x\nretrying\ncp: x: No space left on device\nmake: no\n"
    )
    assert "a disk is full" in cause(said).note
    assert "resolved" in cause("\n".join(reversed(said.splitlines()))).note


def test_what_was_printed_long_before_is_no_cause() -> None:
    assert cause("No space left on device\n" + "test passed\n" * 80) == Cause()


def test_memory_is_blamed_only_with_the_kernel_s_word() -> None:
    limit = EnvironmentPlan(image=IMAGE, image_reference=IMAGE, memory_bytes=64 << 20)
    failure = Failure(exit_status=137, said="", environment=limit, out_of_memory=True)
    assert diagnose(failure) == Cause(
        note="killed: out of memory (limit 64 MiB; --memory)",
        hints=("localbuild run --memory 128m   # or a larger --compute-type",),
    )
    assert cause("", 137) == Cause()


def test_what_a_status_alone_says() -> None:
    assert "not found" in cause("", 127).note
    assert "cannot be executed" in cause("", 126).note
    assert cause("1 failed, 2 passed\n", 1) == Cause()


@pytest.mark.parametrize(
    "said",
    [
        "ERROR: package xyz: not found\n",
        "FAIL: test_permission: 403: Permission denied\n",
        "error: object not found\n",
        "Error: 404: page: not found\n",
    ],
)
def test_other_tools_words_are_no_shell_s(said: str) -> None:
    assert cause(said) == Cause()


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("$(reboot)/x: not found", 127),
        ("sh: 1: ./a;reboot: not found", 127),
        ("sh: 1: ./a`reboot`: Permission denied", 126),
        ("./a&reboot: 2: npm\r: not found", 127),
        ("./a|reboot: 2: [[: not found", 1),
        ("./a\nreboot: bad interpreter", 126),
        ("x: ./a >reboot: cannot execute: required file not found", 127),
        ("fatal: detected dubious ownership in repository at '$(reboot)'", 128),
    ],
)
def test_a_build_does_not_choose_what_is_pasted(said: str, status: int) -> None:
    for hint in cause(said, status).hints:
        words = shlex.split(hint, comments=True)
        assert not {"reboot", "$(reboot)/x:"} & set(words)
        assert "reboot" not in hint or re.search(r"'[^']*reboot[^']*'", hint)


@given(st.binary(max_size=400), st.integers(1, 255))
def test_any_output_is_read(said: bytes, status: int) -> None:
    found = cause(read_tail(said), status)
    assert "\n" not in found.note


def test_no_part_of_a_line_is_read() -> None:
    begun = b"x" * 40_000 + b" /bin/sh: 1: hidden: not found"
    assert read_tail(begun + b"\nthe end\n") == "the end\n"
    long = f"{'x' * 990}: 1: hidden: not found"
    assert "hidden" not in cause(long, 127).note
