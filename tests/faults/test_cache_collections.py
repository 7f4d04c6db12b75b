"""Whole builds beside collections, verb by verb: nothing that a build or an entry needs goes."""

import random
from functools import partial
from pathlib import Path

from localbuild.cache.entries import find_entries, list_entries
from localbuild.cache.gc import collect, remove_entries
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.verify import verify
from localbuild.ports.cache import CacheOutcome
from tests.faults.conftest import Tally
from tests.faults.counts import short_and_full
from tests.faults.rooms import SCOPE, Came, FolderContainer, Project, make_root
from tests.unit.cache.cupboard import DAY, HandClock
from tests.unit.cache.interleaving import TurnStore, interleave
from tests.unit.cache.test_gc_interleaved import Time

KEYS = ("", "a", "b")
CONTENTS = [b"%d" % number * 3000 for number in range(4)]


class Builds:
    """One after the other: each restores, changes a file or two, and saves."""

    def __init__(self, name: str, folder: Path, time: Time, seed: int) -> None:
        self._name = name
        self._folder = folder
        self._time = time
        self._chance = random.Random(f"{name} {seed}")
        self.came: list[Came] = []

    def run(self, mine: TurnStore) -> None:
        """Four builds."""
        for number in range(4):
            root = make_root(self._folder / f"{self._name} {number}")
            key = self._chance.choice(KEYS)
            project = Project(key=key, fallback_keys=KEYS[1:] if key else ())
            mine.take(lambda: self._time.begin(self._name))
            came = project.build(
                lambda: [mine], FolderContainer(root=root), partial(self._work, root)
            )
            mine.take(lambda: self._time.end(self._name))
            self.came.append(came)

    def _work(self, root: Path) -> None:
        deps = root / "src/deps"
        deps.mkdir(exist_ok=True)
        for name in self._chance.sample("abcd", 2):
            (deps / name).write_bytes(self._chance.choice(CONTENTS))


def run(seed: int, folder: Path) -> tuple[int, int]:
    """Two rows of builds beside upkeep; how many hits there were, and how many objects went."""
    time = Time()
    store = MemoryStore(time.clock)
    freed: list[int] = []

    def upkeep(mine: TurnStore) -> None:
        chance = random.Random(f"upkeep {seed}")
        for _ in range(10):
            mine.take(partial(time.move, chance.choice((0.1, 0.5, 1.1)) * DAY))
            if chance.random() < 0.5:
                entries = list_entries(mine, SCOPE)
                remove_entries(mine, find_entries(entries, chance.choice(KEYS)))
            freed.append(collect(mine, SCOPE, DAY).freed)

    one, two = (Builds(name, folder, time, seed) for name in ("one", "two"))
    interleave(store, seed, upkeep=upkeep, one=one.run, two=two.run)
    came = one.came + two.came
    assert [c.warnings for c in came if c.warnings] == [], f"seed {seed}"
    check_end(store, seed)
    return sum(c.restored.outcome is not CacheOutcome.MISS for c in came), sum(freed)


def check_end(store: MemoryStore, seed: int) -> None:
    """What is there is whole, and stays so."""
    clock = store._clock
    assert isinstance(clock, HandClock)
    for _ in range(3):
        assert verify(store, SCOPE).damage == (), f"seed {seed}"
        clock.move(1.1 * DAY)
        collect(store, SCOPE, DAY)


@short_and_full(20, 200)
def test_nothing_that_is_needed_goes(seed: int, tmp_path: Path, tally: Tally, count: int) -> None:
    hits = freed = 0
    for number in range(count):
        found = run(seed + number, tmp_path / str(number))
        hits, freed = hits + found[0], freed + found[1]
    assert hits > count
    assert freed > count
    tally("interleavings of builds and collections that lost something", count)
