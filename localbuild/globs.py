"""Which paths some globs match, and which directories may hold such. Pure.

`*` and `?` stay in one part of a path, `**` as a whole part crosses any number of them, `[...]` is
one byte of a set, `\\\\` takes the next character as it is, and files that begin with a dot match.
"""

import re
from collections.abc import Iterable, Sequence

_MAGIC = re.compile(rb"[*?\[\\]")
_CROSSING = b"**"


class Globs:
    """Any of some globs. One that is absolute, has `..` or ends with a slash matches nothing."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._globs = [glob for text in patterns if (glob := _parse(text)) is not None]

    def takes(self, path: bytes) -> bool:
        """Whether one of them matches a file of that path."""
        return any(glob.takes(path) for glob in self._globs)

    def leads_into(self, directory: bytes) -> bool:
        """Whether one of them may match something below `a/b/`."""
        return any(glob.leads_into(directory) for glob in self._globs)


class _Glob:
    """`base` is where it begins, `a/b/`, without anything special; `regex` None: it is a path.

    With several `**` it is `by_part`: one expression would try all ways to share out the folders.
    """

    __slots__ = ("base", "by_part", "depth", "path", "regex")

    def __init__(self, parts: list[bytes]) -> None:
        plain = next((at for at, part in enumerate(parts) if _MAGIC.search(part)), len(parts))
        self.path = b"/".join(parts)
        self.regex = _compile(self.path) if plain < len(parts) else None
        self.base = b"".join(part + b"/" for part in parts[: min(plain, len(parts) - 1)])
        self.depth = 0 if _CROSSING in parts else len(parts)
        self.by_part = _by_part(parts) if parts.count(_CROSSING) > 1 else None

    def takes(self, path: bytes) -> bool:
        if self.regex is None:
            return path == self.path
        if not path.startswith(self.base):
            return False
        if self.by_part is not None:
            return _fits(path.split(b"/"), self.by_part)
        return self.regex.fullmatch(path) is not None

    def leads_into(self, directory: bytes) -> bool:
        if len(directory) <= len(self.base):
            return self.base.startswith(directory)
        deep = self.depth and directory.count(b"/") >= self.depth
        return directory.startswith(self.base) and not deep


def _parse(text: str) -> _Glob | None:
    pattern = text.encode("utf-8", "surrogateescape")
    parts = [part for part in pattern.split(b"/") if part not in (b"", b".")]
    if not parts or b".." in parts or pattern.startswith(b"/") or pattern.endswith(b"/"):
        return None
    return _Glob(parts)


def _by_part(parts: Sequence[bytes]) -> list[re.Pattern[bytes] | None]:
    """One expression a part, None for `**`; at the end of all there is a name."""
    ended = [*parts, b"*"] if parts[-1] == _CROSSING else parts
    before = [None, *ended]
    pairs = zip(before, ended, strict=False)
    kept = [part for last, part in pairs if not last == part == _CROSSING]
    return [None if part == _CROSSING else _compile(part) for part in kept]


def _fits(names: Sequence[bytes], wanted: Sequence[re.Pattern[bytes] | None]) -> bool:
    """Whether names are what is wanted. The first place that fits what follows a `**` is the best
    one: only the last `**` has to take more.
    """
    at = name = 0
    crossing: tuple[int, int] | None = None
    while name < len(names):
        part = wanted[at] if at < len(wanted) else None
        if at < len(wanted) and part is None:
            at += 1
            crossing = (at, name)
        elif part is not None and part.fullmatch(names[name]):
            at, name = at + 1, name + 1
        elif crossing is not None:
            at, name = crossing[0], crossing[1] + 1
            crossing = (at, name)
        else:
            return False
    return at == len(wanted)


def _compile(pattern: bytes) -> re.Pattern[bytes]:
    from wcmatch import glob

    flags = glob.GLOBSTAR | glob.DOTGLOB | glob.NODIR | glob.FORCEUNIX
    [wanted], _ = glob.translate(pattern, flags=flags)
    return re.compile(wanted)
