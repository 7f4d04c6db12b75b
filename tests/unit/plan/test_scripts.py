"""How commands become scripts: shown by a real POSIX shell."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.plan.script import (
    SCRIPT_FILE,
    command_script,
    is_shell_name,
    quote,
    state_file,
    variables_script,
)


def test_the_command_stands_on_line_four() -> None:
    for isolated in (False, True):
        script = command_script("the command", isolated=isolated)
        assert script.splitlines()[3] == "the command"


def test_braces_of_a_command_are_left_alone() -> None:
    assert "echo {command} ${A}" in command_script("echo {command} ${A}")


@pytest.mark.parametrize(("succeeding", "value"), [(True, "1"), (False, "0")])
def test_a_command_knows_whether_the_build_succeeds(succeeding: bool, value: str) -> None:
    assert f"CODEBUILD_BUILD_SUCCEEDING={value}" in command_script("x", succeeding=succeeding)


def test_the_scripts_place_is_the_services() -> None:
    assert SCRIPT_FILE == "/codebuild/output/tmp/script.sh"


@given(st.text(alphabet=st.characters(exclude_characters="\0", codec="utf-8")))
def test_any_value_survives_a_shell(value: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f"printf %s {quote(value)}"], capture_output=True, check=True
    )
    assert done.stdout.decode() == value


def test_a_state_file_is_read_back_by_any_shell(tmp_path: Path) -> None:
    values = {"A": "it's", "B": 'say "$HOME" `id`', "C": "two\nlines", "D": ""}
    state = tmp_path / "state"
    state.write_text(state_file(values.items()))
    script = f'. {state}\nprintf \'%s\\0\' "$A" "$B" "$C" "$D"'
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == list(values.values())


def test_unset_variables_are_told_from_empty_ones() -> None:
    body = variables_script(["SET", "EMPTY", "UNSET"]).split("\n", 1)[1]
    done = subprocess.run(
        ["sh", "-c", body], env={"SET": "x", "EMPTY": ""}, capture_output=True, check=True
    )
    assert done.stdout == b"=x\0=\0\0"


@pytest.mark.parametrize(
    ("name", "good"), [("A", True), ("_a1", True), ("1A", False), ("A-B", False), ("é", False)]
)
def test_names_of_shell_variables(name: str, good: bool) -> None:
    assert is_shell_name(name) is good


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("true", 0),
        ("false", 1),
        ("exit 7", 7),
        ("false \\", 1),
        ("false &&", 2),
        ("false ||", 1),
        ("false |", 2),
        ("false | # comment", 2),
        ("true; false &&\n", 2),
        ("if true; then", 2),
        ("echo 'open", 2),
        ("(false", 2),
        ("# only a comment", 0),
        ("false\n# comment", 1),
        ("false &", 0),
    ],
)
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_no_command_loses_its_status(command: str, status: int, shell: str, tmp_path: Path) -> None:
    script = command_script(command).replace("/codebuild/output/tmp", str(tmp_path))
    (tmp_path / "env.sh").write_text("export CODEBUILD_LAST_EXIT='0'\n")
    (tmp_path / "script.sh").write_text(script)
    done = subprocess.run([shell, tmp_path / "script.sh"], capture_output=True, check=False)
    assert done.returncode == status, done.stderr
    assert "__localbuild_exit" not in (tmp_path / "env.sh").read_text()
