"""What Terraform marks as sensitive: the values of variables that are not to be shown. Pure.

Source: Terraform, JSON output format: `sensitive_values` has the shape of `values`, with `true` in
place of whatever is sensitive, however much that is.
"""

from collections.abc import Iterator

from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode

_VALUE = "value"


def sensitive_values(values: Node, marks: Node | None) -> tuple[str, ...]:
    """The marked texts under `value`, the one key of a project that holds secrets.

    Others may be marked, too, as a whole block is for one of its values; a type or a buildspec is
    no secret, and a log without its words would be unreadable.
    """
    return tuple(text for text in _marked(values, marks, key="") if text)


def _marked(node: Node, marks: Node | None, key: str) -> Iterator[str]:
    if isinstance(node, ScalarNode):
        if key == _VALUE and not node.is_null and _is_true(marks):
            yield node.text
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.items):
            yield from _marked(item, _below(marks, number), key)
    else:
        for name, value in node.pairs:
            yield from _marked(value, _below(marks, name.text), name.text)


def _below(marks: Node | None, at: int | str) -> Node | None:
    """The marks of a part; where the whole is marked, each part is."""
    if isinstance(marks, SequenceNode) and isinstance(at, int):
        return marks.items[at] if at < len(marks.items) else None
    if isinstance(marks, MappingNode) and isinstance(at, str):
        return marks.find(at)
    return marks if _is_true(marks) else None


def _is_true(marks: Node | None) -> bool:
    return isinstance(marks, ScalarNode) and marks.plain and marks.text == "true"
