"""What a hostile index says, as plain data: its entries, and what must become of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

BASES = ("node_modules/**/*", "/root/.m2/**/*")
MTIME_NS = 1_700_000_000_000_000_000


class Outcome(Enum):
    """What must become of an entry list.

    REFUSED: of the whole of it nothing comes into the tree, the cache is a miss. SKIPPED: the paths
    in `skipped` do not come, each has its line, all others do. STRIPPED: files come without
    setuid, setgid and sticky, or nothing comes. RESTORED: all of it comes, it only looks hostile.
    """

    REFUSED = auto()
    SKIPPED = auto()
    STRIPPED = auto()
    RESTORED = auto()


class Line(NamedTuple):
    """One entry. `kind`: f file, s sparse file, d directory, l link, h hard link, or nonsense."""

    path: bytes
    kind: str
    mode: int = 0o644
    size: int = 0
    target: bytes = b""
    mtime_ns: int = MTIME_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One entry list, in the order in which its author writes it. `declared`: the cache's paths."""

    lines: tuple[Line, ...]
    outcome: Outcome = Outcome.REFUSED
    declared: tuple[str, ...] = BASES
    skipped: tuple[bytes, ...] = ()


Cases = Mapping[str, Hostile]


def a_file(path: bytes, mode: int = 0o644, size: int = 6) -> Line:
    """A file of few bytes."""
    return Line(path, "f", mode, size)


def a_directory(path: bytes, mode: int = 0o755) -> Line:
    """A directory."""
    return Line(path, "d", mode)


def a_link(path: bytes, target: bytes) -> Line:
    """A symbolic link."""
    return Line(path, "l", 0o777, 0, target)


def a_hard_link(path: bytes, target: bytes) -> Line:
    """One more name of the entry `target`."""
    return Line(path, "h", 0, 0, target)


GOOD = a_file(b"node_modules/good")


def refused(*lines: Line, declared: tuple[str, ...] = BASES) -> Hostile:
    """A list of which nothing may come, though a good file is in it."""
    return Hostile(lines=(GOOD, *lines), declared=declared)


def restored(*lines: Line) -> Hostile:
    """A list that must come whole."""
    return Hostile(lines=(GOOD, *lines), outcome=Outcome.RESTORED)


def skipped(*lines: Line, declared: tuple[str, ...] = BASES) -> Hostile:
    """A list of which only the good file comes."""
    paths = tuple(line.path for line in lines)
    return Hostile(lines=(GOOD, *lines), outcome=Outcome.SKIPPED, declared=declared, skipped=paths)
