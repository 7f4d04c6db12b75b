"""A collection in two parts, at every two points of a save and of a restore, without exception.

The build goes to a verb, the collection to one of its own, the build to a later one, the collection
to its end: what is listed before is removed after.
"""

from collections.abc import Callable, Iterator

import pytest

from localbuild.cache.entries import list_entries
from localbuild.cache.gc import collect, remove_entries
from localbuild.cache.keys import object_name
from localbuild.cache.manifest import Manifest, ObjectRef, decode_manifest, encode_manifest
from localbuild.cache.packs import write_object
from localbuild.cache.secure import secure
from localbuild.cache.stores.memory import MemoryStore
from localbuild.ports.store import ByteStore
from tests.unit.cache.cupboard import DAY, SCOPE, VERSION, HandClock, object_of
from tests.unit.cache.interleaving import run_plan

ALL = 1_000_000
CONTENT = b"what was condemned and is needed again"
Work = Callable[[ByteStore], None]


class NeverYoung(MemoryStore):
    """A store that a careless writer uses: nothing is made young."""

    def freshen(self, name: str) -> bool:
        return self.find(name) is not None


def entry(key: str, *contents: bytes) -> Manifest:
    """An entry of these objects, which are written elsewhere."""
    scratch = MemoryStore(HandClock())
    packs = [write_object(scratch, SCOPE, [content]) for content in contents]
    return Manifest(
        scope=SCOPE, version=VERSION, key=key,
        packs=tuple(ObjectRef(digest=p.digest, size_bytes=p.size) for p in packs),
    )  # fmt: skip


def write(store: ByteStore, manifest: Manifest) -> None:
    store.create(manifest.name, [encode_manifest(manifest)])


def condemned(kind: type[MemoryStore]) -> MemoryStore:
    """A store with an object that the next collection removes."""
    clock = HandClock()
    store = kind(clock)
    store.parallel = 1
    write_object(store, SCOPE, [CONTENT])
    clock.move(DAY + 1)
    collect(store, SCOPE, DAY)
    clock.move(DAY + 1)
    return store


def save_anew(store: ByteStore) -> None:
    """Save an entry that needs the condemned object."""
    write_object(store, SCOPE, [CONTENT])
    write(store, entry("new", CONTENT))


def build_upon(store: ByteStore) -> None:
    """Save an entry that takes the object over from another one, which may go meanwhile."""
    base = entry("base", CONTENT)
    data = store.read(base.name)
    if data is None:
        return
    manifest = entry("new", CONTENT)
    if not secure(store, decode_manifest(data), manifest):
        write_object(store, SCOPE, [CONTENT])
    write(store, manifest)


def upkeep(store: ByteStore) -> None:
    collect(store, SCOPE, DAY)


def upkeep_that_removes(store: ByteStore) -> None:
    remove_entries(store, list_entries(store, SCOPE))
    collect(store, SCOPE, DAY)


def sweep(make: Callable[[], MemoryStore], build: Work, care: Work) -> Iterator[MemoryStore]:
    """The store after each of all the ways in which the two can come between each other."""
    turns = run_plan(make(), iter([("build", ALL), ("care", ALL)]), build=build, care=care)
    verbs, steps = turns.count("build"), turns.count("care")
    for first in range(verbs + 1):
        for listed in range(steps + 3):
            for then in range(1, verbs + 2 - first):
                plan = [("build", first), ("care", listed), ("build", then), ("care", ALL)]
                store = make()
                run_plan(store, iter(plan), build=build, care=care)
                yield store


def broken(store: ByteStore) -> bool:
    """Whether an entry lacks something."""
    needed = [o.digest for e in list_entries(store, SCOPE) for o in e.objects]
    return any(store.find(object_name(SCOPE, digest)) is None for digest in needed)


def with_base() -> MemoryStore:
    """The same, and an entry that needs the object."""
    store = condemned(MemoryStore)
    write(store, entry("base", CONTENT))
    return store


def test_a_save_finds_what_was_condemned() -> None:
    stores = list(sweep(lambda: condemned(MemoryStore), save_anew, upkeep))
    assert len(stores) > 50
    assert not any(map(broken, stores))
    assert all(store.find(entry("new").name) for store in stores)


def test_the_sweep_sees_a_writer_that_makes_nothing_young() -> None:
    assert any(map(broken, sweep(lambda: condemned(NeverYoung), save_anew, upkeep)))


@pytest.mark.parametrize("care", [upkeep, upkeep_that_removes])
def test_a_save_can_build_upon_what_goes_meanwhile(care: Work) -> None:
    assert not any(map(broken, sweep(with_base, build_upon, care)))


def test_a_restore_has_what_its_manifest_names() -> None:
    lost: list[str] = []

    def restore(store: ByteStore) -> None:
        base = entry("base", CONTENT)
        data = store.read(base.name)
        if data is not None and store.read(object_of(base)) is None:
            lost.append(base.key)

    for _ in sweep(with_base, restore, upkeep_that_removes):
        pass
    assert lost == []
