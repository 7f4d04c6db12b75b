"""libyaml and the pure-Python parser give the same nodes, and scalars survive a round trip.

Not everything is accepted by both: libyaml takes tabs between the tokens of JSON and a comment
right after `|`, PyYAML's own parser does not. What both accept is the same.
"""

import json
from pathlib import Path

import yaml
from hypothesis import given
from hypothesis import strategies as st

from localbuild.buildspec.read import read_buildspec
from localbuild.documents.compose import compose, parse_nodes
from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode
from localbuild.documents.source import read_source
from localbuild.errors import BuildspecError

GOLDEN = Path(__file__).parents[2] / "golden" / "lint"

PIECES = [
    *("a", "b: ", "- ", "  ", "\n", "\n  ", "\n    ", "'", '"', "#", " # ", "&a ", "*a", "[", "]"),
    *("{", "}", ", ", "? ", ": ", "!!str ", "!x ", "<<: ", "~", "0.2", "---\n", "...\n", "\r\n"),
    *("%", "@", "é", "\\", "version: 0.2\n", "phases:\n", "commands:\n", " \n", "|\n", ">-\n", "|"),
]
YAML_LIKE = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def told(node: Node) -> object:
    """Nodes as values with their places; the place of what is empty is not compared."""
    if isinstance(node, MappingNode):
        return {str(told(key)): told(value) for key, value in node.pairs}
    if isinstance(node, SequenceNode):
        return [told(item) for item in node.items]
    where = (node.place.line, node.place.column) if node.text else None
    return node.text, node.plain, node.anchor, where


def outcome(text: bytes, loader: type) -> object:
    """The nodes, or that there are none."""
    try:
        return told(compose(read_source(text, "f"), loader))
    except BuildspecError:
        return "refused"


@given(YAML_LIKE)
def test_both_parsers_give_the_same_nodes(text: str) -> None:
    ours, fast = (outcome(text.encode(), kind) for kind in (yaml.SafeLoader, yaml.CSafeLoader))
    assert "refused" in (ours, fast) or ours == fast


def test_both_parsers_agree_on_the_golden_files() -> None:
    files = [path for path in sorted(GOLDEN.rglob("*.yml")) if b"\t" not in path.read_bytes()]
    assert len(files) > 60
    for path in files:
        data = path.read_bytes()
        fast = outcome(data, yaml.CSafeLoader)
        assert outcome(data, yaml.SafeLoader) == fast, path.name


def refusal_of(data: bytes, *, batch: bool) -> BuildspecError | None:
    try:
        read_buildspec(data, "f", batch=batch)
    except BuildspecError as error:
        return error
    return None


@given(st.binary(max_size=200) | YAML_LIKE.map(str.encode) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_buildspec_or_a_buildspec_error(data: bytes) -> None:
    for batch in (False, True):
        error = refusal_of(data, batch=batch)
        problems = error.problems if error else ()
        assert (error is None) == (problems == ())
        assert all(problem.place.line >= 1 and problem.message for problem in problems)


PRINTABLE = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co"), whitelist_characters="\t\n"),
    max_size=60,
)


@given(PRINTABLE.filter(lambda text: text.isascii() or "\ufeff" not in text))
def test_a_quoted_scalar_comes_back_as_it_was(text: str) -> None:
    node = parse_nodes(json.dumps([text], ensure_ascii=False).encode(), "f")
    assert isinstance(node, SequenceNode)
    assert isinstance(node.items[0], ScalarNode)
    assert node.items[0].text == text


@given(st.from_regex(r"\A[A-Za-z0-9_.+-]{1,20}\Z"))
def test_a_value_comes_back_as_it_was(text: str) -> None:
    for written in (f"'{text}'", f'"{text}"', f"x{text}"):
        data = f"version: 0.2\nenv: {{variables: {{A: {written}}}}}\n".encode()
        (variable,) = read_buildspec(data, "f").env.variables
        assert str(variable.value) == written.strip("'\"")


@given(st.recursive(st.just("x"), lambda inner: st.lists(inner, max_size=3), max_leaves=20))
def test_lists_keep_their_shape(value: object) -> None:
    def shape(node: Node) -> object:
        assert not isinstance(node, MappingNode)
        if isinstance(node, SequenceNode):
            return [shape(item) for item in node.items]
        return node.text

    assert shape(parse_nodes(json.dumps(value).encode(), "f")) == value
