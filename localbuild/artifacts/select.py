"""Which files of a tree a selection names, and what CodeBuild's log says of it. Pure.

Source: buildspec reference, artifacts; reference of CodeBuild's behaviour, 4.4 and 7.1.
"""

from dataclasses import dataclass

from localbuild.artifacts.bounds import Bounds
from localbuild.artifacts.nodes import Kind, Tree, joined
from localbuild.artifacts.patterns import Pattern, Wanted, first_parts, parse_pattern
from localbuild.artifacts.resolve import resolve
from localbuild.artifacts.walk import (
    MAX_LINKED,
    Start,
    TooManyError,
    Walker,
    find_directories,
)
from localbuild.lines import one_line
from localbuild.ports.collect import Selected, Selection

NO_FILES = "no matching artifact paths found"
NO_BASE = "no matching base directory path found for"
_REFUSED = "skipped: it leads out of the source directory, or is all of the container"
TOO_MANY = "links to folders lead to too many files: do they multiply them?"


def select(tree: Tree, selection: Selection, most_linked: int = MAX_LINKED) -> Selected:
    """What a selection names in a tree; what is wrong with it is in `failure`.

    `most_linked`: how many names links to folders may lead to.
    """
    return _Selecting(tree, selection, most_linked).run()


def starting_places(selection: Selection) -> tuple[bytes, ...]:
    """Paths below which all lies that a selection names, links aside; from the container's `/`.

    Each is what somebody names who leads out of the source, the source itself, or directly in it.
    """
    source = _source(selection)
    base = parse_pattern(selection.base_directory or ".", source, source)
    if base is None:
        return ()
    patterns = [parse_pattern(text, source, source) for text in selection.files]
    below = base.is_inside and not base.glob
    places = [base] if not below else []
    places += [p for p in patterns if p and (below or not p.is_inside)]
    return tuple(map(first_parts, places))


def _source(selection: Selection) -> bytes:
    return selection.directory.strip("/").encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """A base directory: as it is said, as it is written, and as it really is."""

    text: str
    written: bytes
    path: bytes


class _Selecting:
    """One selection on its way."""

    def __init__(self, tree: Tree, selection: Selection, most_linked: int) -> None:
        self._tree = tree
        self._selection = selection
        self._source = _source(selection)
        self._bounds = Bounds(self._source)
        self._lines: list[str] = []
        self._warnings: list[str] = []
        self._walker = Walker(tree, self._bounds, selection, most_linked)
        self._walks = 0

    def run(self) -> Selected:
        text = self._selection.base_directory or "."
        self._say(f"Expanding base directory path: {text}", "Assembling file list")
        self._say(f"Expanding {text}")
        try:
            bases = self._bases(text)
            for base in bases:
                self._select_in(base)
        except TooManyError:
            return self._selected(TOO_MANY)
        if not bases:
            return self._selected(f"{NO_BASE} {one_line(text)}")
        return self._selected("")

    def _selected(self, failure: str) -> Selected:
        files = () if failure else self._walker.found.files()
        if files:
            self._say(f"Found {len(files)} file(s)")
        return Selected(
            files=files,
            lines=tuple(self._lines),
            failure=failure or ("" if files else NO_FILES),
            warnings=(*self._warnings, *self._walker.found.warnings()),
        )

    # --- base directories ---------------------------------------------------------------------

    def _bases(self, text: str) -> list[_Base]:
        source = resolve(self._tree, self._source)
        pattern = parse_pattern(text, self._source, self._source)
        if source is None or source.path != self._source or pattern is None:
            return []  # nothing but the build itself can have put a link in the source's place
        written = joined(pattern.start, pattern.glob if pattern.is_literal else b"")
        start = self._open(written)
        if start is None:
            self._skip_invalid(text)
            return []
        if pattern.is_literal:
            return [_Base(text=text, written=written, path=start)]
        return self._matching(pattern, start)

    def _open(self, path: bytes, only: bytes = b"") -> bytes | None:
        """A directory by its written path, as it really is; None: there is none, or it is refused.

        Where the path leads out of the source by itself, `only` that in it may be handed out, ''
        for all of it: but nobody means the whole of a container.
        """
        place = resolve(self._tree, path)
        if place is None or place.node.kind is not Kind.DIRECTORY:
            return None
        wanted = joined(place.path, only)
        if wanted and not Bounds(self._source).has(joined(path, only)):
            self._bounds.allow(wanted)
        if not wanted or not self._bounds.has(wanted):
            self._warnings.append(f"{_shown(path) or '/'}: {_REFUSED}")
            return None
        return place.path

    def _matching(self, pattern: Pattern, start: bytes) -> list[_Base]:
        count = self._walker.count
        found = find_directories(self._tree, self._bounds, start, Wanted([pattern]), count)
        before = pattern.prefix.rstrip(b"/")
        return [
            _Base(text=_shown(joined(before, name)), written=joined(pattern.start, name), path=path)
            for name, path in found
        ]

    # --- files --------------------------------------------------------------------------------

    def _select_in(self, base: _Base) -> None:
        self._say(f"Expanding file paths for base directory {base.text}", "Assembling file list")
        excluded = self._excluded(base)
        inside: list[Pattern] = []
        for text in self._selection.files:
            self._say(f"Expanding {text}")
            pattern = parse_pattern(text, base.written, self._source)
            if pattern is None:
                self._skip_invalid(text)
            elif pattern.is_inside:
                inside += self._checked(text, pattern, base.path)
            else:
                self._select_outside(text, pattern)
        self._walk(Start(path=base.path, number=self._next()), Wanted(inside, excluded))

    def _select_outside(self, text: str, pattern: Pattern) -> None:
        """A pattern of its own directory; it has no exclusions, which are relative to the base."""
        start = self._open(pattern.start, pattern.glob if pattern.is_literal else b"")
        patterns = self._checked(text, pattern, start) if start is not None else []
        if start is None and pattern.is_literal:
            self._skip_invalid(text)
        if start is not None and patterns:
            begin = Start(path=start, prefix=pattern.prefix, number=self._next())
            self._walk(begin, Wanted(patterns))

    def _checked(self, text: str, pattern: Pattern, start: bytes) -> list[Pattern]:
        """The pattern; what is below it where it names a directory; nothing where it is missing."""
        if not pattern.is_literal:
            return [pattern]
        place = resolve(self._tree, joined(start, pattern.glob))
        if place is None:
            self._skip_invalid(text)
            return []
        if place.node.kind is not Kind.DIRECTORY or not self._bounds.has(place.path):
            return [pattern]
        if pattern.glob:
            self._warnings.append(
                f"{one_line(text)} is a folder: write {_deep(text)} for its files"
            )
        return [pattern.below]

    def _walk(self, start: Start, wanted: Wanted) -> None:
        self._walker.walk(start, wanted)

    def _next(self) -> int:
        self._walks += 1
        return self._walks

    def _excluded(self, base: _Base) -> list[Pattern]:
        texts = self._selection.exclude_paths
        parsed = (parse_pattern(text, base.written, self._source) for text in texts)
        return [pattern for pattern in parsed if pattern is not None]

    # --- what is said -------------------------------------------------------------------------

    def _say(self, *lines: str) -> None:
        self._lines += map(one_line, lines)

    def _skip_invalid(self, text: str) -> None:
        self._say(f"Skipping invalid file path {text}")


def _shown(path: bytes) -> str:
    return one_line(path.decode("utf-8", "replace"))


def _deep(text: str) -> str:
    return f"{one_line(text).rstrip('/')}/**/*"
