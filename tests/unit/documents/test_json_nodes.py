"""JSON as nodes: the same as YAML's where both can read it, with places, within bounds."""

import pytest

from localbuild.documents.json_nodes import json_nodes
from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode
from localbuild.documents.source import read_source
from localbuild.errors import BuildspecError


def nodes(text: str) -> Node:
    """The nodes of a text."""
    return json_nodes(read_source(text.encode(), "t.json"))


def plain(node: Node) -> object:
    """A node without places."""
    if isinstance(node, MappingNode):
        return {key.text: plain(value) for key, value in node.pairs}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.items]
    return None if node.is_null else node.text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{}", {}),
        (" [ ] ", []),
        ('{"a": [1, -2.5e3, true, null, "null"]}', {"a": ["1", "-2.5e3", "true", None, "null"]}),
        ('{\t"a":\t{"b"\n:\r\n"c"}}', {"a": {"b": "c"}}),
        ('"\\u00e9\\ud83d\\ude00\\/\\n\\""', '\u00e9\U0001f600/\n"'),
        ('"\u00e9\U0001f600"', "\u00e9\U0001f600"),
    ],
)
def test_a_text(text: str, found: object) -> None:
    assert plain(nodes(text)) == found


def test_places() -> None:
    root = nodes('{\n  "a": [1,\n    "xyz"]}')
    assert isinstance(root, MappingNode)
    (key, value) = root.pairs[0]
    assert isinstance(value, SequenceNode)
    places = [(n.place.line, n.place.column, n.place.length) for n in (key, value, *value.items)]
    assert places == [(2, 3, 3), (2, 8, 1), (2, 9, 1), (3, 5, 5)]
    assert isinstance(value.items[1], ScalarNode)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "here a JSON value must stand"),
        ("[1 2]", 1, "here ',' or ']' must stand"),
        ("[1,]", 1, "here a JSON value must stand"),
        ("{\n1: 2}", 2, "here a key in double quotes must stand"),
        ('{"a" 1}', 1, "here a ':' must stand"),
        ('{"a": 1,}', 1, "here a key in double quotes must stand"),
        ('["a\nb"]', 1, "this text has no end on its line, or holds a control character"),
        ('["\\x"]', 1, "this text holds an escape that stands for no character"),
        ('["\\ud83d"]', 1, "this text holds an escape that stands for no character"),
        ('["\\u0000"]', 1, "this value holds a character that no program can be given"),
        ("{} {}", 1, "something follows the end of the JSON value"),
        ("[" * 70 + "]" * 70, 1, "nested deeper than 64 levels"),
        ("01", 1, "something follows the end of the JSON value"),
    ],
)
def test_what_is_no_json(text: str, line: int, message: str) -> None:
    with pytest.raises(BuildspecError) as raised:
        nodes(text)
    (problem,) = raised.value.problems
    assert (problem.message, problem.place.line) == (message, line)
