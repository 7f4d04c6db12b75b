"""Texts of somebody else's, made fit for a line of ours. Pure."""

import re

_COMMAND_START = re.compile(r"(?m)^([ \t]*):(?=:)")
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]+")


def plain(text: str) -> str:
    """A text that cannot steer the terminal: a sign in place of all that is not printed."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def one_line(text: str) -> str:
    """A text that cannot break out of its line: no control characters."""
    return _CONTROLS.sub(" ", text).rstrip()


def harmless(text: str) -> str:
    """A text in which no CI finds a command to it: `::` at a line's start and `##` taken apart."""
    return _COMMAND_START.sub(r"\1: ", text).replace("##", "# #")
