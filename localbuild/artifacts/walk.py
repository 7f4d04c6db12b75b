"""Walks a container's tree for wanted files: what links within bounds lead to is taken. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from localbuild.artifacts.bounds import Bounds
from localbuild.artifacts.found import Found, Match
from localbuild.artifacts.links import text_within
from localbuild.artifacts.nodes import Kind, Node, Tree, is_within, joined
from localbuild.artifacts.patterns import Wanted
from localbuild.artifacts.resolve import Place, resolve
from localbuild.ports.collect import Selection

MAX_LINKED = 200_000
_MAX_DEPTH = 256
_MAX_PATH = 4095
_MAX_BYTES = 1 << 40

_OUT = "skipped: a link that leads out of the source directory"
_NOWHERE = "skipped: a link that leads nowhere"
_CIRCLE = "skipped: a link that leads back to where it is"
_SPECIAL = "skipped: neither a file nor a folder"
_DEEP = "skipped: too deep"
_LARGE = "skipped: larger than 1 TiB"


class TooManyError(Exception):
    """Links to folders lead to more names than anybody hands out: they can multiply them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a walk begins: a directory without links in its path, and what its names get in front.

    `number`: of two files with one name, that of the later walk wins.
    """

    path: bytes
    prefix: bytes = b""
    number: int = 0


class _Level(NamedTuple):
    """A directory on the way: `prefix` is how it was come to, `chain` what it lies in."""

    path: bytes
    prefix: bytes
    chain: tuple[bytes, ...]


class Walker:
    """Walks for one selection; all that it finds is in `found`."""

    def __init__(self, tree: Tree, bounds: Bounds, selection: Selection, most_linked: int) -> None:
        self.found = Found()
        self._tree = tree
        self._bounds = bounds
        self._keep_links = selection.keep_links and not selection.discard_paths
        self._discard = selection.discard_paths
        self._left = most_linked

    def walk(self, start: Start, wanted: Wanted) -> None:
        """Find what is wanted below a directory. Raises TooManyError."""
        stack = [_Level(start.path, b"", (start.path,))]
        while stack:
            level = stack.pop()
            names = self._tree.entries(level.path)
            if _is_linked(level, start.path):
                self.count(len(names))
            for name, node in names.items():
                below = self._visit(start, wanted, level, (level.prefix + name, name, node))
                if below is not None:
                    stack.append(below)

    def count(self, names: int) -> None:
        """Names in a directory that a link led to. Raises TooManyError."""
        self._left -= names
        if self._left < 0:
            raise TooManyError

    def _visit(
        self, start: Start, wanted: Wanted, level: _Level, item: tuple[bytes, bytes, Node]
    ) -> _Level | None:
        path, name, node = item
        takes = wanted.takes(path)
        if node.kind is Kind.DIRECTORY:
            leads = wanted.leads_into(path)
            return self._enter(level, path, joined(level.path, name)) if leads else None
        if node.kind is Kind.LINK:
            if takes or wanted.leads_into(path):
                return self._link(start, wanted, level, item)
        elif takes and node.kind is Kind.FILE:
            self._add(start, path, Place(path=joined(level.path, name), node=node))
        elif takes:
            self.found.skip(_SPECIAL, path)
        return None

    def _link(
        self, start: Start, wanted: Wanted, level: _Level, item: tuple[bytes, bytes, Node]
    ) -> _Level | None:
        path, name, node = item
        own = joined(level.path, name)
        takes = wanted.takes(path)
        place = resolve(self._tree, own)
        if place is not None and not self._bounds.has(place.path):
            self.found.skip(_OUT, path)
            return None
        if takes and (text := self._kept(start, own, path, (node, place))):
            self._add(start, path, Place(path=own, node=node), text)
            return None
        if place is None:
            self.found.skip(_NOWHERE, path)
        elif place.node.kind is Kind.DIRECTORY:
            if wanted.leads_into(path):
                return self._enter(level, path, place.path)
        elif takes and place.node.kind is Kind.FILE:
            self._add(start, path, place)
        elif takes:
            self.found.skip(_SPECIAL, path)
        return None

    def _kept(
        self, start: Start, own: bytes, path: bytes, link: tuple[Node, Place | None]
    ) -> bytes:
        """The text with which a link stays one; '' where what it leads to is to be taken.

        It must lead to what is in the output, from where it is in it.
        """
        if not self._keep_links or own != joined(start.path, path):
            return b""
        node, place = link
        if place is not None and not is_within(place.path, start.path):
            return b""
        return text_within(start.path, own, node.target, place.path if place else None)

    def _enter(self, level: _Level, path: bytes, real: bytes) -> _Level | None:
        if real in level.chain:
            self.found.skip(_CIRCLE, path)
        elif len(path) > _MAX_PATH or len(level.chain) > _MAX_DEPTH:
            self.found.skip(_DEEP, path)
        elif self._bounds.has(real):
            return _Level(real, path + b"/", (*level.chain, real))
        return None

    def _add(self, start: Start, path: bytes, place: Place, link: bytes = b"") -> None:
        if not self._bounds.has(place.path):
            return
        if place.node.size_bytes > _MAX_BYTES:
            self.found.skip(_LARGE, path)
            return
        name = path.rpartition(b"/")[2] if self._discard else start.prefix + path
        if len(name) > _MAX_PATH:
            self.found.skip(_DEEP, path)
            return
        order = (start.number, path)
        self.found.add(name, Match(order=order, path=place.path, node=place.node, link=link))


def _is_linked(level: _Level, start: bytes) -> bool:
    """Whether a link is on the way to it."""
    return level.path != joined(start, level.prefix[:-1])


def find_directories(
    tree: Tree, bounds: Bounds, start: bytes, wanted: Wanted, count: Callable[[int], None]
) -> list[tuple[bytes, bytes]]:
    """The directories below `start` that patterns match, sorted: relative to it, and really.

    `count` hears how many names are in each that a link led to, and may raise.
    """
    found = []
    stack = [_Level(start, b"", (start,))]
    while stack:
        level = stack.pop()
        names = tree.entries(level.path)
        if _is_linked(level, start):
            count(len(names))
        for name in names:
            path = level.prefix + name
            takes, leads = wanted.takes(path), wanted.leads_into(path)
            place = resolve(tree, joined(level.path, name)) if takes or leads else None
            if place is None or place.node.kind is not Kind.DIRECTORY:
                continue
            if not bounds.has(place.path) or place.path in level.chain:
                continue
            if takes:
                found.append((path, place.path))
            if leads:
                stack.append(_Level(place.path, path + b"/", (*level.chain, place.path)))
    return sorted(found)
