"""Rows 40 to 42 and 45 to 52: the shell that runs a command, and what it can see."""

import time

from tests.conformance.harness import build, spec
from tests.conformance.rows import row

SCRIPT = "/codebuild/output/tmp/script.sh"


@row(40, feature="`exit N`", expectation="the phase fails with `exit status N`")
def test_row_040_exit_status() -> None:
    built = build(spec(build=["exit 7"]))
    assert (built.exit_code, built.status) == (1, "FAILED")
    assert built.context("BUILD") == (
        "COMMAND_EXECUTION_ERROR",
        "Error while executing command: exit 7. Reason: exit status 7",
    )
    assert built.result.commands[0].exit_status == 7


def test_trailing_backslash() -> None:
    for command in ("false \\", "true\nfalse \\\n"):
        built = build(spec(build=[command]))
        assert (built.exit_code, built.said) == (1, [""])


@row(41, feature="command not found", expectation="exit status 127")
def test_row_041_not_found() -> None:
    built = build(spec(build=["nosuchcommand --help"]))
    assert built.result.commands[0].exit_status == 127
    assert built.context("BUILD")[1].endswith("Reason: exit status 127")


@row(42, feature="death by a signal", expectation="exit status 128 + the signal's number")
def test_row_042_signal() -> None:
    built = build(spec(build={"commands": ["kill -9 $$"], "finally": ["kill -15 $$"]}))
    assert [c.exit_status for c in built.result.commands] == [137, 143]
    assert built.context("BUILD")[1].endswith("command: kill -9 $$. Reason: exit status 137")


@row(
    45,
    feature="default shell",
    expectation="sh: on an image whose sh is dash, `[[` is not found, and the message says where",
)
def test_row_045_default_shell() -> None:
    built = build(spec(build=["[[ 1 == 1 ]]"]))
    assert built.said == [f"{SCRIPT}: 4: [[: not found\n"]
    assert built.result.commands[0].exit_status == 127


@row(46, feature="env/shell: bash", expectation="commands can use what bash has")
def test_row_046_bash() -> None:
    command = '[[ 1 == 1 ]] && a=(x y z) && echo "${a[@]:1} ${BASH_VERSION:+bash} $((2 ** 3))"'
    built = build(spec(env={"shell": "bash"}, build=[command]))
    assert (built.exit_code, built.said) == (0, ["y z bash 8\n"])
    assert "Selecting shell bash as specified in buildspec." in built.agent


@row(47, feature="env/shell: /bin/sh", expectation="accepted: commands run in sh")
def test_row_047_bin_sh() -> None:
    built = build(spec(env={"shell": "/bin/sh"}, build=['echo "sh${BASH_VERSION-}"']))
    assert (built.exit_code, built.said) == (0, ["sh\n"])


@row(
    48,
    feature="unknown env/shell",
    expectation="refused before anything is started, with YAML_FILE_ERROR",
    decided="The service's answer is not known; running the commands in another shell would fail "
    "later and puzzle more.",
)
def test_row_048_unknown_shell() -> None:
    built = build(spec(env={"shell": "zsh"}, build=["echo never"]))
    assert (built.exit_code, built.ran) == (3, [])
    assert built.context("DOWNLOAD_SOURCE")[0] == "YAML_FILE_ERROR"
    assert "zsh" in built.context("DOWNLOAD_SOURCE")[1]
    assert "PROVISIONING" not in built.entered


@row(
    49,
    feature="place of an error in a command",
    expectation=f"shells name {SCRIPT}, and line 4 for a command of one line",
)
def test_row_049_script_and_line() -> None:
    dash = build(spec(build=["nosuchcmd", "never"]))
    assert dash.said == [f"{SCRIPT}: 4: nosuchcmd: not found\n"]
    bash = build(spec(env={"shell": "bash"}, build=["nosuchcmd"]))
    assert bash.said == [f"{SCRIPT}: line 4: nosuchcmd: command not found\n"]
    lines = build(spec(build=["true\ntrue\nnosuchcmd"]))
    assert lines.said == [f"{SCRIPT}: 6: nosuchcmd: not found\n"]
    option = build(spec(build=["set -eo pipefail"]))
    assert option.said == [f"{SCRIPT}: 4: set: Illegal option -o pipefail\n"]
    assert option.result.commands[0].exit_status == 2


@row(50, feature="stdin and terminal", expectation="stdin is at its end; there is no terminal")
def test_row_050_no_stdin() -> None:
    check = "for fd in 0 1 2; do if test -t $fd; then echo terminal $fd; fi; done"
    built = build(spec(build=['read x; echo "$? [$x]"', check, "cat"]))
    assert (built.exit_code, built.said) == (0, ["1 []\n", "", ""])


@row(51, feature="stdout and stderr", expectation="one stream in the order of writing")
def test_row_051_one_stream() -> None:
    command = "i=0; while [ $i -lt 50 ]; do echo o$i; echo e$i >&2; i=$((i + 1)); done"
    built = build(spec(build=[command]))
    wanted = "".join(f"o{i}\ne{i}\n" for i in range(50))
    assert built.said == [wanted]
    assert wanted in built.log


@row(
    52,
    feature="background processes",
    expectation="they run on and hold up neither the next command nor the end of the build",
)
def test_row_052_background() -> None:
    began = time.monotonic()
    built = build(
        spec(
            env={"shell": "bash"},
            install=["nohup sleep 300 & echo $! > pid"],
            pre_build=["nohup sh -c 'echo later; sleep 300' & disown $!"],
            build=["kill -0 $(cat pid) && echo alive"],
        )
    )
    assert built.exit_code == 0
    assert built.said[-1].endswith("alive\n")
    assert time.monotonic() - began < 60
