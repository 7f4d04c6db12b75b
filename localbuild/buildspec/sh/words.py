"""Words of a shell text as they are written, and what they stand for. Pure."""

import re
from collections.abc import Iterator

from localbuild.buildspec.sh.quoting import UnfinishedError, past_mark, past_parentheses

_PARTS = re.compile(r"'([^']*)'|\"((?:[^\"\\]|\\.)*)\"|\\(.)|([^'\"\\]+)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\"\\$`])")
_MARKS = re.compile(r"[\\'\"$`]")
_CODE = re.compile(r"\\|'|\"|\$\(|`|[<>]\(")
_CODE_IN_DOUBLE = re.compile(r"\\|\$\(|`")


def literal(word: str) -> str:
    """A word without its quotes; what is expanded in it stays as it is written."""
    if not _MARKS.search(word):
        return word
    parts = []
    for single, double, escaped, plain in _PARTS.findall(word):
        parts.append(single or _ESCAPED.sub(r"\1", double) or escaped.replace("\n", "") or plain)
    return "".join(parts)


def substitutions(text: str, marks: re.Pattern[str] = _CODE) -> Iterator[str]:
    """The code of each `$(…)` and of each pair of backticks that a shell would run, outermost."""
    here = 0
    while found := marks.search(text, here):
        here = _past(text, found.start())
        mark, code = found[0], text[found.start() : here]
        if here > len(text) or not code[1:].endswith((")", "`", '"')):
            continue
        if mark in ("$(", "<(", ">(") and not code.startswith("$(("):
            yield code[2:-1]
        elif mark == "`":
            yield code[1:-1].replace("\\`", "`")
        elif mark == '"':
            yield from substitutions(code[1:-1], _CODE_IN_DOUBLE)


def _past(text: str, at: int) -> int:
    try:
        if text[at] in "<>":
            return past_parentheses(text, at + 1)
        return max(past_mark(text, at), at + 1)
    except UnfinishedError:
        return len(text)


def is_quoted(word: str) -> bool:
    """Whether any part of it is in quotes or escaped."""
    return bool(re.search(r"[\\'\"]", word))


def without_single_quotes(word: str) -> str:
    """A word whose single-quoted parts are empty: nothing is expanded in them."""
    parts = []
    here = 0
    while here < len(word):
        end = _past(word, here) if word[here] in "\\'\"" else here + 1
        part = word[here:end]
        parts.append("''" if part[:1] == "'" else part)
        here = end
    return "".join(parts)
