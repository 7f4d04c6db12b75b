"""Trees in memory for selections: what a container has, said in few words."""

from collections.abc import Mapping

from localbuild.artifacts.nodes import DIRECTORY, Kind, Node
from localbuild.artifacts.select import select
from localbuild.ports.collect import Selected, Selection

SOURCE = "/codebuild/output/src1/src"
FIFO = Node(Kind.OTHER)


def link(target: str) -> Node:
    """A link with that text."""
    return Node(Kind.LINK, target=target.encode())


def file(size: int = 3, mode: int = 0o644) -> Node:
    """A file of that size."""
    return Node(Kind.FILE, size, mode)


class Forest:
    """Implements Tree over paths: relative ones lie in the source's directory.

    `listed` remembers which directories were asked for.
    """

    def __init__(self, *names: str, **_: object) -> None:
        self._found: dict[bytes, dict[bytes, Node]] = {}
        self.listed: set[bytes] = set()
        self.put(SOURCE, DIRECTORY)
        for name in names:
            self.put(name, file())

    def put(self, name: str, node: Node) -> "Forest":
        """One more name, and the directories that it lies in."""
        path = (name if name.startswith("/") else f"{SOURCE}/{name}").strip("/").encode()
        while path:
            directory, _, last = path.rpartition(b"/")
            names = self._found.setdefault(directory, {})
            if node is DIRECTORY and last in names:
                break
            names[last] = node
            path, node = directory, DIRECTORY
        return self

    def entries(self, directory: bytes) -> Mapping[bytes, Node]:
        self.listed.add(directory)
        return self._found.get(directory, {})


def chosen(
    forest: Forest,
    *files: str,
    base: str = "",
    exclude: tuple[str, ...] = (),
    discard: bool = False,
    keep_links: bool = False,
) -> Selected:
    """What a selection of those patterns comes to."""
    return select(
        forest,
        Selection(
            directory=SOURCE,
            files=files,
            base_directory=base,
            exclude_paths=exclude,
            discard_paths=discard,
            keep_links=keep_links,
        ),
    )


def names(selected: Selected) -> list[str]:
    """The names in the output."""
    return [found.name for found in selected.files]
