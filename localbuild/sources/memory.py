"""A tree that is held in memory: what tests and demonstrations build."""

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from localbuild.container import tar
from localbuild.globs import Globs
from localbuild.ports.source import SourceStats


class MemorySource:
    """Files by path (`a/b.txt`); their directories exist, all times are the epoch."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = dict(sorted(files.items()))
        self._stats = SourceStats()

    def open_archive(self) -> Iterator[bytes]:
        """A file is a piece."""
        self._stats = SourceStats()
        for directory in sorted(self._directories()):
            yield tar.directory_header(os.fsencode(directory) + b"/", 0o755, 0)
        for path, data in self._files.items():
            yield (
                tar.file_header(os.fsencode(path), 0o644, len(data), 0)
                + data
                + tar.padding(len(data))
            )
        yield tar.END
        sizes = [len(data) for data in self._files.values()]
        self._stats = SourceStats(files=len(sizes), size_bytes=sum(sizes))

    def hash_files(self, patterns: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """(path, SHA-256) of each file that a glob matches."""
        globs = Globs(patterns)
        found = ((os.fsencode(path), path, data) for path, data in self._files.items())
        return tuple(
            (path, sha256(data).hexdigest())
            for encoded, path, data in sorted(found)
            if globs.takes(encoded)
        )

    def stats(self) -> SourceStats:
        """What the last archive held."""
        return self._stats

    def _directories(self) -> set[str]:
        found: set[str] = set()
        for path in self._files:
            while path := posixpath.dirname(path):
                found.add(path)
        return found
