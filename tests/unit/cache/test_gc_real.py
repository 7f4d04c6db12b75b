"""Collections at every point between two verbs of the real saver and restorer."""

import os
import random
import secrets
from functools import partial
from pathlib import Path

import pytest

from localbuild.cache.base import NO_BASE, Base
from localbuild.cache.entries import find_entries, list_entries
from localbuild.cache.gc import collect, remove_entries
from localbuild.cache.keys import manifest_name
from localbuild.cache.loading import load_index
from localbuild.cache.manifest import Manifest, decode_manifest, encode_manifest
from localbuild.cache.patterns import parse_path
from localbuild.cache.restoring import Restorer, choose_entries
from localbuild.cache.saving import save_files, scan_tree
from localbuild.cache.secure import secure
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.tree import Tree
from localbuild.cache.verify import verify
from localbuild.ports.store import ByteStore, StoreError
from tests.unit.cache.cupboard import DAY, PATHS, SCOPE, VERSION, HandClock
from tests.unit.cache.interleaving import TurnStore, interleave

GRACE_S = DAY
CACHE_PATHS = tuple(parse_path(path, "/src") for path in PATHS)
KEYS = ("", "a")


class RealBuild:
    """A build in a folder: restores, changes a file or two, saves."""

    def __init__(self, store: ByteStore, folder: Path, chance: random.Random) -> None:
        self._store = store
        self._folder = folder
        self._chance = chance
        (folder / "deps").mkdir(parents=True)

    def run(self) -> None:
        """Restore, work, save. Raises StoreError where what it restores has gone."""
        tree = Tree(os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY), b"")
        try:
            base = self._restore(tree, self._chance.choice(KEYS))
            for name in self._chance.sample("abcd", 2):
                content = self._chance.choice((b"1", b"2", b"3")) * 3000
                (self._folder / "deps" / name).write_bytes(content)
            self._save(tree, base, self._chance.choice(KEYS))
        finally:
            tree.close()

    def _restore(self, tree: Tree, key: str) -> Base:
        name = manifest_name(SCOPE, VERSION, key)
        data = self._store.read(name)
        if data is None:
            return NO_BASE
        manifest = decode_manifest(data)
        try:
            index = load_index(self._store, manifest)
            wanted, _ = choose_entries(index, CACHE_PATHS)
            restorer = Restorer(tree, lambda: secrets.token_hex(8))
            restored = restorer.restore(wanted, index, self._store, SCOPE)
        except StoreError:
            if self._store.read(name) == data:
                raise
            return NO_BASE
        return Base(manifest=manifest, index=index, known=restored.known)

    def _save(self, tree: Tree, base: Base, key: str) -> None:
        manifest = self._written(tree, base, key)
        if not secure(self._store, base.manifest, manifest):
            manifest = self._written(tree, NO_BASE, key)
        data = encode_manifest(manifest)
        if key:
            self._store.create(manifest.name, [data])
        else:
            self._store.replace(manifest.name, data)

    def _written(self, tree: Tree, base: Base, key: str) -> Manifest:
        found = save_files(scan_tree(tree, CACHE_PATHS), base, self._store, SCOPE)
        return Manifest(
            scope=SCOPE, version=VERSION, key=key, paths=PATHS, segments=found.segments,
            packs=found.packs, files=found.index.files, entries=len(found.index.entries),
            size_bytes=found.index.size_bytes,
        )  # fmt: skip


def run(seed: int, folder: Path) -> tuple[MemoryStore, int]:
    """A store after some builds, beside which entries were removed and objects collected.

    Before them there were others, whose objects are condemned by now: the builds write some of
    them again. Also how many objects were removed beside the builds.
    """
    clock = HandClock()
    store = MemoryStore(clock)
    chance = random.Random(f"upkeep {seed}")
    freed: list[int] = []

    def builds(mine: ByteStore, first: int) -> None:
        for number in range(first, first + 3):
            place = folder / f"{seed}-{number}"
            RealBuild(mine, place, random.Random(f"{number} {seed}")).run()

    def upkeep(mine: TurnStore) -> None:
        for _ in range(8):
            mine.take(partial(clock.move, 0.1 * GRACE_S))
            if chance.random() < 0.4:
                entries = list_entries(mine, SCOPE)
                remove_entries(mine, find_entries(entries, chance.choice(KEYS)))
            freed.append(collect(mine, SCOPE, GRACE_S).freed)

    builds(store, 0)
    remove_entries(store, find_entries(list_entries(store, SCOPE), chance.choice(KEYS)))
    clock.move(1.1 * GRACE_S)
    collect(store, SCOPE, GRACE_S)
    clock.move(0.6 * GRACE_S)
    interleave(store, seed, builds=lambda mine: builds(mine, 3), upkeep=upkeep)
    clock.move(1.1 * GRACE_S)
    return store, sum(freed)


@pytest.mark.parametrize("first", range(0, 60, 15))
def test_no_real_build_loses_anything(first: int, tmp_path: Path) -> None:
    freed = 0
    for seed in range(first, first + 15):
        store, removed = run(seed, tmp_path)
        freed += removed
        for _ in range(3):
            collect(store, SCOPE, GRACE_S)
            assert verify(store, SCOPE).damage == (), f"seed {seed}"
    assert freed
