"""A directory of the host as the source of a build."""

import os
from collections.abc import Generator, Mapping
from pathlib import Path

from localbuild.errors import UsageError
from localbuild.ports.source import SourceStats
from localbuild.sources.processes import Git
from localbuild.sources.selection import Choice, Selection, choose_files, choose_nested
from localbuild.sources.tally import Tally
from localbuild.sources.walk import TreeReader


class DirectorySource:
    """The files of `path`: those that git does not ignore, or all with `include_ignored`.

    `environment`: git's variables, None for this process's own.
    """

    def __init__(
        self,
        path: Path,
        include_ignored: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._root = os.fsencode(path)
        self._include_ignored = include_ignored
        self._git = Git(environment=environment)
        self._tally = Tally()

    def open_archive(self) -> Generator[bytes]:
        """The tree as a tar stream, as it is now. Raises UsageError where there is no directory."""
        self._tally = tally = Tally()
        choice = Choice() if self._include_ignored else choose_files(self._root, self._git)
        tally.note(choice.note)
        reader = TreeReader(self._root, self._choose_nested, tally)
        try:
            yield from reader.read(choice.selection)
        except OSError as error:
            where = os.fsdecode(self._root)
            raise UsageError(f"the source {where} cannot be read: {error.strerror}") from error

    def stats(self) -> SourceStats:
        """What the last archive held."""
        return self._tally.stats()

    def _choose_nested(self, directory: bytes) -> Selection | None:
        choice = choose_nested(directory, self._git)
        self._tally.note(choice.note)
        return choice.selection
