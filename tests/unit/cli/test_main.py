"""From words to an exit code: what can go wrong around a command, and how it is told."""

import io
import stat

import pytest

from localbuild import __version__
from localbuild.cli.app import TABLE
from tests.unit.cli.calling import SPEC, Home


class FaultyStdin(io.BytesIO):
    """A stdin that fails as nobody has foreseen."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    def read(self, size: int | None = -1, /) -> bytes:
        """Fail."""
        raise self.error


class Unread(io.TextIOWrapper):
    """A stdout that nobody reads any more."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")
        self.gone = True

    def write(self, text: str, /) -> int:
        """Break, once."""
        if self.gone:
            self.gone = False
            raise BrokenPipeError
        return len(text)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_the_table_says_what_each_verb_says_itself(name: str, home: Home) -> None:
    called = home.call(name, "--help")
    assert (called.code, called.err) == (0, "")
    assert f"\n\n  {TABLE[name].help}\n" in called.out


def test_help_names_every_verb_but_no_alias(home: Home) -> None:
    called = home.call("--help")
    assert called.code == 0
    for name, lazy in TABLE.items():
        assert (f"\n  {name} " in called.out) is not bool(lazy.alias_of)


def test_the_version_is_one_line(home: Home) -> None:
    assert home.call("--version").out == f"localbuild {__version__}\n"


def test_no_words_are_answered_with_help_on_stderr(home: Home) -> None:
    called = home.call()
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("Usage: localbuild ")


@pytest.mark.parametrize(
    ("words", "guess"),
    [
        (("rum",), "'run'"),
        (("valdate",), "'validate'"),
        (("run", "--imgae", "x"), "'--image'"),
        (("lint", "--formt", "json"), "'--format'"),
        (("run", "--colr", "never"), "'--color'"),
    ],
)
def test_a_misspelling_gets_a_guess(words: tuple[str, ...], guess: str, home: Home) -> None:
    called = home.call(*words)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("error: No such ")
    assert guess in called.err
    assert "-override" not in called.err


@pytest.mark.parametrize("verb", ["batch", "init"])
def test_a_verb_of_a_later_version_is_none(verb: str, home: Home) -> None:
    assert home.call(verb).code == 2


@pytest.mark.parametrize(
    "option",
    [
        ("--source", "id:dir"),
    ],
)
def test_an_option_of_a_later_version_is_not_pretended(option: tuple[str, ...], home: Home) -> None:
    assert home.call("plan", *option).code == 2


def test_the_cache_can_be_off_already(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    assert home.call("plan", "--json", "--cache", "off").code == 0


def test_a_bug_is_one_line_and_a_private_file(home: Home) -> None:
    called = home.call(
        "plan", "-f", "-", "-e", "TOKEN=hunter22", stdin=FaultyStdin(RuntimeError("hunter22"))
    )
    (crash,) = (home.state / "crashes").iterdir()
    assert (called.code, called.out) == (70, "")
    assert called.err == f"error: this is a bug in localbuild: RuntimeError; details: {crash}\n"
    assert stat.S_IMODE(crash.stat().st_mode) == 0o600
    text = crash.read_text()
    assert "Traceback" in text
    assert "['plan', '-f', '-', '-e', 'TOKEN=***']" in text
    assert "hunter22" not in text


def test_a_bug_is_told_with_its_traceback_when_asked_to(home: Home) -> None:
    called = home.call("--debug", "plan", "-f", "-", stdin=FaultyStdin(RuntimeError("odd")))
    assert called.code == 70
    assert "Traceback" in called.err


def test_an_interruption_before_a_build_is_130(home: Home) -> None:
    called = home.call("lint", "-", stdin=FaultyStdin(KeyboardInterrupt()))
    assert (called.code, called.out) == (130, "")


def test_a_reader_who_has_seen_enough_is_no_error(home: Home) -> None:
    called = home.call("explain", stdout=Unread())
    assert (called.code, called.err) == (0, "")


def test_a_folder_that_is_none_is_wrong_usage(home: Home) -> None:
    called = home.call("-C", "nowhere", "ls")
    assert (called.code, called.err) == (2, "error: -C nowhere: no such directory\n")


def test_global_options_stand_before_or_after_the_verb(home: Home) -> None:
    home.write("sub/buildspec.yml", SPEC)
    before = home.call("-C", "sub", "--json", "plan", "-i", "img")
    after = home.call("plan", "-i", "img", "--json", "-C", "sub")
    assert before.code == after.code == 0
    assert before.out == after.out


def test_a_global_option_after_the_verb_wins(home: Home) -> None:
    home.write("aa/buildspec.yml", SPEC)
    home.write("bb/buildspec.yml", SPEC)
    called = home.call("-C", "aa", "plan", "--json", "-C", "bb")
    assert '"project": "bb"' in called.out


@pytest.mark.parametrize("words", [("batch",), ("init",)])
def test_a_word_of_a_later_version_is_told_as_such(words: tuple[str, ...], home: Home) -> None:
    called = home.call(*words)
    assert called.code == 2
    assert "is not in this version of localbuild" in called.err
