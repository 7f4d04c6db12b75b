"""A directory of the host as the source of a build."""

import os
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from localbuild.errors import UsageError
from localbuild.globs import Globs
from localbuild.ports.source import SourceStats
from localbuild.sources.hashing import TreeHasher
from localbuild.sources.levels import hide
from localbuild.sources.processes import Git
from localbuild.sources.selection import Choice, Selection, choose_files, choose_nested
from localbuild.sources.tally import Tally
from localbuild.sources.walk import TreeReader


class DirectorySource:
    """The files of `path`: those that git does not ignore, or all with `include_ignored`.

    `environment`: git's variables, None for this process's own. `left_out`: paths below `path`
    that are no part of the source.
    """

    def __init__(
        self,
        path: Path,
        include_ignored: bool = False,
        environment: Mapping[str, str] | None = None,
        left_out: Iterable[Path] = (),
    ) -> None:
        self._root = os.fsencode(path)
        self._include_ignored = include_ignored
        self._hidden = hide(os.fsencode(each.relative_to(path)) for each in left_out)
        self._git = Git(environment=environment)
        self._tally = Tally()

    def open_archive(self) -> Generator[bytes]:
        """The tree as a tar stream, as it is now. Raises UsageError where there is no directory."""
        self._tally = tally = Tally()
        choice = self._choose()
        tally.note(choice.note)
        reader = TreeReader(self._root, self._choose_nested, tally, self._hidden)
        with self._readable():
            yield from reader.read(choice.selection)

    def hash_files(self, patterns: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """(path, SHA-256) of each file that a glob matches. Raises UsageError as above."""
        hasher = TreeHasher(self._root, self._choose_quietly, Globs(patterns), self._hidden)
        with self._readable():
            found = hasher.hash(self._choose().selection)
        return tuple((os.fsdecode(path), digest) for path, digest in found)

    def stats(self) -> SourceStats:
        """What the last archive held."""
        return self._tally.stats()

    def _choose(self) -> Choice:
        return Choice() if self._include_ignored else choose_files(self._root, self._git)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = os.fsdecode(self._root)
            raise UsageError(f"the source {where} cannot be read: {error.strerror}") from error

    def _choose_quietly(self, directory: bytes) -> Selection | None:
        return choose_nested(directory, self._git).selection

    def _choose_nested(self, directory: bytes) -> Selection | None:
        choice = choose_nested(directory, self._git)
        self._tally.note(choice.note)
        return choice.selection
