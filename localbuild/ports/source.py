"""The source port: where a build's files come from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStats:
    """What went into the container."""

    files: int = 0
    size_bytes: int = 0
    warnings: tuple[str, ...] = ()


class Source(Protocol):
    """A tree of files on the host, read and never written."""

    def open_archive(self) -> Iterable[bytes]:
        """The tree as an uncompressed tar stream in pieces; files vanish and change meanwhile."""

    def stats(self) -> SourceStats:
        """What the last archive held; complete once it is read to its end."""
