"""Where a path of a container leads to: as its processes see it, never out of it. Pure."""

from collections import deque
from dataclasses import dataclass

from localbuild.artifacts.nodes import DIRECTORY, Kind, Node, Tree, joined

_MAX_LINKS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a path leads to: `path` has no links in it, `node` is no link."""

    path: bytes
    node: Node


def resolve(tree: Tree, path: bytes) -> Place | None:
    """Follow a path from the container's `/`; None where it leads nowhere, or in a circle."""
    way = _Way(path)
    while way.todo:
        part = way.todo.popleft()
        if part in (b"", b"."):
            continue
        if way.node.kind is not Kind.DIRECTORY:
            return None
        if part == b"..":
            way.at, way.node = way.at.rpartition(b"/")[0], DIRECTORY
        elif not way.step(part, tree.entries(way.at).get(part)):
            return None
    return Place(path=way.at, node=way.node)


class _Way:
    """How far a path has been followed, and what is left of it."""

    __slots__ = ("at", "links", "node", "todo")

    def __init__(self, path: bytes) -> None:
        self.at = b""
        self.node = DIRECTORY
        self.todo = deque(path.split(b"/"))
        self.links = 0

    def step(self, part: bytes, node: Node | None) -> bool:
        """Go to a name; a link's target is put before what is left."""
        if node is None:
            return False
        if node.kind is not Kind.LINK:
            self.at, self.node = joined(self.at, part), node
            return True
        self.links += 1
        if node.target.startswith(b"/"):
            self.at = b""
        self.todo.extendleft(reversed(node.target.split(b"/")))
        return self.links <= _MAX_LINKS
