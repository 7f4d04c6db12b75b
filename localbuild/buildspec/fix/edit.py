"""A change of one stretch of one line, and what the document says after it. Pure."""

from dataclasses import dataclass, field

from localbuild.buildspec.fix.shape import At, Shape, shape
from localbuild.documents.compose import compose
from localbuild.documents.nodes import Node
from localbuild.documents.source import Source, read_source
from localbuild.errors import BuildspecError


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Columns `start` to `end` (from 1, `end` excluded) of a line become `text`.

    `says`: the nodes that say something else after it, by their place before it.
    """

    line: int
    start: int
    end: int
    text: str
    says: tuple[tuple[At, Shape], ...] = field(default=())

    def apply(self, text: str) -> str:
        """The text with the change."""
        lines = text.split("\n")
        line = lines[self.line - 1]
        lines[self.line - 1] = line[: self.start - 1] + self.text + line[self.end - 1 :]
        return "\n".join(lines)


def read(text: str, file: str) -> tuple[Source, Node] | None:
    """A text as nodes, None where it cannot be read."""
    try:
        source = read_source(text.encode(), file)
        return source, compose(source)
    except BuildspecError:
        return None


def proven(edit: Edit, text: str, root: Node) -> str | None:
    """The text with the change, if it says afterwards just what was meant; else None."""
    changed = edit.apply(text)
    found = read(changed, "")
    if found is None or changed == text:
        return None
    wanted = shape(root, dict(edit.says))
    return changed if shape(found[1]) == wanted else None
