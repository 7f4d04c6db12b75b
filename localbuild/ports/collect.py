"""The collector port: the files of a container that patterns name, for artifacts and reports.

Promises that every implementation keeps:

- Nothing outside of the selection's directory is read but what `files` and `base_directory` name
  there by themselves: no link leads out, whatever the build has made of its tree meanwhile.
- localbuild's own files, and what is no file (`/proc`, sockets), are not handed out.
- `select` finds, `read` brings contents; both are of the same container, from one thread.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from localbuild.ports.engine import Container


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is wanted. `directory` is absolute: patterns and `base_directory` are relative to it.

    All of them have their variables' values. `keep_links`: links within the directory stay links;
    otherwise what they lead to stands in their place.
    """

    directory: str
    files: tuple[str, ...]
    base_directory: str = ""
    exclude_paths: tuple[str, ...] = ()
    discard_paths: bool = False
    keep_links: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file that was selected.

    `name` is its relative path in the output, without `..`, unique in its selection; `path` the
    absolute one in the container. `link` is a link's text, '' for a file. `mode` has permission
    bits alone. `modified_s`: Unix time.
    """

    name: str
    path: str
    size_bytes: int = 0
    mode: int = 0o644
    modified_s: int = 0
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """What was found, by name. `lines` are CodeBuild's, `failure` why nothing can be handed out.

    Source: reference of CodeBuild's behaviour, 4.4: the failures are `no matching artifact paths
    found` and `no matching base directory path found for X`.
    """

    files: tuple[FoundFile, ...] = ()
    lines: tuple[str, ...] = ()
    failure: str = ""
    warnings: tuple[str, ...] = ()


class Collector(Protocol):
    """Finds and reads files of a build's container.

    It looks often whether the build must end, and raises what tells it so.
    """

    def select(self, container: Container, selection: Selection) -> Selected:
        """Find what a selection names. Raises EngineError."""

    def read(
        self, container: Container, files: Sequence[FoundFile]
    ) -> Iterator[tuple[FoundFile, Iterable[bytes]]]:
        """The contents of files that `select` found, in an order of its own; links have none.

        Each one's pieces are to be taken before the next one is asked for. A file that has gone
        meanwhile is left out. Raises EngineError.
        """


class NoFiles:
    """Finds nothing: where there is no container that has any."""

    def __init__(self, check: Callable[[], None]) -> None:
        """Nothing takes long enough to be asked."""

    def select(self, container: Container, selection: Selection) -> Selected:  # noqa: ARG002
        """Nothing matches."""
        return Selected(failure="no matching artifact paths found")

    def read(
        self,
        container: Container,  # noqa: ARG002
        files: Sequence[FoundFile],  # noqa: ARG002
    ) -> Iterator[tuple[FoundFile, Iterable[bytes]]]:
        """Nothing to read."""
        return iter(())
