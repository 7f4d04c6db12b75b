"""The source port: where a build's files come from.

Promises that every implementation keeps (tests/contracts/source_contract.py):

- The archive is an uncompressed tar: names relative to the tree and without `./`, no member for
  the tree's root, a directory before what is in it, everything owned by root, links as links.
- Each `open_archive` reads the tree anew, and the same tree gives the same bytes. Leaving it
  unread or half read is safe. Nothing is read before the first piece is asked for.
- The tree on the host is never changed. Files may vanish and change meanwhile: the archive is
  well-formed all the same, and what was lost is a warning.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStats:
    """What went into the container: files and links, the bytes of their contents."""

    files: int = 0
    size_bytes: int = 0
    warnings: tuple[str, ...] = ()


class Source(Protocol):
    """A tree of files on the host, read and never written."""

    def open_archive(self) -> Iterable[bytes]:
        """The tree as a tar stream in pieces of about a megabyte. Raises UsageError on reading."""

    def hash_files(self, patterns: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """(path, SHA-256 in hex) of each file of the tree that a glob matches, bytewise by path.

        Globs are relative to the tree's root; `*` stays in one part of a path, `**` does not. Only
        files that the archive would hold count; links do not. Raises UsageError on reading.
        """

    def stats(self) -> SourceStats:
        """What the last archive held; complete once it is read to its end."""


class NoSource:
    """An empty tree: before the build's own source is there, or where it has none."""

    def open_archive(self) -> Iterable[bytes]:
        """An archive without members."""
        return (bytes(1024),)

    def hash_files(self, patterns: Sequence[str]) -> tuple[tuple[str, str], ...]:  # noqa: ARG002
        """Nothing to hash."""
        return ()

    def stats(self) -> SourceStats:
        """Nothing was copied."""
        return SourceStats()
