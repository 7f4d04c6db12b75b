"""Patterns of artifacts and reports: where each begins, and what it takes in. Pure.

`*` and `?` stay in one part of a path, `**` as a whole part crosses any number of them (elsewhere
it is `*`), files that begin with a dot match. Source: buildspec reference, artifacts/files.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from localbuild.globs import Globs

_MAGIC = re.compile(rb"[*?\[\\]")
_ALL_BELOW = (b"**", b"*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One text, taken apart without looking at any file.

    `start` is a path from the container's `/`; `glob` is relative to it, '' for itself. `prefix` is
    what the names of its files have in front in the output, `is_inside` whether `start` is the
    directory that the text is relative to.
    """

    start: bytes
    glob: bytes
    prefix: bytes = b""
    is_inside: bool = True

    @property
    def is_literal(self) -> bool:
        """Whether it is the name of one file or directory."""
        return _MAGIC.search(self.glob) is None

    @property
    def below(self) -> "Pattern":
        """All that is below it, where it is the name of a directory."""
        parts = [part for part in (self.glob, *_ALL_BELOW) if part]
        return Pattern(
            start=self.start,
            glob=b"/".join(parts),
            prefix=self.prefix,
            is_inside=self.is_inside,
        )


def parse_pattern(text: str, base: bytes, source: bytes) -> Pattern | None:
    """A text that is relative to `base`; None where it is none.

    An absolute one, and one with `..`, may begin elsewhere. The names of its files are then the
    path below `source` or, of what is not in it, all of the path.
    """
    if not text.strip() or "\0" in text:
        return None
    written = text.encode("utf-8", "surrogateescape")
    above = [] if written.startswith(b"/") else _parts(base)
    parts, fixed = _normal(above, _parts(written))
    own = _parts(base)
    if parts[: len(own)] == own:
        return Pattern(start=base, glob=b"/".join(parts[len(own) :]))
    magic = next((n for n, p in enumerate(parts) if n >= fixed and _MAGIC.search(p)), len(parts))
    begin = min(magic, max(len(parts) - 1, 0))
    known = _parts(source)
    hidden = len(known) if parts[: len(known)] == known else 0 if not above else fixed
    return Pattern(
        start=b"/".join(parts[:begin]),
        glob=b"/".join(parts[begin:]),
        prefix=b"".join(part + b"/" for part in parts[hidden:begin]),
        is_inside=False,
    )


def first_parts(pattern: Pattern) -> bytes:
    """The path of the only thing directly in `start` that it can take from, or `start`."""
    first = pattern.glob.partition(b"/")[0]
    if not first or _MAGIC.search(first):
        return pattern.start
    return b"/".join(part for part in (pattern.start, first) if part)


class Wanted:
    """What one walk is for: files that patterns take in and no exclusion does."""

    def __init__(self, patterns: Iterable[Pattern], excluded: Iterable[Pattern] = ()) -> None:
        excluded = [p for p in excluded if p.is_inside]
        self._wanted = Globs(_text(p.glob) for p in patterns)
        self._excluded = Globs(_text(p.glob) for p in excluded)
        self._closed = Globs(_text(p) for p in map(_whole_directories, excluded) if p)

    def takes(self, path: bytes) -> bool:
        """Whether it takes in a file of that path, relative to where the patterns begin."""
        return self._wanted.takes(path) and not self._excluded.takes(path)

    def leads_into(self, path: bytes) -> bool:
        """Whether something below that directory may be wanted."""
        return self._wanted.leads_into(path + b"/") and not self._closed.takes(path)


def _whole_directories(pattern: Pattern) -> bytes:
    """The directories of which an exclusion takes in all; '' for none."""
    return pattern.glob.removesuffix(b"/**/*") if pattern.glob.endswith(b"/**/*") else b""


def _normal(above: list[bytes], parts: list[bytes]) -> tuple[list[bytes], int]:
    """A path without `..`, and how many of its parts come from above the text."""
    found, fixed = list(above), len(above)
    for part in parts:
        if part != b"..":
            found.append(part)
        elif found:
            found.pop()
            fixed = min(fixed, len(found))
    return found, fixed


def _parts(path: bytes) -> list[bytes]:
    return [part for part in path.split(b"/") if part not in (b"", b".")]


def _text(glob: bytes) -> str:
    return glob.decode("utf-8", "surrogateescape")
