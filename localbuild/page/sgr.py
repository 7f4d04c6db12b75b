"""Colours of a log as HTML: select graphic rendition becomes classes, the text is escaped. Pure.

Source: ECMA-48, 8.3.117; xterm's 256 and 16 million colours; underline styles with colons.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from localbuild.page.colours import nearest
from localbuild.page.markup import Markup, shown

_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
_LIGHTER = 8
_KNOWN = 1024
_FLAGS = {1: "bold", 2: "faint", 3: "italic", 4: "underline", 7: "inverse", 9: "struck"}
_ENDS = {22: ("bold", "faint"), 23: ("italic",), 24: ("underline",), 27: ("inverse",)}
_ENDS |= {29: ("struck",)}
_CLASSES = {"bold": "b", "faint": "d", "italic": "i", "underline": "u", "struck": "s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a terminal would show the next character; colours are 0 to 255, None its own."""

    text: int | None = None
    ground: int | None = None
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underline: bool = False
    inverse: bool = False
    struck: bool = False


PLAIN = Look()


class Painter:
    """Paints lines one after the other; a colour lasts until it is taken back. `used`: classes."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self._look = PLAIN
        self._names: tuple[str, ...] = ()

    def reset(self) -> None:
        """The terminal's own colours again."""
        self._change(PLAIN)

    def paint(self, line: str) -> Markup:
        """A line whose only control sequences are colours."""
        if "\x1b" not in line:
            return self._span(line)
        first, *rest = _SGR.split(line)
        parts = [self._span(first)]
        for parameters, text in zip(rest[::2], rest[1::2], strict=True):
            self._change(change(self._look, parameters))
            parts.append(self._span(text))
        return Markup("".join(parts))

    def _change(self, look: Look) -> None:
        self._look = look
        self._names = _class_names(look)

    def _span(self, text: str) -> Markup:
        if not self._names or not text:
            return shown(text)
        self.used.update(self._names)
        return Markup(f'<span class="{" ".join(self._names)}">{shown(text)}</span>')


@lru_cache(_KNOWN)
def change(look: Look, parameters: str) -> Look:
    """The look after a sequence with these parameters; what is not known changes nothing."""
    fields = parameters.split(";")
    while fields:
        field = fields.pop(0)
        code, *more = _numbers(field.split(":"))
        if code in (38, 48):
            colour = _colour(more) if more else _colour(_taken(fields))
            if colour is not None:
                look = replace(look, text=colour) if code == 38 else replace(look, ground=colour)
        else:
            look = _changed(look, 24 if code == 4 and more[:1] == [0] else code)
    return look


def _changed(look: Look, code: int) -> Look:
    if code == 0:
        return PLAIN
    if code in _FLAGS:
        return replace(look, **{_FLAGS[code]: True})
    if code in _ENDS:
        return replace(look, **dict.fromkeys(_ENDS[code], False))
    return _coloured(look, code)


def _coloured(look: Look, code: int) -> Look:
    tens, colour = divmod(code, 10)
    if colour > 7 and code not in (39, 49):
        return look
    match tens:
        case 3 | 9:
            lighter = _LIGHTER if tens == 9 else 0
            return replace(look, text=None if code == 39 else colour + lighter)
        case 4 | 10:
            lighter = _LIGHTER if tens == 10 else 0
            return replace(look, ground=None if code == 49 else colour + lighter)
        case _:
            return look


def _taken(fields: list[str]) -> list[int]:
    """The parameters that belong to a 38 or 48, in front of those that do not."""
    kind = fields[0] if fields else ""
    count = {"5": 2, "2": 4}.get(kind, 1)
    taken, fields[:] = fields[:count], fields[count:]
    return _numbers(taken)


def _colour(numbers: list[int]) -> int | None:
    """`5;n` or `2;r;g;b`, the latter with a colour space in front where it is written so."""
    match numbers:
        case [5, index] if index < 256:
            return index
        case [2, *_, red, green, blue] if max(red, green, blue) < 256:
            return nearest(red, green, blue)
    return None


def _numbers(fields: list[str]) -> list[int]:
    """Empty ones are 0; a longer one than any that has a meaning is none."""
    return [int(field) if 0 < len(field) < 5 else 0 if not field else 9999 for field in fields]


@lru_cache(_KNOWN)
def _class_names(look: Look) -> tuple[str, ...]:
    text, ground = (look.ground, look.text) if look.inverse else (look.text, look.ground)
    names = [] if text is None else [f"f{text}"]
    if ground is not None:
        names.append(f"b{ground}")
    elif look.inverse:
        names.append("inverse")
    return (*names, *(name for flag, name in _CLASSES.items() if getattr(look, flag)))
