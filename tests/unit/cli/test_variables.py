"""Variables from options and env files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.cli.variables import Variables, read_env_file, read_options
from localbuild.errors import UsageError

HOST = {"HOME": "/home/me", "EMPTY": ""}
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: not name.startswith("CODEBUILD_")
)
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0"), max_size=12)


def file(text: str | bytes) -> Variables:
    """The variables of an env file."""
    data = text if isinstance(text, bytes) else text.encode()
    return read_env_file(data, ".env", HOST)


def options(*words: str, files: tuple[str, ...] = ()) -> Variables:
    """The variables of `-e` words."""
    return read_options(words, HOST, lambda name: name in files)


def test_options_in_their_order() -> None:
    assert options("B=1", "A=x=y", "B=", "HOME").pairs == (
        ("B", "1"),
        ("A", "x=y"),
        ("B", ""),
        ("HOME", "/home/me"),
    )


def test_a_name_that_the_host_does_not_have_is_left_out_with_a_warning() -> None:
    found = options("NONE", "EMPTY")
    assert found.pairs == (("EMPTY", ""),)
    assert found.warnings == ("-e NONE: not set on this host, so not passed on",)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("1A=x", "-e 1A: '1A' is no name for a variable"),
        ("=x", "-e : '' is no name for a variable"),
        ("A B=x", "-e A B: 'A B' is no name for a variable"),
        ("É=x", "-e É: 'É' is no name for a variable"),
        ("CODEBUILD_X=1", "-e CODEBUILD_X: the prefix CODEBUILD_ is reserved"),
    ],
)
def test_names_that_cannot_be(word: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        options(word)
    assert caught.value.message.startswith(message)


def test_a_file_where_a_variable_belongs() -> None:
    with pytest.raises(UsageError) as caught:
        options(".env", files=(".env",))
    assert caught.value.hints == ("--env-file .env",)


def test_a_variable_of_the_host_may_be_named_like_a_file() -> None:
    assert options("HOME", files=("HOME",)).pairs == (("HOME", "/home/me"),)


def test_a_file_is_taken_as_it_is() -> None:
    text = "# comment\n\n  A=1\nB=a b \nC=$HOME#x\n\tD='q'\nHOME\nE=\n"
    assert file(text).pairs == (
        ("A", "1"),
        ("B", "a b "),
        ("C", "$HOME#x"),
        ("D", "'q'"),
        ("HOME", "/home/me"),
        ("E", ""),
    )


def test_quotes_get_a_warning() -> None:
    assert file('A="x"\nB=\'\nC=x"\n').warnings == (
        ".env:1: the quotes are part of the value of A",
    )


def test_a_file_of_another_system() -> None:
    assert file(b"\xef\xbb\xbfA=1\r\nB=2\r\n").pairs == (("A", "1"), ("B", "2"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A=1\nB = 2\n", ".env:2: 'B ' is no name for a variable"),
        ("export A=1", ".env:1: 'export A' is no name for a variable"),
        ("\nCODEBUILD_A=1", ".env:2: the prefix CODEBUILD_ is reserved"),
        ("A=\0", ".env:1: a variable cannot hold a NUL character"),
        (b"A=1\nB=\xff\n", ".env:2: this is not UTF-8"),
    ],
)
def test_a_wrong_line_is_named(text: str | bytes, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        file(text)
    assert caught.value.message.startswith(message)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=5))
def test_what_is_written_is_read(pairs: list[tuple[str, str]]) -> None:
    text = "".join(f"{name}={value}\n" for name, value in pairs)
    assert file(text).pairs == tuple(pairs)
