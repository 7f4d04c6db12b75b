"""A shell text as tokens: words as they are written, operators, line ends. Pure.

Source: POSIX, Shell Command Language, 2.3 Token Recognition, 2.7.4 Here-Document; and the words of
bash that would be taken apart wrongly: `[[ … ]]`, `(( … ))`, arrays, `<( … )`.
"""

import re
from dataclasses import dataclass, field
from enum import Enum

from localbuild.buildspec.sh.quoting import UnfinishedError, past_mark, past_parentheses
from localbuild.buildspec.sh.words import literal

_BLANK = re.compile(r"(?:[ \t\r]|\\\n)+")
_PLAIN = re.compile(r"[^ \t\r\n;&|<>()\\'\"$`]+")
_OPERATOR = re.compile(r"&&|\|\||;;&|;;|;&|\|&|<<<|<<-|<<|>>|<&|>&|&>>|&>|<>|>\||[;&|<>()]")
_ARRAY = re.compile(r"[A-Za-z_]\w*\+?=")
_TEST_END = re.compile(r"\s\]\](?=[\s;&|)]|$)")
_ARITHMETIC = re.compile(r"\(\([^\n]{0,400}?\)\)(?!\))")


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    OPERATOR = "operator"
    NEWLINE = "newline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """`start` and `end` are offsets in the text, `line` counts from 0."""

    kind: Kind
    text: str
    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HereDocument:
    """`<<mark`; `line` is that of the operator. It may lack its end."""

    mark: str
    line: int
    ended: bool


@dataclass(slots=True, kw_only=True)
class Tokens:
    """What was read. `broken`: the mark that has no end, where reading stopped."""

    tokens: list[Token] = field(default_factory=list)
    documents: list[HereDocument] = field(default_factory=list)
    broken: str = ""
    broken_line: int = 0


def lex(text: str) -> Tokens:
    """All tokens of a text; never raises."""
    return _Lexer(text).read()


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 0
        self.found = Tokens()
        self.awaited: list[tuple[str, bool, int]] = []
        self.is_mark = ""

    def read(self) -> Tokens:
        try:
            while self.at < len(self.text):
                self._next()
        except UnfinishedError as error:
            self.found.broken = error.mark or "("
            self.found.broken_line = self.text.count("\n", 0, error.at)
        for mark, _, line in self.awaited:
            self.found.documents.append(HereDocument(mark=mark, line=line, ended=False))
        return self.found

    def _next(self) -> None:
        if blank := _BLANK.match(self.text, self.at):
            self.line += blank[0].count("\n")
            self.at = blank.end()
        elif self.text[self.at] == "\n":
            self._newline()
        elif self.text[self.at] == "#":
            end = self.text.find("\n", self.at)
            self.at = len(self.text) if end < 0 else end
        elif self._is_operator():
            self._operator()
        else:
            self._add(Kind.WORD, self._past_word())

    def _is_operator(self) -> bool:
        if self.text.startswith("((", self.at) and _ARITHMETIC.match(self.text, self.at):
            return False
        is_substitution = self.text[self.at : self.at + 2] in ("<(", ">(")
        return not is_substitution and self.text[self.at] in ";&|<>()"

    def _operator(self) -> None:
        found = _OPERATOR.match(self.text, self.at)
        text = found[0] if found else self.text[self.at]
        self.is_mark = text if text in ("<<", "<<-") else ""
        self._add(Kind.OPERATOR, self.at + len(text))

    def _newline(self) -> None:
        self._add(Kind.NEWLINE, self.at + 1)
        awaited, self.awaited = self.awaited, []
        for mark, tabs, line in awaited:
            self._document(mark, line, tabs=tabs)

    def _document(self, mark: str, line: int, *, tabs: bool) -> None:
        while self.at < len(self.text):
            end = self.text.find("\n", self.at)
            end = len(self.text) if end < 0 else end
            row = self.text[self.at : end]
            self.at = end + 1
            self.line += 1
            if (row.lstrip("\t") if tabs else row) == mark:
                self.found.documents.append(HereDocument(mark=mark, line=line, ended=True))
                return
        self.found.documents.append(HereDocument(mark=mark, line=line, ended=False))

    def _past_word(self) -> int:
        here, text = self.at, self.text
        if text.startswith("((", here):
            found = _ARITHMETIC.match(text, here)
            return found.end() if found else here + 2
        if text.startswith("[[", here) and text[here + 2 : here + 3].isspace():
            found = _TEST_END.search(text, here)
            return found.end() if found else len(text)
        while here < len(text):
            end = self._past_part(here)
            if end == here:
                break
            here = end
        return here

    def _past_part(self, here: int) -> int:
        """The end of the next part of the word, where it stands for its end."""
        if plain := _PLAIN.match(self.text, here):
            return plain.end()
        mark = self.text[here]
        if mark in "\\'\"$`":
            return past_mark(self.text, here)
        is_process = self.text[here : here + 2] in ("<(", ">(")
        if is_process and here == self.at:
            return past_parentheses(self.text, here + 1)
        if mark == "(" and _ARRAY.fullmatch(self.text, self.at, here):
            return past_parentheses(self.text, here)
        return here

    def _add(self, kind: Kind, end: int) -> None:
        end = min(end, len(self.text))
        text = self.text[self.at : end]
        token = Token(kind=kind, text=text, start=self.at, end=end, line=self.line)
        self.found.tokens.append(token)
        if kind is Kind.WORD and self.is_mark:
            self.awaited.append((literal(text), self.is_mark == "<<-", self.line))
            self.is_mark = ""
        self.line += text.count("\n")
        self.at = end
