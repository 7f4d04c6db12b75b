"""How the files of a container are reached: through the kernel if it lets us, else through tar."""

import os
import secrets
from collections.abc import Sequence

from localbuild.cache.allowed import select_allowed
from localbuild.cache.archive import Contents
from localbuild.cache.base import NOTHING_KNOWN, Base
from localbuild.cache.changes import ChangeScanner, UnsureError, is_untouched
from localbuild.cache.clashes import look, without_clashes
from localbuild.cache.index import HARD_LINK, Entry, Index
from localbuild.cache.patterns import CachePath, absolute
from localbuild.cache.restoring import RestoredFiles, Restorer, Wanted
from localbuild.cache.saving import SavedFiles, Scan, save_files, scan_tree
from localbuild.cache.stopping import stopping
from localbuild.cache.through_tar import put_entries, take_entries
from localbuild.cache.tree import Tree
from localbuild.ports.engine import Container, Interrupted
from localbuild.ports.host_files import HostFiles
from localbuild.ports.store import ByteStore


class ContainerFiles:
    """The files of one container; `source` is CODEBUILD_SRC_DIR."""

    def __init__(
        self, container: Container, source: str, interrupted: Interrupted = lambda: None
    ) -> None:
        self._container = container
        self._interrupted = interrupted
        self._source = source
        root = container.open_root() if isinstance(container, HostFiles) else None
        self._tree = None if root is None else Tree(root, source.encode())

    @property
    def is_direct(self) -> bool:
        """Whether they are open to us."""
        return self._tree is not None

    def restore(self, wanted: Wanted, index: Index, store: ByteStore, scope: str) -> RestoredFiles:
        """Bring entries in: all or none. Raises StoreError, OSError, EngineError.

        Through tar a container whose disk is full can be left with some of them.
        """
        if self._tree is not None:
            restorer = Restorer(self._tree, lambda: secrets.token_hex(8), self._interrupted)
            return restorer.restore(wanted, index, store, scope)
        there = look(
            self._container, [absolute(base, self._source) for base in wanted], self._interrupted
        )
        entries: list[Entry] = []
        refused: list[bytes] = []
        for base, all_of_it in wanted.items():
            place = b"/" + self._place(base)
            found, left_out = without_clashes(all_of_it, place.rstrip(b"/"), there)
            refused += (_joined(base, path) for path in left_out)
            entries += (_named(base, path, entry) for path, entry in found.items())
        contents = Contents(store, scope, index)
        put_entries(self._container, entries, contents, self._place)
        return RestoredFiles(known=NOTHING_KNOWN, refused=tuple(sorted(refused)))

    def save(
        self, paths: Sequence[CachePath], base: Base, store: ByteStore, scope: str
    ) -> SavedFiles:
        """Write the objects of an entry. Raises StoreError, OSError, EngineError."""
        if self._tree is not None:
            if base.in_layer and (found := self._save_changes(paths, base, store, scope)):
                return found
            return self._save(scan_tree(self._tree, paths), base, store, scope)
        return self._save(
            lambda add, _: take_entries(self._container, paths, add, self._source),
            base,
            store,
            scope,
        )

    def _save(self, scan: Scan, base: Base, store: ByteStore, scope: str) -> SavedFiles:
        """Save what a scan finds, as long as the build may go on."""
        return save_files(
            lambda add, known: scan(stopping(add, self._interrupted), known), base, store, scope
        )

    def is_untouched(self, paths: Sequence[CachePath]) -> bool:
        """Whether the build has certainly left its image's files alone. Raises OSError."""
        upper = self._container.open_changes() if isinstance(self._container, HostFiles) else None
        if upper is None:
            return False
        try:
            return self._tree is not None and is_untouched(paths, upper, self._tree)
        finally:
            os.close(upper)

    def _save_changes(
        self, paths: Sequence[CachePath], base: Base, store: ByteStore, scope: str
    ) -> SavedFiles | None:
        """Read only what the build has changed; None where that cannot be told."""
        upper = self._container.open_changes() if isinstance(self._container, HostFiles) else None
        tree = self._tree
        if upper is None or tree is None:
            return None
        before, _ = select_allowed(base.index, paths)
        try:
            return self._save(
                lambda add, _: ChangeScanner(paths, add, before).scan(upper, tree),
                base,
                store,
                scope,
            )
        except UnsureError:
            return None
        finally:
            os.close(upper)

    def close(self) -> None:
        """Let go of the container's root."""
        if self._tree is not None:
            self._tree.close()
            self._tree = None

    def _place(self, path: bytes) -> bytes:
        return os.fsencode(absolute(path, self._source)).lstrip(b"/")


def _joined(base: bytes, path: bytes) -> bytes:
    if not path:
        return base
    return base + path if not base or base.endswith(b"/") else base + b"/" + path


def _named(base: bytes, path: bytes, entry: Entry) -> Entry:
    """An entry with its paths as the index has them."""
    target = _joined(base, entry.target) if entry.kind == HARD_LINK else entry.target
    return entry._replace(path=_joined(base, path), target=target)
