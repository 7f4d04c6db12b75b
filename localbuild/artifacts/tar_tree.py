"""A container's tree as its own tar gives it: what was taken, and what would have to be. Pure."""

import tarfile
from collections.abc import Iterable, Iterator, Mapping

from localbuild.artifacts.nodes import DIRECTORY, Kind, Node, is_within, joined

_MODES = 0o777


class UncoveredError(Exception):
    """What is asked can be answered only where `path` is taken, too."""

    def __init__(self, path: bytes) -> None:
        super().__init__(path)
        self.path = path


class TarTree:
    """Implements Tree over the members of archives of `tops`.

    Whoever asks for more of `source` meets UncoveredError: all of it is to be taken then. Of what
    lies elsewhere any name is a directory until it is listed: what leads there is told by its path.
    `contents` has the path of a file's contents by the path of each hard link to it.
    """

    def __init__(self, tops: Iterable[bytes], source: bytes) -> None:
        self.contents: dict[bytes, bytes] = {}
        self._tops = tuple(tops)
        self._source = source
        self._found: dict[bytes, dict[bytes, Node]] = {}
        self._put(source, DIRECTORY)

    def add(self, member: tarfile.TarInfo) -> None:
        """A member of an archive; one whose name no directory can have is left out."""
        path = member_path(member.name)
        if path:
            self._put(path, self._node(path, member))

    def entries(self, directory: bytes) -> Mapping[bytes, Node]:
        """What is in a directory. Raises UncoveredError, also when it is looked into."""
        found = self._found.get(directory, {})
        if any(is_within(directory, top) for top in self._tops):
            return found
        ways = (top for top in (*self._tops, self._source) if is_within(top, directory))
        asked = {_next(directory, top) for top in ways}
        return _Partial(directory, found, frozenset(asked), self._source)

    def _put(self, path: bytes, node: Node) -> None:
        while path:
            directory, _, name = path.rpartition(b"/")
            names = self._found.setdefault(directory, {})
            if node is DIRECTORY and name in names:
                return
            names[name] = node
            path, node = directory, DIRECTORY

    def _node(self, path: bytes, member: tarfile.TarInfo) -> Node:
        mode, modified_s = member.mode & _MODES, int(member.mtime)
        if member.isdir():
            return Node(Kind.DIRECTORY, 0, mode, modified_s)
        if member.issym():
            target = member.linkname.encode("utf-8", "surrogateescape")
            return Node(Kind.LINK, 0, mode, modified_s, target)
        if member.islnk():
            return self._hard_link(path, member_path(member.linkname))
        if member.isreg():
            return Node(Kind.FILE, member.size, mode, modified_s)
        return Node(Kind.OTHER)

    def _hard_link(self, path: bytes, other: bytes) -> Node:
        directory, _, name = other.rpartition(b"/")
        node = self._found.get(directory, {}).get(name, Node(Kind.OTHER))
        if node.kind is Kind.FILE:
            self.contents[path] = self.contents.get(other, other)
        return node


class _Partial(Mapping[bytes, Node]):
    """A directory of which `asked` are the only names that were looked for."""

    def __init__(
        self, path: bytes, found: Mapping[bytes, Node], asked: frozenset[bytes], source: bytes
    ) -> None:
        self._path = path
        self._found = found
        self._asked = asked
        self._source = source

    def __getitem__(self, name: bytes) -> Node:
        if name in self._found or name in self._asked:
            return self._found[name]
        if is_within(joined(self._path, name), self._source):
            raise UncoveredError(self._source)
        return DIRECTORY

    def __iter__(self) -> Iterator[bytes]:
        if not self._asked:
            raise UncoveredError(self._path)
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def member_path(name: str) -> bytes:
    """A member's path from the container's `/`; '' where it has parts that are no names."""
    path = name.strip("/").removeprefix("./").encode("utf-8", "surrogateescape")
    is_odd = b"\0" in path or not {b"", b".", b".."}.isdisjoint(path.split(b"/"))
    return b"" if is_odd else path


def _next(directory: bytes, top: bytes) -> bytes:
    """The name in a directory that leads to `top`."""
    return top[len(directory) :].lstrip(b"/").partition(b"/")[0]
