"""Where quoted text, expansions and substitutions of a shell text end. Pure.

Every `past_…` takes the place of an opening mark and gives the one after its end.
Source: POSIX, Shell Command Language, 2.2 Quoting, 2.6 Word Expansions.
"""

import re

DEEPEST = 40
"""So many substitutions within each other are followed."""

_IN_DOUBLE = re.compile(r"[\\\"$`]")
_IN_BACKTICKS = re.compile(r"[\\`]")
_IN_BRACES = re.compile(r"[\\'\"$`}]")
_IN_CODE = re.compile(r"[\\'\"$`()#]|\b(?:case|esac)\b")


class UnfinishedError(ValueError):
    """A mark without its end; `mark` is how it was opened."""

    def __init__(self, mark: str, at: int) -> None:
        super().__init__(mark)
        self.mark = mark
        self.at = at


def past_single(text: str, at: int) -> int:
    """`'…'`."""
    end = text.find("'", at + 1)
    if end < 0:
        raise UnfinishedError("'", at)
    return end + 1


def past_double(text: str, at: int, depth: int = 0) -> int:
    """`"…"` with all that is expanded in it."""
    here = at + 1
    while found := _IN_DOUBLE.search(text, here):
        mark = found[0]
        if mark == '"':
            return found.end()
        here = past_mark(text, found.start(), depth + 1)
    raise UnfinishedError('"', at)


def past_mark(text: str, at: int, depth: int = 0) -> int:
    """Whatever begins with a backslash, a quote, a dollar sign or a backtick."""
    if depth > DEEPEST:
        raise UnfinishedError("", at)
    mark = text[at]
    if mark == "\\":
        return at + 2
    if mark == "'":
        return past_single(text, at)
    if mark == '"':
        return past_double(text, at, depth)
    if mark == "`":
        return _past(_IN_BACKTICKS, "`", text, at)
    return _past_dollar(text, at, depth)


def _past(marks: re.Pattern[str], end: str, text: str, at: int) -> int:
    here = at + 1
    while found := marks.search(text, here):
        if found[0] == end:
            return found.end()
        here = found.end() + 1
    raise UnfinishedError(end, at)


def _past_dollar(text: str, at: int, depth: int) -> int:
    following = text[at + 1 : at + 2]
    if following == "(":
        return past_parentheses(text, at + 1, depth + 1)
    if following == "{":
        return _past_braces(text, at, depth)
    return at + 1


def _past_braces(text: str, at: int, depth: int) -> int:
    here = at + 2
    while found := _IN_BRACES.search(text, here):
        if found[0] == "}":
            return found.end()
        here = past_mark(text, found.start(), depth + 1)
    raise UnfinishedError("${", at)


def past_parentheses(text: str, at: int, depth: int = 0) -> int:
    """`(…)` with shell code or arithmetic in it, `at` its `(`; patterns of `case` open none."""
    if depth > DEEPEST:
        raise UnfinishedError("", at)
    here, opened, cases = at + 1, 1, 0
    while found := _IN_CODE.search(text, here):
        mark, here = found[0], found.end()
        if mark in ("case", "esac"):
            cases = max(0, cases + (1 if mark == "case" else -1))
        elif mark == "(":
            opened += 1
        elif mark == ")":
            opened -= 0 if cases and opened == 1 else 1
            if not opened:
                return here
        elif mark == "#":
            here = _past_comment(text, found.start())
        else:
            here = past_mark(text, found.start(), depth + 1)
    raise UnfinishedError("(", at)


def _past_comment(text: str, at: int) -> int:
    """A `#` within a word, or in `$#`, begins no comment."""
    if text[at - 1] not in " \t\n;&|(":
        return at + 1
    end = text.find("\n", at)
    return len(text) if end < 0 else end
