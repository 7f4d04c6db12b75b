"""YAML text becomes nodes: scalars as written, places, anchors, merge keys, odd file forms."""

import json

import pytest

from localbuild.documents.compose import parse_nodes
from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode


def nodes(text: str | bytes) -> Node:
    return parse_nodes(text.encode() if isinstance(text, str) else text, "b.yml")


def plain(node: Node) -> object:
    """Nodes as Python values, scalars as their text."""
    if isinstance(node, MappingNode):
        return {key.text: plain(value) for key, value in node.pairs}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.items]
    return node.text


def scalar(text: str) -> ScalarNode:
    node = nodes(f"a: {text}\n")
    assert isinstance(node, MappingNode)
    value = node.find("a")
    assert isinstance(value, ScalarNode)
    return value


@pytest.mark.parametrize(
    "text",
    [
        "3.10",
        "1.20",
        "007",
        "0x1F",
        "1e3",
        "NO",
        "yes",
        "true",
        "on",
        "~",
        "null",
        "190:20:30",
        "2001-01-01",
        ".inf",
        "1_000",
        "=",
        "0o14",
    ],
)
def test_a_plain_scalar_is_what_is_written(text: str) -> None:
    assert scalar(text).text == text
    assert scalar(text).plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'it''s'", "it's"),
        ('"a\\tb"', "a\tb"),
        ('"0.2"', "0.2"),
        ("'null'", "null"),
        ("!!str 12", "12"),
        ("! ~", "~"),
        ("|\n  one\n  two\n", "one\ntwo\n"),
        ("|-\n  one\n\n  two\n", "one\n\ntwo"),
        (">\n  one\n  two\n\n  three\n", "one two\nthree\n"),
    ],
)
def test_a_quoted_or_block_scalar_is_its_content(text: str, value: str) -> None:
    node = scalar(text)
    assert (node.text, node.plain, node.is_null) == (value, False, False)


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL", "# nothing"])
def test_nulls(text: str) -> None:
    assert scalar(text).is_null


@pytest.mark.parametrize("text", ["nULL", "none", "nil", "''", '""', "0"])
def test_what_is_not_null(text: str) -> None:
    assert not scalar(text).is_null


def test_places_count_from_one() -> None:
    node = nodes("one:\n  - first\n  - 'second'\n")
    assert isinstance(node, MappingNode)
    (key, value), *_ = node.pairs
    assert isinstance(value, SequenceNode)
    spots = [key.place, *(item.place for item in value.items)]
    assert [(p.line, p.column, p.length) for p in spots] == [(1, 1, 3), (2, 5, 5), (3, 5, 8)]
    assert key.place.file == "b.yml"


def test_columns_count_characters_not_bytes() -> None:
    node = nodes("é😀: x\n")
    assert isinstance(node, MappingNode)
    assert node.pairs[0][1].place.column == 5


def test_a_scalar_over_lines_reaches_to_the_end_of_its_first_line() -> None:
    node = nodes("a: one\n  two\n")
    assert isinstance(node, MappingNode)
    assert node.pairs[0][1].place.length == 3


def test_a_byte_order_mark_is_no_text() -> None:
    node = nodes(b"\xef\xbb\xbfa: 1\n")
    assert plain(node) == {"a": "1"}
    assert node.place.column == 1


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_any_line_end_is_one_line_end(end: str) -> None:
    text = "a: |\n  one\n  two\nb: 'x\n  y'\nc: z\n".replace("\n", end)
    assert plain(nodes(text)) == {"a": "one\ntwo\n", "b": "x y", "c": "z"}


def test_json_is_yaml() -> None:
    document = {"version": "0.2", "list": [1, 2.5, True, None, "a: b", 'q"\\'], "empty": {}}
    expected = {
        "version": "0.2",
        "list": ["1", "2.5", "true", "null", "a: b", 'q"\\'],
        "empty": {},
    }
    for indent in (None, 2, "\t"):
        assert plain(nodes(json.dumps(document, indent=indent))) == expected


def test_an_empty_file_is_null() -> None:
    for text in ("", "\n\n", "# nothing\n", "---\n", "---\n...\n"):
        node = nodes(text)
        assert isinstance(node, ScalarNode)
        assert node.is_null


def test_aliases_are_what_they_refer_to() -> None:
    assert plain(nodes("a: &x [1, 2]\nb: *x\nc: {d: *x}\n")) == {
        "a": ["1", "2"],
        "b": ["1", "2"],
        "c": {"d": ["1", "2"]},
    }


def test_an_anchor_may_be_given_again() -> None:
    assert plain(nodes("- &x one\n- *x\n- &x two\n- *x\n")) == ["one", "one", "two", "two"]


def test_merge_keys_yield_to_the_keys_of_the_mapping() -> None:
    text = "base: &b {a: 1, c: 1}\nmore: &m {c: 2, d: 2}\nall:\n  a: own\n  <<: [*b, *m]\n"
    found = plain(nodes(text))
    assert isinstance(found, dict)
    assert found["all"] == {"a": "own", "c": "1", "d": "2"}


def test_a_quoted_merge_key_is_a_key() -> None:
    assert plain(nodes("'<<': x\n")) == {"<<": "x"}


def test_duplicate_keys_are_kept_and_the_last_one_is_found() -> None:
    node = nodes("a: 1\nb: 2\na: 3\n")
    assert isinstance(node, MappingNode)
    assert [key.text for key, _ in node.pairs] == ["a", "b", "a"]
    assert plain(node.find("a") or node) == "3"
    assert node.find("z") is None
