"""Collections at every point between two verbs of builds: nothing that is needed goes.

A build here is a stand-in that keeps the rules of a writer: objects first, the manifest last; what
it takes over from an entry that is gone meanwhile is made young, or written anew.
"""

import hashlib
import random
from functools import partial

import pytest

from localbuild.cache.entries import find_entries, list_entries
from localbuild.cache.gc import collect, remove_entries
from localbuild.cache.keys import manifest_name, object_name
from localbuild.cache.manifest import Manifest, ObjectRef, decode_manifest, encode_manifest
from localbuild.cache.packs import write_object
from localbuild.cache.secure import secure
from localbuild.cache.stores.memory import MemoryStore
from localbuild.ports.store import ByteStore
from tests.unit.cache.cupboard import DAY, SCOPE, VERSION, HandClock
from tests.unit.cache.interleaving import TurnStore, interleave

GRACE_S = DAY
KEYS = ("", "a", "b")
CONTENTS = [b"content %d" % n for n in range(6)]


EMPTY = Manifest(scope=SCOPE, version=VERSION)


class Time:
    """Moves a clock, but never by more than the grace while one build runs."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self._left: dict[str, float] = {}

    def begin(self, name: str) -> None:
        """A build begins; it will have ended within the grace."""
        self._left[name] = 0.9 * GRACE_S

    def end(self, name: str) -> None:
        """A build ends."""
        del self._left[name]

    def move(self, seconds: float) -> None:
        """Forwards, as far as the builds that run allow."""
        step = min([seconds, *self._left.values()])
        for name in self._left:
            self._left[name] -= step
        self.clock.move(step)


class Build:
    """A build that restores an entry, changes a little, and saves."""

    def __init__(
        self,
        store: ByteStore,
        chance: random.Random,
        *,
        careless: bool = False,
        keep_all: bool = False,
    ) -> None:
        self._store = store
        self._keeps = keep_all
        self._chance = chance
        self._careless = careless
        self.lost: list[str] = []

    def restore(self, key: str) -> Manifest | None:
        """The manifest, when every object was there; a miss where the entry went meanwhile."""
        name = manifest_name(SCOPE, VERSION, key)
        found, data = self._store.find(name), self._store.read(name)
        if found is None or data is None:
            return None
        manifest = decode_manifest(data)
        for each in manifest.objects:
            if self._store.read(object_name(SCOPE, each.digest)) is None:
                if self._store.find(name) == found:
                    self.lost.append(each.digest)
                return None
        return manifest

    def save(self, key: str, base: Manifest | None) -> None:
        """Some objects of the base, and some that are new or were thought to be."""
        kept = [p for p in base.packs if self._keeps or self._chance.random() < 0.8] if base else []
        packs = [*kept]
        for content in self._chance.sample(CONTENTS, 0 if kept and self._keeps else 2):
            pack = write_object(self._store, SCOPE, [content])
            packs.append(ObjectRef(digest=pack.digest, size_bytes=pack.size))
        manifest = Manifest(scope=SCOPE, version=VERSION, key=key, packs=tuple(packs))
        if base and not self._careless and not secure(self._store, base, manifest):
            self._write_anew(kept)
        data = encode_manifest(manifest)
        if key:
            self._store.create(manifest.name, [data])
        else:
            self._store.replace(manifest.name, data)

    def _write_anew(self, objects: list[ObjectRef]) -> None:
        contents = {hashlib.sha256(c).hexdigest(): c for c in CONTENTS}
        for each in objects:
            write_object(self._store, SCOPE, [contents[each.digest]])


def run(
    seed: int, *, careless: bool = False, grace_s: float = GRACE_S
) -> tuple[MemoryStore, list[str]]:
    """A store after builds, beside which entries were removed and objects collected.

    Also the objects that a restore did not find though its entry was there.
    """
    time = Time()
    store = MemoryStore(time.clock)
    store.parallel = 1
    lost: list[str] = []

    def builds(mine: TurnStore, name: str) -> None:
        chance = random.Random(f"{name} {seed}")
        for _ in range(6):
            mine.take(lambda: time.begin(name))
            build = Build(mine, chance, careless=careless)
            base = build.restore(chance.choice(KEYS))
            build.save(chance.choice(KEYS), base)
            mine.take(lambda: time.end(name))
            lost.extend(build.lost)

    def upkeep(mine: TurnStore) -> None:
        chance = random.Random(f"upkeep {seed}")
        for _ in range(10):
            step = chance.choice((0.1, 0.5, 1.1)) * GRACE_S
            mine.take(partial(time.move, step))
            if chance.random() < 0.5:
                entries = list_entries(mine, SCOPE)
                remove_entries(mine, find_entries(entries, chance.choice(KEYS)))
            collect(mine, SCOPE, grace_s, at_once=not grace_s)

    interleave(
        store, seed, upkeep=upkeep, one=lambda s: builds(s, "one"), two=lambda s: builds(s, "two")
    )
    return store, lost


def missing_objects(store: ByteStore) -> list[str]:
    """What entries need and is not there."""
    needed = [o.digest for e in list_entries(store, SCOPE) for o in e.objects]
    return [digest for digest in needed if store.find(object_name(SCOPE, digest)) is None]


@pytest.mark.parametrize("first", range(0, 200, 20))
def test_nothing_that_is_needed_is_removed(first: int) -> None:
    for seed in range(first, first + 20):
        store, lost = run(seed)
        assert missing_objects(store) == [], f"seed {seed}"
        assert lost == [], f"seed {seed}"


def test_all_is_removed_in_the_end() -> None:
    store, _ = run(1)
    remove_entries(store, list_entries(store, SCOPE))
    clock = store._clock
    assert isinstance(clock, HandClock)
    for _ in range(3):
        clock.move(GRACE_S + 1)
        collect(store, SCOPE, GRACE_S)
    assert [s.name for s in store.list("v1/scopes/")] == []


def test_without_grace_the_harness_sees_what_is_lost() -> None:
    runs = [run(seed, grace_s=0) for seed in range(80)]
    assert any(missing_objects(store) for store, _ in runs)
    assert any(lost for _, lost in runs)


def overtaken(*, careless: bool) -> list[str]:
    """Two builds whose bases go while they run; what the second one's entry lacks at last."""
    clock = HandClock()
    store = MemoryStore(clock)

    def build() -> Build:
        return Build(store, random.Random(3), careless=careless, keep_all=True)

    build().save("a", None)
    clock.move(1.1 * GRACE_S)
    first = build()
    base = first.restore("a")
    remove_entries(store, list_entries(store, SCOPE))
    collect(store, SCOPE, GRACE_S)
    clock.move(0.5 * GRACE_S)
    first.save("", base)
    clock.move(0.6 * GRACE_S)
    second = build()
    base = second.restore("")
    store.replace(manifest_name(SCOPE, VERSION, ""), encode_manifest(EMPTY))
    collect(store, SCOPE, GRACE_S)
    second.save("b", base)
    return missing_objects(store)


def test_a_writer_whose_base_has_gone_makes_what_it_takes_over_young() -> None:
    assert overtaken(careless=False) == []
    assert overtaken(careless=True) != []
