"""States that are set aside, by this machine's shells in a folder that stands for a container."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

from localbuild.container.entering import enter_words
from localbuild.plan.script import STATE_DIR, command_script, state_file
from localbuild.plan.states import (
    KEPT_DIR,
    LAST,
    copy_script,
    exported_names,
    failure_script,
    restore_script,
    revive_script,
)

SHELLS = [shell for shell in ("dash", "bash", "busybox sh") if shutil.which(shell.split()[0])]


class Room:
    """A folder in place of the container's root; `shell` is the build's."""

    def __init__(self, root: Path, shell: str) -> None:
        self.root = root
        self.shell = shell.split()
        self.state = Path(f"{root}{STATE_DIR}")
        self.state.mkdir(parents=True)
        (self.state / "env.sh").write_text(state_file([("PATH", "/usr/bin:/bin"), ("A", "it's")]))
        (self.state / "dir.txt").write_text(f"{root}\n")

    def run(self, script: str) -> "subprocess.CompletedProcess[str]":
        """Run a script whose places are ours."""
        for place in (STATE_DIR, KEPT_DIR):
            script = script.replace(place, f"{self.root}{place}")
        (self.state / "script.sh").write_text(script)
        here = (self.state / "dir.txt").read_text().rstrip("\n")
        words = [*self.shell, str(self.state / "script.sh")]
        return subprocess.run(words, cwd=here, capture_output=True, text=True, check=False)

    def command(self, text: str) -> int:
        """A command of a buildspec, and what follows it where it fails."""
        status = self.run(command_script(text, recoverable=True)).returncode
        if status:
            assert self.run(failure_script("before", "after")).returncode == 0
        return status

    def said(self, text: str) -> str:
        """What a command prints."""
        return self.run(command_script(text)).stdout


@pytest.fixture(params=SHELLS)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Room:
    return Room(tmp_path, request.param)


def test_there_are_shells() -> None:
    assert "dash" in SHELLS or "bash" in SHELLS


@pytest.mark.parametrize(
    ("command", "after"),
    [
        ("B=2; mkdir d; cd d; false", "it's 2 d"),
        ("B=2; mkdir d; cd d; exit 3", "it's 1 "),
        ("B=2; cp() { exit 9; }; PATH=/nowhere; false", ""),
    ],
    ids=["to its end", "left early", "without a path"],
)
def test_a_failed_command_has_what_it_began_with_and_what_it_left(
    room: Room, command: str, after: str
) -> None:
    show = f'echo "$A $B ${{PWD#{room.root}}}" | tr -d /'
    assert room.command("B=1") == 0
    assert room.command(command) != 0
    assert room.command("cd /; A=other; B=3") == 0
    assert room.run(restore_script("before")).returncode == 0
    assert room.said(show).strip("\n") == "it's 1 "
    assert room.run(restore_script("after")).returncode == 0
    if after:
        assert room.said(show).strip("\n") == after


def test_a_state_of_no_such_name_changes_nothing(room: Room) -> None:
    room.command("B=1")
    assert room.run(restore_script("nowhere")).returncode == 0
    assert room.said("echo $B") == "1\n"


def test_a_retry_of_the_phase_leaves_no_mark_of_an_earlier_failure(room: Room) -> None:
    room.command("B=1; false")
    room.command("B=2")
    room.command("exit 1")
    room.run(restore_script("before"))
    assert room.said("echo $B") == "2\n"


def test_states_that_lay_in_memory_are_back(room: Room) -> None:
    kept = Path(f"{room.root}{KEPT_DIR}")
    for name, value in ((LAST, "last"), ("before", "first")):
        (kept / name).mkdir(parents=True)
        (kept / name / "env.sh").write_text(state_file([("B", value), ("PATH", "/usr/bin:/bin")]))
        (kept / name / "dir.txt").write_text(f"{room.root}\n")
    for file in ("env.sh", "dir.txt"):
        shutil.move(room.state / file, room.root / file)
    script = revive_script()
    for place in (STATE_DIR, KEPT_DIR):
        script = script.replace(place, f"{room.root}{place}")
    subprocess.run([*room.shell, "-c", script], check=True)
    assert room.said("echo $B") == "last\n"
    room.run(restore_script("before"))
    assert room.said("echo $B") == "first\n"


def test_a_program_enters_a_state(tmp_path: Path) -> None:
    room = Room(tmp_path, SHELLS[0])
    room.run(copy_script("mine"))
    room.command("A=other")

    def enter(state: str, *words: str) -> "subprocess.CompletedProcess[str]":
        own = enter_words(room.shell[0], state, words, terminal=None)
        there = [word.replace(STATE_DIR, f"{room.root}{STATE_DIR}") for word in own]
        return subprocess.run(
            there,
            env={"PATH": "/usr/bin:/bin", "LOCALBUILD_DRIVER": "text"},
            input="echo from stdin: $A",
            capture_output=True,
            text=True,
            check=False,
        )

    def entered(state: str, *words: str) -> str:
        return enter(state, *words).stdout

    assert entered("mine", 'echo "$A $PWD ${LOCALBUILD_DRIVER-none}"') == f"it's {room.root} none\n"
    assert entered("nowhere", "echo $A") == "other\n"
    assert entered("mine", "printf", "%s|", "two words", "$A") == "two words|$A|"
    assert entered("mine") == "from stdin: it's\n"
    missing = enter("mine", "no-such-prog", "x")
    said = "localbuild: no-such-prog: no such program in the container\n"
    assert (missing.returncode, missing.stdout, missing.stderr) == (127, "", said)


def test_a_shell_of_a_user_has_a_home_that_it_may_enter(tmp_path: Path) -> None:
    room = Room(tmp_path, SHELLS[0])
    own = enter_words(room.shell[0], "nowhere", (), terminal="dumb")
    script = next(word for word in own if "exec bash" in word).partition("if command")[0]

    def home(before: str) -> str:
        words = ["sh", "-c", f'{script}echo "$HOME"']
        return subprocess.run(
            words, env={"PATH": "/usr/bin:/bin", "HOME": before}, capture_output=True, text=True
        ).stdout

    assert home(str(tmp_path)) == f"{tmp_path}\n"
    assert home("/nowhere") == f"{pwd.getpwuid(os.getuid()).pw_dir}\n"


def test_the_names_of_a_state_are_found_in_every_shell_s_words() -> None:
    text = b"export A='1'\nexport B\ndeclare -x C=\"x\nexport D=y\"\nE=1\nexport 9='no'\n"
    assert exported_names(text) == ("A", "B", "C", "D")
