"""When a text has colours and which signs it may use."""

import pytest

from localbuild.lines import one_line
from localbuild.logs.style import Style, choose_style

COLORS: dict[str, tuple[str, dict[str, str], bool, bool]] = {
    "a terminal": ("auto", {}, True, True),
    "a file": ("auto", {}, False, False),
    "asked for": ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
    "not wanted": ("never", {"FORCE_COLOR": "1"}, True, False),
    "NO_COLOR": ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
    "empty NO_COLOR": ("auto", {"NO_COLOR": ""}, True, True),
    "FORCE_COLOR": ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
    "FORCE_COLOR=0": ("auto", {"FORCE_COLOR": "0"}, False, False),
    "CLICOLOR_FORCE": ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
    "a dumb terminal": ("auto", {"TERM": "dumb"}, True, False),
    "a CI with colours": ("auto", {"GITHUB_ACTIONS": "true", "CI": "true"}, False, True),
    "any CI": ("auto", {"CI": "true"}, False, False),
}


@pytest.mark.parametrize(
    ("color", "environ", "is_tty", "expected"), COLORS.values(), ids=COLORS.keys()
)
def test_colours(color: str, environ: dict[str, str], is_tty: bool, expected: bool) -> None:
    assert choose_style(color, environ, is_tty, "utf-8").color is expected


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-8", True), ("UTF8", True), ("utf_8", True), ("ascii", False), ("iso8859-1", False)],
)
def test_signs_follow_the_encoding(encoding: str, expected: bool) -> None:
    style = choose_style("auto", {}, True, encoding)
    assert style.unicode is expected
    assert style.encode(style.sign("good") + "é").isascii() is not expected


def test_paint_changes_nothing_but_colour() -> None:
    assert Style().paint("bad", "x") == "x"
    assert Style(color=True).paint("bad", "x") == "\x1b[31mx\x1b[0m"
    assert Style(color=True).paint("bad", "") == ""


def test_a_lone_surrogate_is_written_as_an_escape() -> None:
    assert Style().encode("a\udcff") == b"a\\udcff"


def test_one_line_has_no_way_out() -> None:
    assert one_line("  a\r\n\x1b[2Jb\x9bc\u2028d\te \n") == "  a [2Jb c d\te"
