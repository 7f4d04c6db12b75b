"""The files that a selection finds: each name once, and what is to be said of the others. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from localbuild.artifacts.nodes import Node
from localbuild.lines import plain
from localbuild.ports.collect import FoundFile

_SHOWN = 5
_TWICE = "several files have this name in the output, the last one by its path is taken"
_IN_THE_WAY = "left out: a folder has this name in the output, too"


class Match(NamedTuple):
    """A file that was found. `order` decides between two of one name: the larger one wins."""

    order: tuple[int, bytes]
    path: bytes
    node: Node
    link: bytes = b""


class Found:
    """What was found so far. `skip` remembers what is there and is not handed out, and why."""

    def __init__(self) -> None:
        self._matches: dict[bytes, Match] = {}
        self._said: dict[str, set[bytes]] = defaultdict(set)

    def add(self, name: bytes, match: Match) -> None:
        """A file of that name in the output."""
        other = self._matches.get(name)
        if other is not None and other.path != match.path:
            self.skip(_TWICE, name)
        if other is None or match.order > other.order:
            self._matches[name] = match

    def skip(self, why: str, path: bytes) -> None:
        """Something that is not handed out."""
        self._said[why].add(path)

    def files(self) -> tuple[FoundFile, ...]:
        """By name, bytewise; none of them lies below another one."""
        for name in _in_the_way(self._matches):
            self.skip(_IN_THE_WAY, name)
            del self._matches[name]
        return tuple(_file(name, self._matches[name]) for name in sorted(self._matches))

    def warnings(self) -> tuple[str, ...]:
        """One for each reason, with some of the names."""
        return tuple(f"{_some(paths)}: {why}" for why, paths in self._said.items())


def _in_the_way(names: Iterable[bytes]) -> set[bytes]:
    """Names that are also those of folders of others."""
    folders = {folder for name in names for folder in _folders(name)}
    return folders.intersection(names)


def _folders(name: bytes) -> Iterator[bytes]:
    while name := name.rpartition(b"/")[0]:
        yield name


def _file(name: bytes, match: Match) -> FoundFile:
    node = match.node
    return FoundFile(
        name=_text(name),
        path="/" + _text(match.path),
        size_bytes=0 if match.link else node.size_bytes,
        mode=node.mode,
        modified_s=node.modified_s,
        link=_text(match.link),
    )


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _some(paths: set[bytes]) -> str:
    shown = [plain(path.decode("utf-8", "replace")) for path in sorted(paths)[:_SHOWN]]
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(shown) + more
