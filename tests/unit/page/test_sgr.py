"""Colours of a terminal as classes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.page.sgr import Painter


def painted(*lines: str) -> str:
    """Lines painted one after the other, `<>` in place of a span's end."""
    painter = Painter()
    return "|".join(
        re.sub(r'<span class="([^"]*)">', r"<\1:", painter.paint(line)).replace("</span>", ">")
        for line in lines
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m on", "<f1:red> on"),
        ("\x1b[1;32mgood\x1b[39m bold\x1b[22m", "<f2 b:good><b: bold>"),
        ("\x1b[91;104mlight", "<f9 b12:light>"),
        ("\x1b[38;5;208morange\x1b[m.", "<f208:orange>."),
        ("\x1b[38;5;3mnamed", "<f3:named>"),
        ("\x1b[48;2;255;0;0mtrue", "<b196:true>"),
        ("\x1b[38:2::95:135:255mcolons", "<f69:colons>"),
        ("\x1b[38:2:95:135:255mcolons", "<f69:colons>"),
        ("\x1b[38:5:9mcolons", "<f9:colons>"),
        ("\x1b[7mturned", "<inverse:turned>"),
        ("\x1b[31;7mturned", "<b1:turned>"),
        ("\x1b[41;7mturned", "<f1 inverse:turned>"),
        ("\x1b[4:3mcurly\x1b[4:0m.", "<u:curly>."),
        ("\x1b[2;3;4;9mall\x1b[22;23;24;29m.", "<d i u s:all>."),
        ("\x1b[mnothing", "nothing"),
        ("\x1b[38;5;999mno colour", "no colour"),
        ("\x1b[38mno colour", "no colour"),
        ("\x1b[38;2;1;2mno colour", "no colour"),
        ("\x1b[38;2;1;2;999;31mred", "<f1:red>"),
        ("\x1b[5;6;8;10;58;99;123456mno such thing", "no such thing"),
        ("\x1b[31m<b>\x1b[0m&", "<f1:&lt;b&gt;>&amp;"),
        ("a\x1b[31m\x1b[0mb", "ab"),
    ],
)
def test_a_line(line: str, expected: str) -> None:
    assert painted(line) == expected


def test_a_colour_lasts_over_lines() -> None:
    assert painted("\x1b[33ma", "b", "\x1b[0mc") == "<f3:a>|<f3:b>|c"


def test_a_reset_takes_every_colour_back() -> None:
    painter = Painter()
    painter.paint("\x1b[33;1ma")
    painter.reset()
    assert painter.paint("b") == "b"


def test_colours_that_are_used_are_known() -> None:
    painter = Painter()
    painter.paint("\x1b[38;5;208;48;5;17;1ma")
    assert painter.used == {"f208", "b17", "b"}


@given(st.text(alphabet="\x1b[0123456789;:mab<&", max_size=60))
def test_any_line_is_text_in_spans(line: str) -> None:
    found = re.sub(r'<span class="[a-z0-9 ]+">|</span>', "", Painter().paint(line))
    assert re.fullmatch(r"(?:[^<&]|&lt;|&amp;)*", found)
    assert "\x1b" not in found
