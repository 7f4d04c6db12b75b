"""Where in the buildspec a check stands, and which rules hold there."""

from dataclasses import dataclass, replace
from typing import Unpack

from localbuild.buildspec.findings import Findings, Words
from localbuild.documents.nodes import MappingNode, Node, ScalarNode
from localbuild.documents.source import shown
from localbuild.errors import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """`path` is dotted, `key` the key whose value is looked at.

    `batch` checks for a batch build, which reads `version` more strictly; `versionless` accepts a
    file without one.
    """

    findings: Findings
    version: str
    path: str = ""
    key: ScalarNode | None = None
    batch: bool = False
    versionless: bool = False

    def below(self, name: str, key: ScalarNode) -> "Scope":
        """The scope of a key's value."""
        path = f"{self.path}.{shown(name)}" if self.path else shown(name)
        return replace(self, path=path, key=key)

    def place(self, node: Node) -> Place:
        """Where to point for a node: at its key if there is nothing to see of the node."""
        if isinstance(node, ScalarNode) and not node.text and self.key is not None:
            return self.key.place
        if isinstance(node, MappingNode) and node.pairs:
            return node.pairs[0][0].place
        return node.place

    def error(self, code: str, message: str, node: Node, **words: Unpack[Words]) -> None:
        """Note something that the service refuses."""
        self.findings.error(code, message, self.place(node), **words)

    def warn(self, code: str, message: str, node: Node, **words: Unpack[Words]) -> None:
        """Note something that the service accepts and a reader should know."""
        self.findings.warn(code, message, self.place(node), **words)
