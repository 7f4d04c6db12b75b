"""Picking values out of checked nodes: absent, null and empty are all the same here."""

from localbuild.buildspec.model import Text, Variable
from localbuild.buildspec.scalars import parse_bool
from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode


def child(node: Node | None, name: str) -> Node | None:
    """The value of a key; None where there is none, or a null."""
    found = node.find(name) if isinstance(node, MappingNode) else None
    return None if found is None or found.is_null else found


def entries(node: Node | None) -> tuple[tuple[ScalarNode, Node], ...]:
    """A mapping's pairs in the order of the file; of a duplicate key the last one's value."""
    if not isinstance(node, MappingNode):
        return ()
    return tuple({key.text: (key, value) for key, value in node.pairs}.values())


def items(node: Node | None) -> tuple[Node, ...]:
    """A list's items without its nulls; a scalar is a list of itself."""
    if isinstance(node, SequenceNode):
        return tuple(item for item in node.items if not item.is_null)
    return (node,) if isinstance(node, ScalarNode) and not node.is_null else ()


def as_text(node: Node) -> Text:
    """A scalar with its place; a null is empty text."""
    value = node.text if isinstance(node, ScalarNode) and not node.is_null else ""
    block = isinstance(node, ScalarNode) and node.block
    return Text(value=value, place=node.place, block=block)


def text(node: Node | None, name: str) -> Text | None:
    """The text of a key."""
    found = child(node, name)
    return as_text(found) if found else None


def texts(node: Node | None, name: str) -> tuple[Text, ...]:
    """The texts of a key that holds a list or one scalar."""
    return tuple(as_text(item) for item in items(child(node, name)))


def flag(node: Node | None, name: str) -> bool:
    """The boolean of a key, False where there is none."""
    found = child(node, name)
    return isinstance(found, ScalarNode) and parse_bool(found.text)


def variables(node: Node | None, name: str) -> tuple[Variable, ...]:
    """The names with values of a key."""
    pairs = entries(child(node, name))
    return tuple(Variable(name=as_text(key), value=as_text(value)) for key, value in pairs)
