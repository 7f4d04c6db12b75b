"""Variables from options."""

import pytest

from localbuild.cli.variables import Variables, read_options
from localbuild.errors import UsageError

HOST = {"HOME": "/home/me", "EMPTY": ""}


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
