"""The check for keys that are there twice, wherever they stand."""

from localbuild.buildspec.findings import Findings
from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode
from localbuild.documents.source import shown


def check_duplicates(node: Node, findings: Findings) -> None:
    """Warn about duplicate keys. Which one the service takes is not known; here the last one."""
    if isinstance(node, SequenceNode):
        for item in node.items:
            check_duplicates(item, findings)
    if not isinstance(node, MappingNode):
        return
    first: dict[str, ScalarNode] = {}
    for key, value in node.pairs:
        before = first.setdefault(key.text, key)
        if before is not key:
            lines = f"line {before.place.line} and line {key.place.line}"
            message = f"key '{shown(key.text)}' is there twice, in {lines}: the last one counts"
            findings.warn("LB008", message, key.place)
        check_duplicates(value, findings)
