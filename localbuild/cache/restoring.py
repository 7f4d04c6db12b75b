"""Restores an entry's files into a tree: all of them, or none.

Each base is unpacked beside its place and moved there when every byte has been checked.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from localbuild.cache.allowed import select_allowed
from localbuild.cache.base import Known
from localbuild.cache.fetching import Fetcher
from localbuild.cache.index import DIRECTORY, FILE, HARD_LINK, HOLE, Entry, Index
from localbuild.cache.levels import STAGING_PREFIX
from localbuild.cache.patterns import CachePath
from localbuild.cache.placing import Place
from localbuild.cache.stopping import stopping
from localbuild.cache.tree import Tree
from localbuild.cache.uncollected import uncollected
from localbuild.cache.unpack import Unpacker
from localbuild.ports.engine import Interrupted
from localbuild.ports.store import ByteStore

Wanted = dict[bytes, dict[bytes, Entry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredFiles:
    """What came into the tree. `refused` could not take its place: a directory is there, or none.

    `known` is what a later save may take over without reading it.
    """

    known: Known
    refused: tuple[bytes, ...] = ()


def choose_entries(index: Index, paths: Sequence[CachePath]) -> tuple[Wanted, tuple[bytes, ...]]:
    """Entries by base and by path below it; and the paths that no cache path allows.

    A base's own entry has the path b''. Hard links to a file of another base are one file here.
    """
    wanted: Wanted = defaultdict(dict)
    files: dict[tuple[bytes, bytes], bytes] = {}
    allowed, skipped = select_allowed(index, paths)
    bases = sorted({(p.base, p.head) for p in paths}, key=lambda base: -len(base[0]))
    for path, entry in allowed.items():
        base, below = _place_of(path, bases, entry.kind)
        if entry.kind == HARD_LINK:
            other, target = _place_of(entry.target, bases, FILE)
            if other != base:
                target = files.setdefault((base, entry.target), below)
            is_first = target == below
            entry = allowed[entry.target] if is_first else entry._replace(target=target)
        wanted[base][below] = entry
    return wanted, skipped


def _place_of(path: bytes, bases: Sequence[tuple[bytes, bytes]], kind: str) -> tuple[bytes, bytes]:
    """The longest base that an allowed path is in, and the path below it.

    A link or a file that is where a base would be belongs to the base that it lies in.
    """
    for base, head in bases:
        if path.startswith(head):
            return base, path[len(head) :]
        if path == base and kind == DIRECTORY:
            break
    return path, b""


class Restorer:
    """Restores one entry into one tree. `random_name` gives a name that nobody can guess."""

    def __init__(
        self,
        tree: Tree,
        random_name: Callable[[], str],
        interrupted: Interrupted = lambda: None,
    ) -> None:
        self._tree = tree
        self._interrupted = interrupted
        self._random_name = random_name
        self._places: list[Place] = []

    @uncollected()
    def restore(self, wanted: Wanted, index: Index, store: ByteStore, scope: str) -> RestoredFiles:
        """Raises StoreError, and OSError of the tree; then nothing has come into it.

        Only a file system that fails twice, or takes no hard links, can keep some of it.
        """
        try:
            for base, entries in wanted.items():
                name = STAGING_PREFIX + self._random_name().encode()
                self._places.append(Place(self._tree, base, entries, name))
            fetcher = Fetcher(store, scope, index)
            try:
                self._unpack(index, fetcher)
            finally:
                fetcher.close()
            stamp = max((place.publish() for place in self._places), default=0)
            for place in self._places:
                place.settle([other.base for other in self._places])
        except BaseException:
            for place in reversed(self._places):
                place.undo()
            raise
        finally:
            for place in self._places:
                place.close()
        return self._result(index, stamp)

    def _unpack(self, index: Index, fetcher: Fetcher) -> None:
        """Contents are under way while directories are made."""
        targets = self._targets()
        in_frame: dict[int, list[int]] = defaultdict(list)
        for number in targets:
            in_frame[index.contents[number].frame].append(number)

        def take(frame: int, data: memoryview) -> None:
            for number in in_frame[frame]:
                _, size, _, offset = index.contents[number]
                for unpacker, path, entry, chunk in targets[number]:
                    unpacker.write(path, entry, chunk, data[offset : offset + size])

        fetcher.start(in_frame)
        for place in self._places:
            place.unpack_first()
        fetcher.each(stopping(take, self._interrupted))
        for place in self._places:
            place.unpacker.finish()

    def _targets(self) -> dict[int, list[tuple[Unpacker, bytes, Entry, int]]]:
        """Where each content goes."""
        targets: dict[int, list[tuple[Unpacker, bytes, Entry, int]]] = defaultdict(list)
        for place in self._places:
            for path, entry in place.entries.items():
                for chunk, number in enumerate(entry.contents):
                    if number != HOLE:
                        targets[number].append((place.unpacker, path, entry, chunk))
        return targets

    def _result(self, index: Index, stamp_ns: int) -> RestoredFiles:
        refused = {p.index_path(path) for p in self._places for path in p.refused}
        inodes = {p.index_path(path): i for p in self._places for path, i in p.inodes.items()}
        kept = {path: e for path, e in index.entries.items() if path not in refused}
        return RestoredFiles(known=Known(kept, stamp_ns, inodes), refused=tuple(sorted(refused)))
