"""What a document says, without its places: two texts that say the same have equal shapes. Pure."""

from collections.abc import Mapping

from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode

Shape = tuple[object, ...]
At = tuple[int, int]
"""Line and column of a node."""

NOTHING: Mapping[At, Shape] = {}


def shape(node: Node, instead: Mapping[At, Shape] = NOTHING) -> Shape:
    """The shape of a node, in which those at the given places have other shapes."""
    found = instead.get((node.place.line, node.place.column))
    if found is not None and found[0] != KEY:
        return found
    if isinstance(node, SequenceNode):
        return ("list", *(shape(item, instead) for item in node.items))
    if isinstance(node, MappingNode):
        pairs = ((_key(key, instead), shape(value, instead)) for key, value in node.pairs)
        return ("mapping", *pairs)
    return ("text", node.text, not node.plain, node.anchor, node.bang)


KEY = "key"


def _key(node: ScalarNode, instead: Mapping[At, Shape]) -> object:
    found = instead.get((node.place.line, node.place.column), (KEY, node.text))
    return found[1] if found[0] == KEY else node.text


def text_shape(text: str, *, quoted: bool) -> Shape:
    """The shape of a text."""
    return ("text", text, quoted, "", False)
