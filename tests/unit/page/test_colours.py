"""Whatever colour a build prints can be read, on a light page and on a dark one."""

import re

import pytest

from localbuild.page.assets import read_asset
from localbuild.page.colours import colour_rules, nearest

STYLE = read_asset("page.css")
LIGHT, DARK = re.findall(r"--ground: light-dark\((\S+), (\S+)\)", STYLE)[0]
PAIRS = re.compile(r"(\.?[\w-]+)(?: \{ color)?: light-dark\((#\w+), (#\w+)\)")
GROUNDS = re.compile(r"\.(b\d+) ?\{ ?background: ?(#\w+); ?color: ?(#\w+);? ?\}")
LEAST = 4.5


def luminance(colour: str) -> float:
    """WCAG's relative luminance of `#rgb` or `#rrggbb`."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    light = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def rules(kind: str) -> str:
    """All rules of the 240 colours."""
    return colour_rules(f"{kind}{index}" for index in range(256))


def test_all_colours_have_a_rule() -> None:
    assert len(rules("f").splitlines()) == len(rules("b").splitlines()) == 240
    assert {name for name, _, _ in PAIRS.findall(STYLE) if re.fullmatch(r"\.f\d+", name)} == {
        f".f{index}" for index in range(16)
    }
    assert {name for name, _, _ in GROUNDS.findall(STYLE)} == {f"b{index}" for index in range(16)}


@pytest.mark.parametrize("dark", [False, True])
def test_a_coloured_text_can_be_read(dark: bool) -> None:
    found = re.findall(r"\.f(\d+)\{color:light-dark\((#\w+),(#\w+)\)\}", rules("f"))
    assert len(found) == 240
    ground = DARK if dark else LIGHT
    assert [n for n, *both in found if contrast(both[dark], ground) < LEAST] == []


@pytest.mark.parametrize("dark", [False, True])
def test_a_colour_of_the_page_can_be_read(dark: bool) -> None:
    texts = {"--ink", "--faint", "--link", "--good", "--bad", "--warn"}
    found = [f for f in PAIRS.findall(STYLE) if f[0] in texts or re.fullmatch(r"\.f\d+", f[0])]
    assert len(found) == len(texts) + 16
    grounds = [
        (LIGHT, DARK)[dark],
        *re.findall(r"--panel: light-dark\((\S+), (\S+)\)", STYLE)[0][dark : dark + 1],
    ]
    low = [(n, g) for n, *both in found for g in grounds if contrast(both[dark], g) < LEAST]
    assert low == []


def test_a_text_on_a_colour_can_be_read() -> None:
    found = GROUNDS.findall(STYLE + rules("b"))
    assert len(found) == 256
    assert [name for name, ground, text in found if contrast(ground, text) < LEAST] == []


@pytest.mark.parametrize(
    ("colour", "index"),
    [((0, 0, 0), 16), ((255, 255, 255), 231), ((95, 135, 255), 69), ((100, 130, 250), 69)],
)
def test_the_nearest_one(colour: tuple[int, int, int], index: int) -> None:
    assert nearest(*colour) == index
