"""Parties on one store, verb by verb: a plan says whose turn it is, and for how many verbs.

A party is a function that works on the store that it is given. It may have threads: each verb of
any of them is one turn. Between two verbs of one party the others may do any number of their own.
"""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TypeVar

from localbuild.ports.store import ByteStore, Stored

Party = Callable[["TurnStore"], None]
Result = TypeVar("Result")
_BURSTS = (1, 1, 1, 2, 5, 20, 60)
_LONGEST_S = 60.0


def random_plan(names: Sequence[str], seed: int) -> Iterator[tuple[str, int]]:
    """Turns without end: often of one verb, sometimes of so many that a whole listing of one party
    lies between two verbs of the other."""
    chance = random.Random(seed)
    while True:
        yield chance.choice(names), chance.choice(_BURSTS)


class Turns:
    """Whose turn it is. A party that has ended has none; when the plan ends, any may go on."""

    def __init__(self, names: Sequence[str], plan: Iterator[tuple[str, int]]) -> None:
        self._plan = plan
        self._alive = list(names)
        self._changed = threading.Condition()
        self._next, self._left = "", 0
        self.taken: list[str] = []
        with self._changed:
            self._pass_on()

    def take(self, name: str, act: Callable[[], Result]) -> Result:
        """Wait for the party's turn, act, and see who is next."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._next == name, _LONGEST_S):
                raise TimeoutError(f"it was never the turn of {name}")
            try:
                return act()
            finally:
                self.taken.append(name)
                self._left -= 1
                if not self._left:
                    self._pass_on()

    def end(self, name: str) -> None:
        """The party has nothing more to do."""
        with self._changed:
            self._alive.remove(name)
            if self._next == name:
                self._pass_on()

    def _pass_on(self) -> None:
        self._next = ""
        if self._alive:
            turns = chain(self._plan, ((name, 1) for name in self._alive))
            self._next, self._left = next(t for t in turns if t[0] in self._alive and t[1])
        self._changed.notify_all()


class TurnStore:
    """A store of one party: each verb waits for its turn."""

    def __init__(self, inner: ByteStore, turns: Turns, party: str) -> None:
        self._inner = inner
        self._turns = turns
        self._party = party
        self.url = inner.url
        self.parallel = inner.parallel
        self.level = inner.level

    def now(self) -> float:
        """A turn, as all that follow."""
        return self.take(self._inner.now)

    def read(self, name: str) -> bytes | None:
        return self.take(lambda: self._inner.read(name))

    def read_range(self, name: str, offset: int, length: int) -> bytes | None:
        return self.take(lambda: self._inner.read_range(name, offset, length))

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        return self.take(lambda: self._inner.create(name, pieces))

    def replace(self, name: str, data: bytes) -> None:
        self.take(lambda: self._inner.replace(name, data))

    def find(self, name: str) -> Stored | None:
        return self.take(lambda: self._inner.find(name))

    def list(self, prefix: str) -> Iterator[Stored]:
        """Each thing that is listed is a turn: others come between two pages of a listing."""
        found = iter(self.take(lambda: list(self._inner.list(prefix))))
        while (stored := self.take(lambda: next(found, None))) is not None:
            yield stored

    def freshen(self, name: str) -> bool:
        return self.take(lambda: self._inner.freshen(name))

    def remove(self, name: str, seen: Stored | None = None) -> bool:
        return self.take(lambda: self._inner.remove(name, seen))

    def sweep(self, older_s: float) -> int:
        return self.take(lambda: self._inner.sweep(older_s))

    def close(self) -> None:
        """Nothing is held."""

    def take(self, act: Callable[[], Result]) -> Result:
        """A turn for something else, as a step of the clock is."""
        return self._turns.take(self._party, act)


def interleave(store: ByteStore, seed: int, **parties: Party) -> list[str]:
    """Run the parties to their end by chance; whose turns there were. Raises what one raises."""
    return run_plan(store, random_plan(list(parties), seed), **parties)


def run_plan(store: ByteStore, plan: Iterator[tuple[str, int]], **parties: Party) -> list[str]:
    """Run the parties to their end by a plan; whose turns there were. Raises what one raises."""
    turns = Turns(list(parties), plan)
    errors: list[BaseException] = []

    def run(name: str, party: Party) -> None:
        try:
            party(TurnStore(store, turns, name))
        except BaseException as error:
            errors.append(error)
        finally:
            turns.end(name)

    threads = [threading.Thread(target=run, args=pair) for pair in parties.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return turns.taken
