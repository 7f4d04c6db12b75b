"""A container's files through its own tar: one to find them, one to read them.

Only directories that no link of the build's leads to are asked for: tar itself follows none.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from localbuild.artifacts.host_files import Check, Contents
from localbuild.artifacts.nodes import is_within
from localbuild.artifacts.select import select, starting_places
from localbuild.artifacts.tar_tree import TarTree, UncoveredError, member_path
from localbuild.container.untar import Member, open_members
from localbuild.errors import EngineError
from localbuild.plan.script import quote
from localbuild.ports.collect import FoundFile, Selected, Selection
from localbuild.ports.engine import CommandRequest, Container, EndKind

_PIECE_BYTES = 1 << 20
_MOST_TAKES = 5
_IS_REAL = 'cd -P -- {0} 2> /dev/null && [ "$(pwd -P)" = {0} ]\n'


class TarFiles:
    """The files of one container; what `select` took decides what `read` takes."""

    def __init__(self, container: Container, check: Check) -> None:
        self._container = container
        self._check = check
        self._tops: set[bytes] = set()
        self._contents: dict[bytes, bytes] = {}

    def select(self, selection: Selection) -> Selected:
        """Find what a selection names. Raises EngineError."""
        source = selection.directory.strip("/").encode("utf-8", "surrogateescape")
        tops = _least(starting_places(selection))
        if not self._is_real(selection.directory):
            tops, source = set(), b"\0"  # a place that no path leads to
        for _ in range(_MOST_TAKES):
            tree = self._take(tops, source)
            try:
                found = select(tree, selection)
            except UncoveredError as error:
                tops = _least({*tops, error.path})
                continue
            self._tops = _least(self._tops | tops)
            self._contents |= tree.contents
            return found
        raise EngineError("links in the build's files change while they are followed")

    def read(self, files: Sequence[FoundFile]) -> Iterator[Contents]:
        """The contents of files, in tar's order; what has gone is left out. Raises EngineError."""
        yield from ((file, ()) for file in files if file.link)
        wanted = defaultdict(list)
        for file in files:
            if not file.link:
                path = file.path[1:].encode("utf-8", "surrogateescape")
                wanted[self._contents.get(path, path)].append(file)
        tops = {top for top in self._tops if any(is_within(path, top) for path in wanted)}
        if not tops:
            return
        with open_members(self._container.take_tree(_names(tops))) as members:
            for member, archive in members:
                self._check()
                found = wanted.pop(member_path(member.name), []) if member.isreg() else []
                yield from _contents(found, (member, archive))

    def _is_real(self, directory: str) -> bool:
        """Whether the source's directory is where it was made, and no link of the build's."""
        request = CommandRequest(script=_IS_REAL.format(quote(directory)))
        end = self._container.run(request, lambda _: None, lambda: None)
        return end.kind is EndKind.EXITED and end.exit_status == 0

    def _take(self, tops: set[bytes], source: bytes) -> TarTree:
        tree = TarTree(tops, source)
        if tops:
            with open_members(self._container.take_tree(_names(tops))) as members:
                for member, _ in members:
                    self._check()
                    tree.add(member)
        return tree


def _contents(files: Sequence[FoundFile], member: Member) -> Iterator[Contents]:
    """A member's contents for each of the files that have them."""
    if len(files) == 1:
        yield files[0], _pieces(member)
    elif files:
        with tempfile.TemporaryFile(prefix="localbuild-artifacts-") as kept:
            for piece in _pieces(member):
                kept.write(piece)
            for file in files:
                kept.seek(0)
                yield file, _read(kept)


def _pieces(member: Member) -> Iterator[bytes]:
    info, archive = member
    file: IO[bytes] | None = archive.extractfile(info)
    return _read(file) if file is not None else iter(())


def _read(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE_BYTES):
        yield piece


def _least(paths: Iterable[bytes]) -> set[bytes]:
    """The paths without those that lie in others."""
    found: set[bytes] = set()
    for path in sorted(paths, key=len):
        if not any(is_within(path, other) for other in found):
            found.add(path)
    return found


def _names(tops: Iterable[bytes]) -> list[str]:
    return ["/" + top.decode("utf-8", "surrogateescape") for top in sorted(tops)]
