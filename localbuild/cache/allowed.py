"""What of an entry the cache's paths allow: all that is restored, whatever else is in it. Pure."""

from collections.abc import Sequence

from localbuild.cache.index import DIRECTORY, HARD_LINK, Entry, Index
from localbuild.cache.patterns import CachePath, is_gits, is_in, without_of


def select_allowed(
    index: Index, paths: Sequence[CachePath]
) -> tuple[dict[bytes, Entry], tuple[bytes, ...]]:
    """The entries that a save with these paths can have written, and the paths of all others.

    Hard links to a file that is not allowed are that file themselves.
    Source: Amazon S3 caching: what is outside of the declared paths is skipped.
    """
    plain = tuple(p.head for p in paths if p.takes_all and p.base)
    without = without_of(paths)
    special = (b".", *without)
    allowed = {
        path: entry
        for path, entry in index.entries.items()
        if (path.startswith(plain) and not path.startswith(special))
        or (_is_allowed(entry, paths) and not is_in(path, without))
    }
    skipped = tuple(path for path in index.entries if path not in allowed)
    files: dict[bytes, bytes] = {}
    for path in skipped and [p for p, e in allowed.items() if e.kind == HARD_LINK]:
        target = allowed[path].target
        if target in allowed:
            continue
        first = files.setdefault(target, path)
        file = index.entries[target]._replace(path=path)
        allowed[path] = file if first == path else allowed[path]._replace(target=first)
    return allowed, skipped


def _is_allowed(entry: Entry, paths: Sequence[CachePath]) -> bool:
    path = entry.path
    if entry.kind == DIRECTORY:
        allowed = any(p.takes_all and p.covers(path) for p in paths)
    else:
        allowed = any(p.takes(path) for p in paths)
    return allowed and not is_gits(paths, path)
