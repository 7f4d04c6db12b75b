"""YAML as a tree of our own values: every scalar as it is written, every node with its place."""

from dataclasses import dataclass

from localbuild.errors import Place

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""The plain scalars that YAML 1.1 reads as null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarNode:
    """A scalar's text after unquoting; `plain` means that it stood without quotes.

    `bang`: a `!` before it was read as a tag, and is not in the text. `tag`: a tag of the
    dialect's own, with its `!`. `block`: its lines are those after the one of its place.
    """

    text: str
    place: Place
    plain: bool = True
    anchor: str = ""
    bang: bool = False
    tag: str = ""
    block: bool = False

    @property
    def is_null(self) -> bool:
        """Whether YAML reads it as null."""
        return self.plain and self.text in NULLS


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceNode:
    """A list."""

    items: "tuple[Node, ...]"
    place: Place
    tag: str = ""

    is_null = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingNode:
    """A mapping as ordered pairs, duplicates included; merge keys are already resolved."""

    pairs: "tuple[tuple[ScalarNode, Node], ...]"
    place: Place
    tag: str = ""

    is_null = False

    def find(self, name: str) -> "Node | None":
        """The value of a key, the last one where the file has it twice; None without one."""
        return next((value for key, value in reversed(self.pairs) if key.text == name), None)


Node = ScalarNode | SequenceNode | MappingNode


def kind_of(node: Node) -> str:
    """What a node is, in the words of our messages."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    return "empty" if node.is_null else "a single value"
