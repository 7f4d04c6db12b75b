"""How a finding is mended where that is safe: the problem and the document in, an edit out. Pure.

A mend that cannot be sure gives None; what it gives is proven by reading the text again.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping

from localbuild.buildspec.fix.edit import Edit
from localbuild.buildspec.fix.shape import KEY, At, text_shape
from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode
from localbuild.documents.source import Source
from localbuild.documents.yaml_hints import single_quoted
from localbuild.errors import Problem

Mend = Callable[[Problem, Source, Node], Edit | None]
ALIKE = 0.85
_SUGGESTED = re.compile(r"did you mean '([^']+)'\?")
_SAFE = re.compile(r"[\w./@~$-]+")


def quote_command(problem: Problem, source: Source, root: Node) -> Edit | None:
    """`- echo Version: 1`, `- [ -f x ]`, `- ! grep x`: the rest of the line becomes text."""
    line, column = problem.place.line, problem.place.column
    item = next((i for i in _items(root) if _is_at(i, line, column)), None)
    if item is None:
        return None
    text = source.excerpt(line)
    start = item.place.column
    value = text[start - 1 :].rstrip()
    if (
        not value
        or value[0] in "'\"|>"
        or value.startswith("- ")
        or " #" in value
        or text[: start - 1].strip(" -")
    ):
        return None
    says = ((line, start), text_shape(value, quoted=True))
    end = start + len(value)
    return Edit(line=line, start=start, end=end, text=single_quoted(value), says=(says,))


def _is_at(item: Node, line: int, column: int) -> bool:
    return item.place.line == line and item.place.column <= column


def _items(node: Node) -> Iterator[Node]:
    for inner in _nodes(node):
        if isinstance(inner, SequenceNode):
            yield from inner.items


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, SequenceNode):
        for item in node.items:
            yield from _nodes(item)
    elif isinstance(node, MappingNode):
        for _, value in node.pairs:
            yield from _nodes(value)


def rename_key(problem: Problem, source: Source, root: Node) -> Edit | None:
    """A misspelt key becomes the one that is meant, if that one is not there yet."""
    found = _SUGGESTED.search(problem.suggestion)
    place = problem.place
    at = (place.line, place.column)
    name = found[1] if found else ""
    mapping, key = next(_keys(root, at), (None, None))
    if mapping is None or key is None or mapping.find(name) or not _is_misspelt(key.text, name):
        return None
    written = source.excerpt(place.line)[place.column - 1 :]
    if not written.startswith(key.text) or not _SAFE.fullmatch(key.text):
        return None
    end = place.column + len(key.text)
    says = ((at, (KEY, name)),)
    return Edit(line=place.line, start=place.column, end=end, text=name, says=says)


def _keys(root: Node, at: At) -> Iterator[tuple[MappingNode, ScalarNode]]:
    """The key at a place, and its mapping."""
    for node in _nodes(root):
        if isinstance(node, MappingNode):
            for key, _ in node.pairs:
                if (key.place.line, key.place.column) == at:
                    yield node, key


def _is_misspelt(word: str, name: str) -> bool:
    bare, other = (re.sub(r"[-_]", "", text).lower() for text in (word, name))
    return bare == other or difflib.SequenceMatcher(None, bare, other).ratio() >= ALIKE


def unquote_version(problem: Problem, source: Source, _: Node) -> Edit | None:
    """`version: "0.2"` in a batch."""
    place = problem.place
    end = place.column + place.length
    written = source.excerpt(place.line)[place.column - 1 : end - 1]
    version = written.strip("'\"")
    if written[:1] not in "'\"" or not re.fullmatch(r"0\.[12]", version):
        return None
    says = ((place.line, place.column), text_shape(version, quoted=False))
    return Edit(line=place.line, start=place.column, end=end, text=version, says=(says,))


def make_list(problem: Problem, source: Source, _: Node) -> Edit | None:
    """`exported-variables: TAG`."""
    place = problem.place
    end = place.column + place.length
    name = source.excerpt(place.line)[place.column - 1 : end - 1]
    if "list of one" not in problem.message or not re.fullmatch(r"\w+", name):
        return None
    shape = ("list", text_shape(name, quoted=False))
    says = ((place.line, place.column), shape)
    return Edit(line=place.line, start=place.column, end=end, text=f"[{name}]", says=(says,))


def add_pattern(problem: Problem, source: Source, root: Node) -> Edit | None:
    """`/**/*` behind the name of a directory that is to be cached."""
    place = problem.place
    at = (place.line, place.column)
    node = next((n for n in _nodes(root) if (n.place.line, n.place.column) == at), None)
    end = place.column + place.length
    written = source.excerpt(place.line)[place.column - 1 : end - 1]
    if not isinstance(node, ScalarNode) or written.strip("'\"") != node.text:
        return None
    path = f"{node.text.rstrip('/')}/**/*"
    says = ((at, text_shape(path, quoted=True)),)
    return Edit(line=place.line, start=place.column, end=end, text=single_quoted(path), says=says)


MENDS: Mapping[str, Mend] = {
    "LB009": quote_command,
    "LB103": rename_key,
    "LB104": rename_key,
    "LB105": quote_command,
    "LB109": make_list,
    "LB113": unquote_version,
    "LB401": add_pattern,
}
