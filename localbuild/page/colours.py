"""The 256 colours of a terminal as style that can be read on a light and a dark page. Pure.

Source: xterm's 256 colours; WCAG 2.2, relative luminance and contrast (at least 4.5 : 1).
"""

from collections.abc import Iterable
from functools import cache

NAMED = 16
"""The colours that every terminal defines for itself, and so do we: page.css has them."""

_CUBE = (0, 95, 135, 175, 215, 255)
_DARKEST_ON_DARK = 0.22
_LIGHTEST_ON_LIGHT = 0.17
_BLACK_TEXT_FROM = 0.18

Linear = tuple[float, float, float]
"""Red, green and blue from 0 to 1, as light, not as numbers on a screen."""


def nearest(red: int, green: int, blue: int) -> int:
    """The colour of the cube, 16 to 231, that comes next to one of 16 million."""
    r, g, b = (min(range(6), key=lambda step: abs(_CUBE[step] - v)) for v in (red, green, blue))
    return NAMED + 36 * r + 6 * g + b


def colour_rules(used: Iterable[str]) -> str:
    """The style of those classes that are `f16` to `f255` (text) or `b16` to `b255` (ground)."""
    found = sorted({(name[0], int(name[1:])) for name in used if name[1:].isdigit()})
    return "".join(_rule(kind, index) for kind, index in found if index >= NAMED)


@cache
def _rule(kind: str, index: int) -> str:
    colour = _linear(index)
    if kind == "f":
        light, dark = _hex(_darkened(colour)), _hex(_lightened(colour))
        return f".f{index}{{color:light-dark({light},{dark})}}\n"
    text = "#000" if _luminance(colour) > _BLACK_TEXT_FROM else "#fff"
    return f".b{index}{{background:{_hex(colour)};color:{text}}}\n"


def _linear(index: int) -> Linear:
    """One of the cube (16 to 231) or of the greys (232 to 255)."""
    if index >= 232:
        grey = _light(8 + 10 * (index - 232))
        return grey, grey, grey
    place = index - NAMED
    red, green, blue = (_light(_CUBE[step]) for step in (place // 36, place // 6 % 6, place % 6))
    return red, green, blue


def _light(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _luminance(colour: Linear) -> float:
    red, green, blue = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _darkened(colour: Linear) -> Linear:
    most = _luminance(colour)
    part = min(1.0, _LIGHTEST_ON_LIGHT / most) if most else 1.0
    red, green, blue = (value * part for value in colour)
    return red, green, blue


def _lightened(colour: Linear) -> Linear:
    least = _luminance(colour)
    part = max(0.0, (_DARKEST_ON_DARK - least) / (1 - least)) if least < 1 else 0.0
    red, green, blue = (value + part * (1 - value) for value in colour)
    return red, green, blue


def _hex(colour: Linear) -> str:
    return "#" + "".join(f"{_number(value):02x}" for value in colour)


def _number(light: float) -> int:
    part = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return max(0, min(255, round(255 * part)))
