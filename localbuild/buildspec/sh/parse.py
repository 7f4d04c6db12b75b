"""Tokens to commands: reserved words, redirections, functions. Pure.

Source: POSIX, Shell Command Language, 2.4 Reserved Words, 2.10 Shell Grammar.
"""

import re
from functools import lru_cache

from localbuild.buildspec.sh.flow import LOOPS, BrokenError, Flow
from localbuild.buildspec.sh.lex import Kind, Token, Tokens, lex
from localbuild.buildspec.sh.model import Script

LONGEST = 20_000
"""A longer command is not looked into. The longest one known in the wild has 9,000 characters."""

_OPENERS = {"if": "test", "while": "test", "until": "test", "{": "body", "case": "words"}
_OPENERS |= {"for": "words", "select": "words"}
_CLOSERS = {"fi": "if", "done": "do", "esac": "case", "}": "{"}
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(\[[^]]*\])?\+?=")
_REDIRECTS = ("<<<", "<<-", "<<", ">>", "<&", ">&", "&>>", "&>", "<>", ">|", "<", ">")
_NEXT_PATTERN = (";;", ";&", ";;&")


@lru_cache(maxsize=512)
def parse(text: str) -> Script:
    """The commands of a text; never raises. Too long a text has none."""
    if len(text) > LONGEST:
        return Script(text=text)
    tokens = lex(text)
    parser = _Parser(tokens)
    broken, line = "", 0
    try:
        parser.run()
    except BrokenError as error:
        broken, line = error.what, error.line
    if tokens.broken:
        broken, line = f"{tokens.broken} without its end", tokens.broken_line
    return Script(
        text=text,
        commands=tuple(draft.done() for draft in parser.flow.drafts),
        functions=tuple(parser.functions),
        documents=tuple(tokens.documents),
        broken=broken,
        broken_line=line,
    )


class _Parser:
    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens.tokens
        self.is_cut = bool(tokens.broken)
        self.at = 0
        self.flow = Flow()
        self.functions: list[str] = []
        self.wants_target = False
        self.wants_name = False
        self.wants_body = False

    def run(self) -> None:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.kind is Kind.WORD:
                self._word(token)
            elif token.kind is Kind.NEWLINE:
                self._end("\n", token)
            else:
                self._operator(token)
        if not self.is_cut:
            self.flow.end("\n", 0)
            self.flow.refuse_open()

    def _word(self, token: Token) -> None:
        current, frame = self.flow.current, self.flow.frame
        if self.wants_target:
            self.wants_target = False
            if current:
                current.redirects[-1] += token.text
        elif self.wants_name:
            self._function(token.text)
        elif frame.part in ("words", "patterns"):
            self._in_head(token)
        elif current is None and self._reserved(token):
            return
        else:
            self._into_command(token)

    def _in_head(self, token: Token) -> None:
        """Between `for` and `do`, `case` and `in`, `in` and the `)` of a pattern."""
        frame = self.flow.frame
        if frame.kind == "case":
            if frame.part == "words" and token.text == "in":
                frame.part = "patterns"
            elif frame.part == "patterns" and token.text == "esac":
                self.flow.close("case", token.text, token.line)
        elif frame.after and token.text == "do":
            frame.part = "body"
        elif frame.after:
            raise BrokenError(f"'{frame.kind}' without 'do'", frame.line)

    def _reserved(self, token: Token) -> bool:
        word = token.text
        if word in _OPENERS and not self.flow.frame.element:
            self.flow.open(word, _OPENERS[word], token.line, is_function=self.wants_body)
            self.wants_body = False
        elif word in _CLOSERS:
            self.flow.close(_CLOSERS[word], word, token.line)
        elif word in ("then", "elif", "else", "do"):
            self._switch(word, token)
        elif word == "!":
            self.flow.frame.negated = True
        elif word == "function":
            self.wants_name = True
        elif word != "time":
            return False
        return True

    def _switch(self, word: str, token: Token) -> None:
        self.flow.end("\n", token.line)
        frame = self.flow.frame
        wanted = "body" if word in ("elif", "else") else "test"
        is_right = frame.kind in LOOPS if word == "do" else frame.kind == "if"
        if not is_right or frame.part != wanted:
            raise BrokenError(f"'{word}' is not expected here", token.line)
        self.flow.branch("test" if word == "elif" else "body")

    def _into_command(self, token: Token) -> None:
        if self.flow.current is None and self.flow.frame.element:
            raise BrokenError(f"'{token.text[:40]}' is not expected here", token.line)
        draft = self.flow.current or self.flow.begin(token.line)
        if not draft.words and _ASSIGNMENT.match(token.text):
            draft.assignments.append(token.text)
        else:
            draft.words.append(token.text)

    def _operator(self, token: Token) -> None:
        text = token.text
        if text in _REDIRECTS:
            self._redirect(token)
        elif text == "(":
            self._parenthesis(token)
        elif text == ")":
            self._closing(token)
        elif text in (";", "&", *_NEXT_PATTERN):
            self._end(text, token)
        elif self.flow.frame.part != "patterns":
            self.flow.join(text, token.line)

    def _redirect(self, token: Token) -> None:
        flow = self.flow
        if flow.current is None and not flow.frame.element:
            flow.begin(token.line)
        if draft := flow.current:
            before = self.tokens[self.at - 2] if self.at > 1 else token
            is_number = before.end == token.start and before.text.isdigit() and draft.words
            draft.redirects.append((draft.words.pop() if is_number else "") + token.text)
        self.wants_target = True

    def _parenthesis(self, token: Token) -> None:
        if self.flow.frame.part == "patterns":
            return
        following = self.tokens[self.at].text if self.at < len(self.tokens) else ""
        draft = self.flow.current
        if following == ")" and (draft or self.wants_body):
            self.at += 1
            if draft and draft.words:
                self._function(self.flow.drop())
        elif draft:
            raise BrokenError("'(' is not expected here", token.line)
        else:
            self.flow.open("(", "body", token.line, is_function=self.wants_body)
            self.wants_body = False

    def _function(self, name: str) -> None:
        self.functions.append(name)
        self.wants_name, self.wants_body = False, True

    def _closing(self, token: Token) -> None:
        if self.flow.frame.part == "patterns":
            self.flow.frame.part = "body"
        else:
            self.flow.close("(", ")", token.line)

    def _end(self, text: str, token: Token) -> None:
        frame = self.flow.frame
        if frame.part in ("words", "patterns"):
            frame.after = text
        elif text in _NEXT_PATTERN and frame.kind != "case":
            raise BrokenError(f"'{text}' is not expected here", token.line)
        elif text in _NEXT_PATTERN:
            self.flow.end("\n", token.line)
            self.flow.branch("patterns")
        else:
            self.flow.end(text, token.line)
