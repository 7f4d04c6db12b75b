"""Two indexes side by side: what came, what went, what grew, and where. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from localbuild.cache.index import FILE, HOLE, SPARSE, Entry, Index

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file or link that is not as it was. `how`: added, removed or changed; sizes in bytes."""

    path: bytes
    how: str
    old_bytes: int = 0
    new_bytes: int = 0

    @property
    def growth(self) -> int:
        """By how many bytes it grew."""
        return self.new_bytes - self.old_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What changed below a directory; `growth` in bytes."""

    path: bytes
    added: int = 0
    removed: int = 0
    changed: int = 0
    growth: int = 0

    @property
    def count(self) -> int:
        """How many files are not as they were."""
        return self.added + self.removed + self.changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """All changes in the paths' order. `same` files are as they were, of which `touched` have
    another time or mode alone."""

    changes: tuple[Change, ...] = ()
    same: int = 0
    touched: int = 0

    def of(self, how: str) -> tuple[Change, ...]:
        """The changes of one sort."""
        return tuple(change for change in self.changes if change.how == how)


def compare(old: Index, new: Index) -> Diff:
    """What makes the new one differ; directories do not count, contents do."""
    changes: list[Change] = []
    same = touched = 0
    before, after = _things(old), _things(new)
    for path in sorted(before.keys() | after.keys()):
        was, now = before.get(path), after.get(path)
        if was is None or now is None or _contents(was, old) != _contents(now, new):
            changes.append(_change(path, was, now))
        else:
            same += 1
            touched += (was.mode, was.mtime_ns) != (now.mode, now.mtime_ns)
    return Diff(changes=tuple(changes), same=same, touched=touched)


def by_folder(changes: Iterable[Change], depth: int) -> tuple[Folder, ...]:
    """Changes by the first `depth` directories of their paths, the largest difference first."""
    folders: dict[bytes, Folder] = {}
    for change in changes:
        path = _head(change.path, depth)
        was = folders.get(path, Folder(path=path))
        folders[path] = replace(
            was,
            added=was.added + (change.how == ADDED),
            removed=was.removed + (change.how == REMOVED),
            changed=was.changed + (change.how == CHANGED),
            growth=was.growth + change.growth,
        )
    return tuple(sorted(folders.values(), key=lambda f: (-abs(f.growth), -f.count, f.path)))


def top_growers(changes: Iterable[Change], most: int) -> tuple[Change, ...]:
    """The files that grew most, the first the most."""
    grown = [change for change in changes if change.growth > 0]
    return tuple(sorted(grown, key=lambda c: (-c.growth, c.path))[:most])


def _things(index: Index) -> dict[bytes, Entry]:
    return {path: entry for path, entry in index.entries.items() if entry.kind != "d"}


def _contents(entry: Entry, index: Index) -> tuple[object, ...]:
    kind = FILE if entry.kind == SPARSE else entry.kind
    digests = tuple(b"" if n == HOLE else index.contents[n].digest for n in entry.contents)
    return kind, entry.target, entry.size, digests


def _change(path: bytes, was: Entry | None, now: Entry | None) -> Change:
    how = ADDED if was is None else REMOVED if now is None else CHANGED
    return Change(
        path=path, how=how, old_bytes=was.size if was else 0, new_bytes=now.size if now else 0
    )


def _head(path: bytes, depth: int) -> bytes:
    """`/usr/lib/x` at 2: `/usr/lib`. A file above that depth stands for its directory."""
    root = b"/" if path.startswith(b"/") else b""
    parts: Sequence[bytes] = path.removeprefix(b"/").split(b"/")[:-1]
    return root + b"/".join(parts[:depth]) or b"."
