"""HTML as a type of its own: any other text is escaped where it meets it. Pure."""

import re
from collections.abc import Iterable
from html import escape

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_TURNS = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_UNSHOWN = re.compile(f"[{_CONTROLS}{_TURNS}\ud800-\udfff\ufffe\uffff]")
"""Controls, what turns the direction of writing, halves of characters: a sign stands for each."""

_SPECIAL = re.compile(f"[&<>\"'{_UNSHOWN.pattern[1:]}")
_VOID = frozenset({"br", "input", "link", "meta"})


class Markup(str):
    """A text that is HTML already."""

    __slots__ = ()


def shown(text: str) -> Markup:
    """A text of anybody's as HTML that shows it, in an element or in a quoted attribute."""
    if isinstance(text, Markup):
        return text
    if _SPECIAL.search(text) is None:
        return Markup(text)
    return Markup(escape(_UNSHOWN.sub("\ufffd", text)))


def tag(name: str, /, *children: str, **attributes: str | bool) -> Markup:
    """An element: `tag("a", "text", href="#top", class_="x")`.

    Children and values are escaped unless they are Markup. `class_` is `class`, `aria_label` is
    `aria-label`; an attribute that is True has no value, one that is False or empty is left out.
    """
    given = "".join(_attribute(key, value) for key, value in attributes.items() if value)
    if name in _VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{''.join(map(shown, children))}</{name}>")


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Parts one after the other, each escaped unless it is Markup."""
    return Markup(shown(between).join(map(shown, parts)))


def _attribute(key: str, value: str | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{shown(str(value))}"'
