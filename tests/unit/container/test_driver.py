"""Our side of the driver's protocol."""

import itertools
import os
import stat
import subprocess
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from localbuild.container.driver import (
    HELLO,
    Control,
    ControlLines,
    OutputGate,
    driver_program,
    encode_run,
    setup_script,
)
from localbuild.plan.script import STATE_DIR

TOKEN = "ab" * 16
MARK = b"\0" + TOKEN.encode()
PIECES = st.lists(
    st.one_of(st.binary(max_size=40), st.sampled_from([b"\0", MARK[:5], MARK[:-1], MARK[1:]])),
    max_size=12,
).filter(lambda pieces: MARK not in b"".join(pieces))


def cut(data: bytes, at: list[int]) -> list[bytes]:
    edges = [0, *sorted({min(a, len(data)) for a in at}), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@given(PIECES, st.lists(st.integers(0, 500), max_size=30), st.binary(max_size=20))
def test_the_gate_lets_exactly_the_output_through(
    output: list[bytes], at: list[int], later: bytes
) -> None:
    data = b"".join(output)
    gate = OutputGate()
    gate.begin(TOKEN)
    through = b"".join(gate.feed(piece) for piece in cut(data + MARK + later, at))
    assert gate.ended
    assert through == data
    assert gate.drain() == later


@given(PIECES, st.lists(st.integers(0, 500), max_size=30))
def test_nothing_is_lost_without_a_mark(output: list[bytes], at: list[int]) -> None:
    data = b"".join(output)
    gate = OutputGate()
    gate.begin(TOKEN)
    through = b"".join(gate.feed(piece) for piece in cut(data, at))
    assert not gate.ended
    assert through + gate.drain() == data


def test_output_between_commands_belongs_to_the_next() -> None:
    gate = OutputGate()
    gate.begin(TOKEN)
    assert gate.feed(b"one" + MARK + b"late ") == b"one"
    gate.begin("cd" * 16)
    assert gate.feed(b"two") == b"late two"


@given(st.lists(st.integers(0, 60), max_size=10))
def test_control_lines_come_whole(at: list[int]) -> None:
    lines = ControlLines()
    data = b"ready 12\ndone abc 7\n\nstate Z\n"
    found = [control for piece in cut(data, at) for control in lines.feed(piece)]
    assert found == [
        Control(word="ready", values=("12",)),
        Control(word="done", values=("abc", "7")),
        Control(word="state", values=("Z",)),
    ]


def test_a_request_ends_with_its_token_alone() -> None:
    sent = encode_run(TOKEN, "sh", "", "echo a\necho b")
    assert sent == f"run {TOKEN} sh\necho a\necho b\n{TOKEN}\n".encode()


def test_the_program_has_no_comments_and_no_placeholders() -> None:
    program = driver_program()
    assert "@STATE@" not in program
    assert not any(line.lstrip().startswith("#") for line in program.splitlines())
    assert "reader | runner" in program


def test_the_set_up_makes_what_it_is_told_to(tmp_path: Path) -> None:
    below = str(tmp_path / "it's here")
    text = "line 'one'\n$HOME `id` \\ \n\nlast"
    script = setup_script([(below, 0o750)], [(f"{below}/a file", text, 0o640)])
    subprocess.run(["sh", "-c", script], check=True)
    made = Path(below) / "a file"
    assert made.read_text() == f"{text}\n"
    assert stat.S_IMODE(made.stat().st_mode) == 0o640
    assert stat.S_IMODE(Path(below).stat().st_mode) == 0o750


def test_a_set_up_that_fails_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    script = setup_script([(str(tmp_path / "file" / "below"), 0o755)], [])
    assert subprocess.run(["sh", "-c", script], capture_output=True, check=False).returncode != 0


def test_a_watchdog_that_takes_a_signal_and_goes_on_is_called_off(tmp_path: Path) -> None:
    """As one does that is so new that it still has the driver's traps; here it ignores the signal.

    It waits for a FIFO in place of some seconds, and the command gives it what it waits for.
    """
    alarm = tmp_path / "alarm"
    os.mkfifo(alarm)
    (tmp_path / "dir.txt").write_text("/\n")
    program = driver_program().replace(STATE_DIR, str(tmp_path))
    assert "(sleep 4 &&" in program
    program = program.replace("(sleep 4 &&", f"(read -r _ < '{alarm}' &&")
    command = f"(echo > '{alarm}') & sleep 1; kill -KILL $!"
    start = ["sh", "-c", "trap '' TERM; exec sh -c \"$0\"", program]
    with subprocess.Popen(start, stdin=-1, stdout=subprocess.DEVNULL, stderr=-1) as driver:
        assert driver.stdin is not None
        assert driver.stderr is not None
        driver.stdin.write(HELLO + encode_run(TOKEN, "sh", "", command))
        driver.stdin.flush()
        said = []
        while (line := driver.stderr.readline()) and not line.startswith(b"done"):
            said.append(line)
    assert line == f"done {TOKEN} 0 0\n".encode(), said
