"""Env files: what each line gives, and what is said of those that give nothing."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.cli.env_files import LONGEST, MOST, read_env_file
from localbuild.cli.variables import Variables
from localbuild.errors import Problem, UsageError
from tests.unit.cli.calling import SPEC, Home

HOST = {"HOME": "/home/me", "EMPTY": ""}
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: not name.startswith("CODEBUILD_")
)
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0"), max_size=12)
KEY_LINES = """\
KEY="-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj
MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu
bA4R4+M2bS==
-----END PRIVATE KEY-----"
"""


def file(text: str | bytes) -> Variables:
    """The variables of an env file."""
    data = text if isinstance(text, bytes) else text.encode()
    return read_env_file(data, ".env", HOST)


def refusals(text: str | bytes) -> tuple[Problem, ...]:
    """Every problem of an env file that is refused."""
    with pytest.raises(UsageError) as caught:
        file(text)
    assert caught.value.problems
    return caught.value.problems


def test_a_file_is_taken_as_it_is() -> None:
    text = "# comment\n\n  A=1\nB=a b \nC=$HOME#x\n\tD='q'\nHOME\nE=\n\u00a0F==\n"
    assert file(text).pairs == (
        ("A", "1"),
        ("B", "a b "),
        ("C", "$HOME#x"),
        ("D", "'q'"),
        ("HOME", "/home/me"),
        ("E", ""),
        ("F", "="),
    )


def test_an_empty_file_gives_nothing() -> None:
    assert file("") == file("\n \t\r\n#") == Variables()


def test_both_values_of_a_name_come_in_their_order() -> None:
    assert file("A=1\nB=2\nA=3").pairs == (("A", "1"), ("B", "2"), ("A", "3"))


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ('A="x"\nB=\'\nC=x"\n', (".env:1: the quotes are part of the value of A",)),
        ("NONE\n", (".env:1: NONE: not set on this host, so not passed on",)),
        ("A=1\rB=2\r\n", (".env:1: a carriage return is part of the value of A",)),
        ("A" * 99, (f".env:1: {'A' * 40}…: not set on this host, so not passed on",)),
    ],
)
def test_what_may_not_be_meant_gets_a_warning(text: str, warnings: tuple[str, ...]) -> None:
    assert file(text).warnings == warnings


def test_a_file_of_another_system() -> None:
    assert file(b"\xef\xbb\xbfA=1\r\nB=2\r\n").pairs == (("A", "1"), ("B", "2"))


ONLY = "this is neither NAME=VALUE nor the name of a variable of this host"


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("A=1\n B = 2", "2:2", "there is a blank between B and its =", "B=VALUE"),
        ("export A=1", "1:1", "`export` is a shell's, and no part of A", "A=VALUE"),
        ("\nCODEBUILD_A=1", "2:1", "the prefix CODEBUILD_ is reserved", "choose another"),
        ("CODEBUILD_ABCDEFGHIJKL=", "1:1", "the prefix CODEBUILD_ is reserved", "choose another"),
        ("1A=x", "1:1", "'1A' is no name for a variable", "names have letters"),
        ("a.b=x", "1:1", "'a.b' is no name for a variable", "names have letters"),
        ("=x", "1:1", "'' is no name for a variable", "names have letters"),
        ("\xc9" * 99 + "=x", "1:1", f"'{chr(0xC9) * 40}…' is no name", "names have letters"),
        ("A: 1", "1:1", ONLY, "a value has one line"),
        ("HOME ", "1:1", ONLY, "a value has one line"),
        ("\ufeff\ufeffA=1", "1:1", "'\ufeffA' is no name", "names have letters"),
        ("A=1\nB=\0", "2:1", "a variable cannot hold a NUL character", ""),
        (b"A=1\nB=\xff\n", "2:3", "this is not UTF-8", ""),
        (b"A=\xed\xa0\x80", "1:3", "this is not UTF-8", ""),
        ("A=1\n".encode("utf-16"), "1:1", "this is UTF-16", "save it as UTF-8"),
        (b"#" * (LONGEST + 1), "1:1", "the file has more than the 16777216 bytes", ""),
    ],
)
def test_a_wrong_line_is_named(text: str | bytes, place: str, message: str, hint: str) -> None:
    [problem] = refusals(text)
    assert f"{problem.place.line}:{problem.place.column}" == place
    assert problem.message.startswith(message)
    assert bool(problem.hints) == bool(hint)
    assert "".join(problem.hints).startswith(hint)


def test_every_wrong_line_is_told_at_once_until_nobody_reads_on() -> None:
    assert [p.place.line for p in refusals("A b=\nC=\n1=\n")] == [1, 3]
    assert len(refusals("1=\n" * 1_000)) == MOST


def test_nothing_of_a_pasted_key_is_shown() -> None:
    problems = refusals(KEY_LINES)
    assert [p.place.line for p in problems] == [3, 4, 5]
    told = repr(problems)
    assert not any(line[:12] in told for line in KEY_LINES.splitlines()[1:])


@given(st.lists(st.tuples(NAMES, VALUES), max_size=5))
def test_what_is_written_is_read(pairs: list[tuple[str, str]]) -> None:
    text = "".join(f"{name}={value}\n" for name, value in pairs)
    assert file(text).pairs == tuple(pairs)


def test_a_call_tells_every_line(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    path = home.write("a.env", "A=1\nB \x1b[2J=2\n::set-env=x\n")
    called = home.call("plan", "--env-file", "a.env")
    assert (called.code, called.out) == (2, "")
    assert called.err == (
        f"{path}:2:1: error: 'B �[2J' is no name for a variable [LB701]\n"
        "  hint: names have letters, digits and _, and begin with no digit\n"
        f"{path}:3:1: error: '::set-env' is no name for a variable [LB701]\n"
        "  hint: names have letters, digits and _, and begin with no digit\n"
    )


@pytest.mark.parametrize("name", ["none.env", ".", "a.env/b"])
def test_a_file_that_cannot_be_read(home: Home, name: str) -> None:
    home.write("buildspec.yml", SPEC)
    home.write("a.env", "")
    called = home.call("plan", "--env-file", name)
    assert called.code == 2
    assert called.err.startswith(f"error: --env-file {home.cwd / name}: ")


def test_a_file_without_an_end_is_given_up(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("plan", "--env-file", "/dev/zero")
    assert called.code == 2
    assert called.err.startswith("/dev/zero:1:1: error: the file has more than the 16777216 bytes")


def test_a_pipe_is_a_file_too(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    reading, writing = os.pipe()
    os.write(writing, b"FROM_PIPE=1\n")
    os.close(writing)
    try:
        called = home.call("plan", "--json", "--env-file", str(Path("/dev/fd") / str(reading)))
    finally:
        os.close(reading)
    assert called.code == 0, called.err
    assert '"FROM_PIPE"' in called.out
