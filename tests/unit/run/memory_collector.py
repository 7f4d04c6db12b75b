"""A collector over files in memory, for the run's tests."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch

from localbuild.ports.collect import FoundFile, Selected, Selection
from localbuild.ports.engine import Container


@dataclass(frozen=True, slots=True)
class MemoryCollector:
    """Implements the Collector port. `files` are by their names below the selection's directory.

    `**/` means any folder or none; `modified_s` is of all files.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    modified_s: int = 10**10
    asked: list[Selection] = field(default_factory=list)
    brought: list[str] = field(default_factory=list)

    def select(self, container: Container, selection: Selection) -> Selected:
        """By name."""
        self.asked.append(selection)
        base = f"{selection.base_directory}/".removeprefix("./").removeprefix("/")
        patterns = [base + pattern for pattern in selection.files]
        names = [name for name in self.files if any(_fits(name, each) for each in patterns)]
        lines = tuple(f"Expanding {pattern}" for pattern in selection.files)
        found = tuple(self._found(name, selection) for name in names)
        if not found:
            return Selected(lines=lines, failure="no matching artifact paths found")
        return Selected(files=found, lines=(*lines, f"Found {len(found)} file(s)"))

    def read(
        self, container: Container, files: Sequence[FoundFile]
    ) -> Iterator[tuple[FoundFile, Iterable[bytes]]]:
        """In pieces of seven bytes."""
        for file in files:
            self.brought.append(file.name)
            data = self.files[file.name]
            yield file, [data[at : at + 7] for at in range(0, len(data), 7)]

    def _found(self, name: str, selection: Selection) -> FoundFile:
        return FoundFile(
            name=name,
            path=f"{selection.directory}/{name}",
            size_bytes=len(self.files[name]),
            modified_s=self.modified_s,
        )


def _fits(name: str, pattern: str) -> bool:
    return fnmatch(name, pattern) or fnmatch(name, pattern.replace("**/", ""))
