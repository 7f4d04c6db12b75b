"""Cache paths: where each begins, what it takes in, and that nothing else is restored. Pure.

A path in an entry is bytes: `node_modules/x` lies below the source's directory, `/root/.m2/x` does
not move. Source: buildspec reference, cache/paths.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_MAGIC = re.compile(r"[*?\[]")
OURS = (b"/codebuild/output/tmp", b"/codebuild/readonly")
"""Where the build's variables are kept, and what localbuild has put there: never cached."""

_EVERYTHING = ("**/*", "**", "**/**")


@dataclass(frozen=True, slots=True, kw_only=True)
class CachePath:
    """One of the buildspec's cache paths.

    `base` is the directory that it begins at, as in an entry (`''` is the source's own). `glob` is
    relative to it, '' for everything in it. `text` is what the user reads. `without` are paths that
    are left alone with all below them: localbuild's own, and what is mounted.
    """

    text: str
    base: bytes
    glob: str = ""
    without: tuple[bytes, ...] = OURS

    @property
    def takes_all(self) -> bool:
        """Whether everything below `base` belongs to it, directories too."""
        return not self.glob

    @property
    def head(self) -> bytes:
        """What paths below `base` begin with; absolute ones are in no relative base."""
        return self.base if not self.base or self.base.endswith(b"/") else self.base + b"/"

    @property
    def depth(self) -> int:
        """How many levels below `base` it can reach; 0 where there is no limit."""
        return 0 if "**" in self.glob or not self.glob else self.glob.count("/") + 1

    def takes(self, path: bytes) -> bool:
        """Whether it takes in a file of that path."""
        below = path_below(self.base, path)
        if below is None or not below:
            return False
        return not self.glob or _compiled(self.glob).fullmatch(below) is not None

    def covers(self, path: bytes) -> bool:
        """Whether a path is in its base directory, or is that directory."""
        return path_below(self.base, path) is not None


def path_below(base: bytes, path: bytes) -> bytes | None:
    """A path relative to a base, b'' for the base itself; None where it is not in it."""
    if not base:
        return None if path.startswith(b"/") else path
    if path == base:
        return b""
    head = base if base.endswith(b"/") else base + b"/"
    return path[len(head) :] if path.startswith(head) else None


def parse_path(text: str, source_directory: str) -> CachePath:
    """A cache path, taken apart. Raises ValueError where it could lead out of its base.

    A path that names the source's directory is relative to it. `dir/` and `.` take in everything.
    """
    if "\0" in text or not text.strip():
        raise ValueError("a cache path is empty or has a NUL in it")
    written, text = text, relative(text, source_directory)
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise ValueError(f"cache path '{written}' has '..' in it")
    magic = next((i for i, part in enumerate(parts) if _MAGIC.search(part)), None)
    whole = magic is None and (text.endswith(("/", "/.")) or text == ".")
    if magic is None:
        magic = len(parts) if whole else len(parts) - 1
    glob = "/".join(parts[magic:])
    root = "/" if text.startswith("/") else ""
    if is_in(text.rstrip("/").encode("utf-8", "surrogateescape"), frozenset(OURS)):
        raise ValueError(f"cache path '{written}' is localbuild's own")
    base = (root + "/".join(parts[:magic])).encode("utf-8", "surrogateescape")
    return CachePath(text=written, base=base, glob="" if glob in _EVERYTHING else glob)


def relative(text: str, source_directory: str) -> str:
    """A path as it is in an index: relative where it lies in the source's directory."""
    if text == source_directory:
        return "."
    return text.removeprefix(source_directory.rstrip("/") + "/")


def takes_any(paths: Iterable[CachePath], path: bytes) -> bool:
    """Whether one of the paths takes in a file of that path."""
    return any(p.takes(path) for p in paths)


def without_of(paths: Iterable[CachePath]) -> frozenset[bytes]:
    """The paths that all of these leave alone, with what is below them."""
    return frozenset(path for p in paths for path in p.without)


def is_in(path: bytes, places: frozenset[bytes]) -> bool:
    """Whether a path is one of these, or lies below one."""
    while path not in places:
        path = path.rpartition(b"/")[0]
        if not path:
            return False
    return True


def is_gits(paths: Iterable[CachePath], path: bytes) -> bool:
    """Whether a path lies in the source's `.git`, and no cache path begins in there.

    `**/*` does not mean it: an old repository would come back over the source's own.
    """
    if path != b".git" and not path.startswith(b".git/"):
        return False
    return not any(p.base == b".git" or p.base.startswith(b".git/") for p in paths)


def absolute(base: bytes, source: str) -> str:
    """A base as an absolute path of the container."""
    text = base.decode("utf-8", "surrogateescape")
    return text if text.startswith("/") else f"{source}/{text}".rstrip("/")


@lru_cache(maxsize=256)
def _compiled(glob: str) -> re.Pattern[bytes]:
    """wcmatch's reading of a glob: `**` crosses directories, dotfiles match.

    Source: as for artifacts; `**/*` includes files that begin with a dot.
    """
    from wcmatch import glob as wcglob

    flags = wcglob.GLOBSTAR | wcglob.DOTGLOB | wcglob.FORCEUNIX
    patterns, _ = wcglob.translate(glob.encode("utf-8", "surrogateescape"), flags=flags)
    return re.compile(patterns[0], re.DOTALL)
