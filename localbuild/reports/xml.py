"""XML that a build has written, read as a stream and without trust. Pure.

A DOCTYPE is passed over where it only names a document, as those of JaCoCo and NUnit do: nothing is
loaded. One with declarations of its own is refused, and with it every entity that is not XML's own.
Depth, elements and sizes are limited; every fault is a FormatError that has the line.
Source: XML 1.0, 2.8 and 4.4.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from xml.parsers import expat

from localbuild.ports.mask import NO_MASK, Mask
from localbuild.reports.model import FormatError
from localbuild.reports.xml_bytes import with_known_encoding

MAX_DEPTH = 100
MAX_ELEMENTS = 1_500_000
MAX_KEPT = 5_000
MAX_TEXT = 16_384
MAX_TOKEN_BYTES = 8 * 1024 * 1024
_CHUNK_BYTES = 1 << 18
_EXPECTED = re.compile(r"[^A-Za-z0-9_.:\-]")


@dataclass(slots=True)
class Element:
    """An element: its name without a prefix, its text up to MAX_TEXT characters.

    `children` are those of a whole one. There may be a million: whoever makes one gives it all.
    """

    name: str
    attributes: dict[str, str]
    text: str
    children: list["Element"]

    def get(self, name: str) -> str:
        """An attribute, '' where it is not there."""
        return self.attributes.get(name, "")

    def find(self, *names: str) -> "Element | None":
        """The first element below, on the way of these names."""
        found: Element | None = self
        for name in names:
            children = found.children if found else _NO_CHILDREN
            found = next((child for child in children if child.name == name), None)
        return found

    def text_of(self, *names: str) -> str:
        """The text of such an element, '' where it is not there."""
        found = self.find(*names)
        return found.text if found else ""


_NO_CHILDREN: list[Element] = []
"""Of all elements that are told of as they begin: nobody adds to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What to read of a document: one of `roots`, and below it the elements that matter.

    Elements of `opened` are told of as they begin and end, those of `whole` at their end, with all
    that is in them. Everything else is passed over.
    """

    roots: tuple[str, ...]
    opened: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()


class Parser(Protocol):
    """What is used of expat's parser."""

    CurrentLineNumber: int


Step = tuple[bool, Element]
"""An element that begins (True; of `opened` only) or has ended (False)."""


def read_steps(data: bytes, shape: Shape, mask: Mask = NO_MASK) -> Iterator[Step]:
    """The elements of a document in its order. Raises FormatError, also in the middle.

    A text that is cut is masked before: a part of a secret could not be found any more.
    """
    text, encoding = with_known_encoding(data)
    parser = expat.ParserCreate(encoding)
    reading = _Reading(parser, shape, mask)
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.characters
    parser.StartDoctypeDeclHandler = reading.doctype
    view = memoryview(text)
    for at in range(0, len(view) + 1, _CHUNK_BYTES):
        _parse(parser, view[at : at + _CHUNK_BYTES], at + _CHUNK_BYTES > len(view))
        if min(at + _CHUNK_BYTES, len(view)) - parser.CurrentByteIndex > MAX_TOKEN_BYTES:
            raise FormatError(f"line {parser.CurrentLineNumber}: a tag or a comment without end")
        yield from reading.take()


def _parse(parser: expat.XMLParserType, piece: memoryview, last: bool) -> None:
    try:
        parser.Parse(bytes(piece), last)
    except expat.ExpatError as error:
        raise FormatError(f"line {error.lineno}: {expat.ErrorString(error.code)}") from None
    except (LookupError, UnicodeError) as error:
        raise FormatError(f"cannot be decoded: {error}") from None


class _Reading:
    """The parser's callbacks: which elements are kept, and how deep we are in them."""

    def __init__(self, parser: Parser, shape: Shape, mask: Mask) -> None:
        self._parser = parser
        self._shape = shape
        self._mask = mask
        self._path: list[Element | None] = []
        self._steps: list[Step] = []
        self._elements = 0
        self._kept = 0
        self._whole_at = 0

    def take(self) -> list[Step]:
        """What has come since the last time."""
        steps, self._steps = self._steps, []
        return steps

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._elements += 1
        if self._elements > MAX_ELEMENTS or len(self._path) >= MAX_DEPTH:
            self._refuse_size()
        if ":" in name:
            name = name.rpartition(":")[2]
        if not self._path and name not in self._shape.roots:
            raise FormatError(wrong_root(self._shape.roots[0], name))
        self._path.append(self._element(name, attributes))

    def end(self, _: str) -> None:
        """An element is over."""
        element = self._path.pop()
        if element is not None and len(element.text) >= MAX_TEXT:
            element.text = self._mask.begin(element.text)
        if self._whole_at:
            if len(self._path) >= self._whole_at:
                return
            self._whole_at = 0
        if element is not None:
            self._steps.append((False, element))

    def characters(self, text: str) -> None:
        """Text, or a piece of it."""
        element = self._path[-1] if self._path else None
        if element is not None and len(element.text) < MAX_TEXT:
            element.text += text[: MAX_TEXT - len(element.text)]

    def doctype(self, *declared: object) -> None:
        """A DOCTYPE: its name, where it points, which is not looked at, and whether it has more."""
        if declared[-1]:
            line = self._parser.CurrentLineNumber
            raise FormatError(f"line {line}: a DOCTYPE with declarations is not read")

    def _element(self, name: str, attributes: dict[str, str]) -> Element | None:
        if self._whole_at:
            return self._child(name, attributes)
        if name in self._shape.whole:
            self._whole_at = len(self._path) + 1
            self._kept = 0
            return Element(name, attributes, "", [])
        if name not in self._shape.opened:
            return None
        element = Element(name, attributes, "", _NO_CHILDREN)
        self._steps.append((True, element))
        return element

    def _child(self, name: str, attributes: dict[str, str]) -> Element | None:
        """An element in a whole one; of too many the rest is passed over."""
        parent = self._path[-1]
        self._kept += 1
        if parent is None or self._kept > MAX_KEPT:
            return None
        element = Element(name, attributes, "", [])
        parent.children.append(element)
        return element

    def _refuse_size(self) -> None:
        what = f"more than {MAX_ELEMENTS:,} elements"
        if len(self._path) >= MAX_DEPTH:
            what = f"nested deeper than {MAX_DEPTH} levels"
        raise FormatError(f"line {self._parser.CurrentLineNumber}: {what}")


def wrong_root(expected: str, found: str) -> str:
    """The service's words for a document of another kind. Source: logs of builds."""
    name = _EXPECTED.sub("?", found[:100])
    return f"expected element type <{expected}> but have <{name}>"
