"""Texts of somebody else's, made fit for a line of ours. Pure."""

import re

_COMMAND_START = re.compile(r"(?m)^([ \t]*):(?=:)")
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Source: Unicode Standard Annex 9, 2.1, 2.2 and 2.4; CVE-2021-42574."""


def plain(text: str) -> str:
    """A text that cannot steer the terminal: a sign in place of all that is not printed."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def one_line(text: str) -> str:
    """A text that cannot break out of its line: no control characters."""
    return _CONTROLS.sub(" ", upright(text)).rstrip()


def upright(text: str) -> str:
    """A text that is read in its own order: signs that turn it around are shown as escapes."""
    return _TURNS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def harmless(text: str) -> str:
    """A text in which no CI finds a command to it: `::` at a line's start and `##` taken apart."""
    return _COMMAND_START.sub(r"\1: ", upright(text)).replace("##", "# #")


def harmless_json(text: str) -> str:
    """The same JSON without `##`, which stands in its strings alone."""
    return text.replace("##", "#\\u0023")
