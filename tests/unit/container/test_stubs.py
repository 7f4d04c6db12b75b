"""Stand-ins for commands, run by real shells."""

import subprocess
import tracemalloc
from pathlib import Path

import pytest

from localbuild.container.stubs import CALLS_FILE, Calls, stub_files
from localbuild.plan.model import PlannedStub

SHELLS = ["sh", "bash"]


def installed(folder: Path, *stubs: PlannedStub) -> Path:
    """The stand-ins as files of a folder; their record is `calls` in it."""
    (folder / "calls").touch()
    for path, text, mode in stub_files(stubs):
        if path != CALLS_FILE:
            place = folder / path.rsplit("/", 1)[1]
            place.write_text(text.replace(CALLS_FILE, str(folder / "calls")))
            place.chmod(mode)
    return folder


def call(folder: Path, script: str, shell: str = "sh") -> "subprocess.CompletedProcess[str]":
    """Run a script that finds the stand-ins first."""
    return subprocess.run(
        [shell, "-c", script],
        env={"PATH": f"{folder}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def calls_of(folder: Path) -> Calls:
    calls = Calls(("aws", "docker", "npm"))
    for byte in (folder / "calls").read_bytes():
        calls.feed(bytes([byte]))
    return calls


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "output", ["", "plain", "it's $HOME `date` \\n %s @CALLS@", "two\nlines", '{"a": "b"}']
)
def test_it_prints_what_it_was_given(output: str, shell: str, tmp_path: Path) -> None:
    folder = installed(tmp_path, PlannedStub(command="aws", output=output))
    done = call(folder, "aws s3 ls", shell)
    expected = f"{output}\n" if output else ""
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, "")


@pytest.mark.parametrize("shell", SHELLS)
def test_its_calls_are_recorded(shell: str, tmp_path: Path) -> None:
    folder = installed(tmp_path, PlannedStub(command="aws"), PlannedStub(command="docker"))
    call(folder, "aws s3 cp 'a b' c; aws; docker push 'two\nlines' é; (aws sub)", shell)
    calls = calls_of(folder)
    assert [calls.count(name) for name in ("aws", "docker", "npm")] == [3, 1, 0]
    assert calls.arguments("aws") == ("s3 cp a b c", "", "sub")
    assert calls.arguments("docker") == ("push two\nlines é",)
    assert calls.arguments("npm") == ()


def test_a_call_that_reads_its_input_takes_it(tmp_path: Path) -> None:
    folder = installed(tmp_path, PlannedStub(command="docker"))
    long = "head -c 1000000 /dev/zero"
    for words in ("login --password-stdin", "cp - there"):
        done = call(folder, f"set -o pipefail; {long} | docker {words}", "bash")
        assert (done.returncode, done.stderr) == (0, "")


def test_another_call_leaves_its_input_alone(tmp_path: Path) -> None:
    folder = installed(tmp_path, PlannedStub(command="aws"))
    done = call(folder, "printf 'a\\nb\\n' | while read -r name; do aws s3 rm $name; done")
    assert done.returncode == 0
    assert calls_of(folder).arguments("aws") == ("s3 rm a", "s3 rm b")


def test_a_record_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    folder = installed(tmp_path, PlannedStub(command="aws", output="fine"))
    (folder / "calls").unlink()
    (folder / "calls").mkdir()
    done = call(folder, "aws s3 ls")
    assert (done.returncode, done.stdout, done.stderr) == (0, "fine\n", "")


def test_the_first_hundred_calls_are_kept_and_all_are_counted() -> None:
    calls = Calls(["aws"])
    calls.feed(b"".join(b"aws %d\0" % n for n in range(1000)) + b"aws unfinished")
    assert calls.count("aws") == 1000
    assert calls.arguments("aws") == tuple(str(n) for n in range(100))


def test_long_arguments_are_cut() -> None:
    calls = Calls(["aws"])
    calls.feed(b"aws " + b"x" * 5000 + b"\0")
    assert len(calls.arguments("aws")[0]) == 1000


def test_a_record_that_a_build_has_written_itself_fills_no_memory() -> None:
    calls = Calls(["aws"])
    tracemalloc.start()
    try:
        for number in range(200):
            calls.feed(b"x" * 100_000)
            calls.feed(b"".join(b"%d-%d \0" % (number, n) for n in range(1000)))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2_000_000
    calls.feed(b"aws ls\0")
    assert (calls.count("aws"), calls.arguments("aws")) == (1, ("ls",))


def test_without_stand_ins_there_is_no_file() -> None:
    assert stub_files(()) == ()
