"""JSON as the nodes that YAML becomes, each with its place; bounded like them.

Source: RFC 8259. Why not YAML's parser: it refuses tabs and paired surrogates, and JSON that tools
write may be larger than any file that people do.
"""

import json
import re
from typing import NoReturn

from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode
from localbuild.documents.source import Source, refuse
from localbuild.errors import Place

MAX_DEPTH = 64
MAX_NODES = 2_000_000

_SPACE = re.compile(r"[ \t\n]*")
_ATOM = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*+"')


def json_nodes(source: Source) -> Node:
    """The nodes of a JSON text. Raises BuildspecError with a place."""
    return _Reader(source).document()


class _Reader:
    """A text and how far it has been read; lines are counted as it goes on."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.at = 0
        self.line = 1
        self.line_start = 0
        self.counted = 0
        self.nodes = 0

    def document(self) -> Node:
        """The only value."""
        found = self._value(0)
        self._skip()
        if self.at < len(self.text):
            self._refuse("something follows the end of the JSON value")
        return found

    def _value(self, depth: int) -> Node:
        self._skip()
        self.nodes += 1
        if depth > MAX_DEPTH:
            self._refuse(f"nested deeper than {MAX_DEPTH} levels", "LB004")
        if self.nodes > MAX_NODES:
            self._refuse(f"the file holds more than {MAX_NODES} values", "LB003")
        match self.text[self.at : self.at + 1]:
            case "{":
                return self._mapping(depth)
            case "[":
                return self._sequence(depth)
            case '"':
                return self._string()
            case _:
                return self._atom()

    def _mapping(self, depth: int) -> Node:
        place = self._place(1)
        pairs: list[tuple[ScalarNode, Node]] = []
        self.at += 1
        while not self._ends("}", first=not pairs):
            self._skip()
            if self.text[self.at : self.at + 1] != '"':
                self._refuse("here a key in double quotes must stand")
            key = self._string()
            self._skip()
            if self.text[self.at : self.at + 1] != ":":
                self._refuse("here a ':' must stand")
            self.at += 1
            pairs.append((key, self._value(depth + 1)))
        return MappingNode(pairs=tuple(pairs), place=place)

    def _sequence(self, depth: int) -> Node:
        place = self._place(1)
        items: list[Node] = []
        self.at += 1
        while not self._ends("]", first=not items):
            items.append(self._value(depth + 1))
        return SequenceNode(items=tuple(items), place=place)

    def _ends(self, mark: str, *, first: bool) -> bool:
        """Whether the collection ends here; else what separates its parts is passed over."""
        self._skip()
        found = self.text[self.at : self.at + 1]
        if found == mark:
            self.at += 1
            return True
        if first:
            return False
        if found != ",":
            self._refuse(f"here ',' or '{mark}' must stand")
        self.at += 1
        return False

    def _string(self) -> ScalarNode:
        found = _STRING.match(self.text, self.at)
        if found is None:
            self._refuse("this text has no end on its line, or holds a control character")
        place = self._place(max(1, found.end() - self.at))
        text = found[0][1:-1]
        if "\\" in text:
            text = self._unescaped(found[0])
        self.at = found.end()
        return ScalarNode(text=text, place=place, plain=False)

    def _unescaped(self, written: str) -> str:
        try:
            text = json.loads(written)
            text.encode()
        except ValueError:
            self._refuse("this text holds an escape that stands for no character")
        if "\0" in text:
            self._refuse("this value holds a character that no program can be given", "LB011")
        return str(text)

    def _atom(self) -> Node:
        found = _ATOM.match(self.text, self.at)
        if found is None:
            self._refuse("here a JSON value must stand")
        node = ScalarNode(text=found[0], place=self._place(len(found[0])))
        self.at = found.end()
        return node

    def _skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        if found is not None:
            self.at = found.end()

    def _place(self, length: int) -> Place:
        """Where reading stands; it only ever goes on."""
        new = self.text.count("\n", self.counted, self.at)
        if new:
            self.line += new
            self.line_start = self.text.rfind("\n", self.counted, self.at) + 1
        self.counted = self.at
        return self.source.place(self.line, self.at - self.line_start + 1, length)

    def _refuse(self, message: str, code: str = "LB001") -> NoReturn:
        raise refuse(self.source.problem(code, message, self._place(1)))
