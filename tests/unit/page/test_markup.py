"""Every text is escaped where it meets HTML."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.page.markup import Markup, joined, shown, tag
from tests.unit.page.reading import Page


def test_a_text_is_escaped_once() -> None:
    assert tag("p", "a < b", shown("c & d")) == "<p>a &lt; bc &amp; d</p>"
    assert shown(shown("<")) == "&lt;"
    assert joined(["<", tag("br")], " & ") == "&lt; &amp; <br>"


def test_attributes() -> None:
    element = tag(
        "a", "x", href='"#', class_="n", aria_label="it's", hidden=True, id="", open=False
    )
    assert element == '<a href="&quot;#" class="n" aria-label="it&#x27;s" hidden>x</a>'


@pytest.mark.parametrize(
    "text", ["\0", "\x1b[2J", "\x7f", "\x9b", "\ud800", "\u202e", "\u2066", "\r", "\u2028"]
)
def test_what_is_not_printed_or_turns_the_text_is_a_sign(text: str) -> None:
    assert set(shown(text)) <= set("\ufffd[2J")
    shown(text).encode()


def test_markup_that_is_taken_apart_is_a_text_again() -> None:
    assert shown(Markup("<b>")[:2]) == "&lt;b"


@given(st.text())
def test_any_text_stays_a_text(text: str) -> None:
    page = Page(tag("p", text, title=text))
    (element,) = page.elements
    assert (element.name, set(element.attributes)) == ("p", {"title"} if text else set())
    assert element.text == (element.attributes.get("title") or "") == unescape(shown(text))
