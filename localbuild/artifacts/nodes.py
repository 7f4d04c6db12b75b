"""A container's tree as a selection sees it: directories by path, what is in them by name. Pure.

Paths are bytes from the container's `/`, without a slash in front and without links on the way.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import NamedTuple, Protocol


class Kind(Enum):
    """OTHER: sockets, FIFOs and devices, which are never opened."""

    FILE = auto()
    DIRECTORY = auto()
    LINK = auto()
    OTHER = auto()


class Node(NamedTuple):
    """What a name is. `mode` has permission bits alone; `target` is a link's text."""

    kind: Kind
    size_bytes: int = 0
    mode: int = 0o755
    modified_s: int = 0
    target: bytes = b""


DIRECTORY = Node(Kind.DIRECTORY)


class Tree(Protocol):
    """Lists directories; it may have been changed since by whoever is in the container."""

    def entries(self, directory: bytes) -> Mapping[bytes, Node]:
        """What is in a directory; nothing where it is none, or may not be read."""


def joined(directory: bytes, name: bytes) -> bytes:
    """A path in a directory; `b''` is the container's `/`."""
    return directory + b"/" + name if directory and name else directory or name


def is_within(path: bytes, place: bytes) -> bool:
    """Whether a path is a place, or lies below it."""
    return not place or path == place or path.startswith(place + b"/")
