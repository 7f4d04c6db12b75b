"""Ways out of YAML errors that buildspecs really meet, found by looking at the lines around them.

Source: the causes of refused files counted in real repositories; indentation and `: ` lead.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from localbuild.documents.source import Source

CONFLICT = r"(<{7}|>{7})( |$)"
VALUE = r"(?P<lead>\s*(?:- +)*(?:[\w.-]+: +)?)(?P<value>\S.*?)\s*$"
QUOTED = r"""(?:"[^"]*"|'[^']*')\s*[^\s#,:\]}]"""
WIDEST = 400
"""A longer line is not looked at: no hint that quotes it could be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line taken apart: `lead` is its indentation, dashes and key; what the parser said of it."""

    text: str
    lead: str
    value: str
    problem: str

    @property
    def quoted(self) -> str:
        """The line without its indentation, its value in single quotes."""
        return f"{self.lead.strip()} {single_quoted(self.value)}".strip()


def yaml_hints(problem: str, source: Source, line: int) -> tuple[str, ...]:
    """Hints for a parser's complaint about that line, the most specific one first."""
    for number, text in enumerate(source.lines, 1):
        if re.match(CONFLICT, text):
            return (f"line {number} is a merge-conflict marker: keep one side, delete the rest",)
    for number in (line, _line_before(source, line)):
        parts = _split(source.excerpt(number), problem)
        for look in LOOKS:
            if hint := look(parts):
                return (hint,)
    return (f"check the indentation of line {line} against the lines around it",)


def quote_hint(text: str, column: int = 0) -> tuple[str, ...]:
    """How to quote the value of that line, where YAML read it as something else than text.

    With a column, only the value that begins there.
    """
    line = _split(text, "")
    if not line.lead.strip() or (column and column != len(line.lead) + 1):
        return ()
    if line.value[:1] in ("[", "{", "&", "*") or ": " in line.value or line.value[-1:] == ":":
        return (f"quote it: {line.quoted}",)
    return ()


def single_quoted(text: str) -> str:
    """The text as a single-quoted YAML scalar."""
    return "'" + text.replace("'", "''") + "'"


def _line_before(source: Source, line: int) -> int:
    for number in range(line - 1, 0, -1):
        if source.excerpt(number).strip():
            return number
    return 0


def _split(text: str, problem: str) -> _Line:
    text = text if len(text) <= WIDEST else ""
    found = re.match(VALUE, text)
    lead, value = (found["lead"], found["value"]) if found else ("", "")
    value = re.sub(r"""\s+#[^"']*$""", "", value)
    return _Line(text=text, lead=lead, value=value, problem=problem)


def _tab(line: _Line) -> str:
    indent = line.text[: len(line.text) - len(line.text.lstrip())]
    return "indent with spaces: YAML allows no tab here" if "\t" in indent else ""


def _escape(line: _Line) -> str:
    if "escape" not in line.problem:
        return ""
    return "in double quotes a backslash begins an escape: use single quotes, or write \\\\"


def _glob(line: _Line) -> str:
    return f"quote the pattern: {line.quoted}" if line.value[:1] == "*" else ""


def _start(line: _Line) -> str:
    first = line.value[:1]
    if first in ("%", "@", "`") and line.lead.strip():
        return f"a value cannot begin with {first}, quote it: {line.quoted}"
    return ""


def _bracket(line: _Line) -> str:
    first = line.value[:1]
    if first not in ("[", "{") or not line.lead.strip():
        return ""
    return f"an unquoted {first} begins a YAML list or mapping, quote the command: {line.quoted}"


def _after_quote(line: _Line) -> str:
    if line.lead.strip() and re.match(QUOTED, line.value):
        return f"text follows a closing quote, quote the whole: {line.quoted}"
    return ""


def _colon(line: _Line) -> str:
    if "mapping values" in line.problem and ": " in line.value and line.lead.strip():
        return f"': ' makes a mapping, quote the value: {line.quoted}"
    return ""


def _quoted_key(line: _Line) -> str:
    """`- echo "Name: " $X "…": …`: a quote that ends in a colon makes what is before it a key."""
    if line.lead.strip() and re.search(r"""["']:? [^"']*["']|:["'] """, line.value):
        return f"quote the whole command: {line.quoted}" if ": " in line.value else ""
    return ""


def _comma(line: _Line) -> str:
    if re.search(r"""["'],$""", line.value):
        return "YAML wants no comma at the end of a line"
    return ""


def _curly(line: _Line) -> str:
    if any(mark in line.text for mark in "“”‘’"):
        return "curly quotes do not quote: type \" or ' instead"
    return ""


LOOKS: tuple[Callable[[_Line], str], ...] = (
    _tab,
    _escape,
    _comma,
    _glob,
    _start,
    _bracket,
    _after_quote,
    _colon,
    _quoted_key,
    _curly,
)
