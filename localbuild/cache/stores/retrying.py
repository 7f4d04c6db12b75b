"""Tries again what may go away by trying again, and gives up a store that stays sick."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from localbuild.cache.stores.chance import random_share
from localbuild.cache.stores.warned import warnings_of
from localbuild.ports.store import ByteStore, Fault, Stored, StoreError

T = TypeVar("T")

_SMALL_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a verb is tried, how long the waits between are at most (doubled each time).

    `budget_s` is how long a store may be sick without a success in between, over all verbs.
    """

    attempts: int = 3
    wait_s: float = 0.5
    budget_s: float = 10.0


class RetryingStore:
    """`store`, asked again where it is UNAVAILABLE.

    Once a verb has failed every time, or the store has been sick for `budget_s`, every later verb
    fails at once: a dead store costs a build its budget and no more, whatever is asked of it.
    """

    def __init__(
        self,
        store: ByteStore,
        *,
        patience: Patience | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random_share,
    ) -> None:
        self._store = store
        self.url = store.url
        self.parallel = store.parallel
        self.level = store.level
        self._patience = patience or Patience()
        self._monotonic = monotonic
        self._sleep = sleep
        self._random = random
        self._lock = threading.Lock()
        self._sick_since: float | None = None
        self._broken: StoreError | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """The store's."""
        return warnings_of(self._store)

    def now(self) -> float:
        """The store's clock, Unix seconds."""
        return self._try(self._store.now)

    def read(self, name: str) -> bytes | None:
        """The whole object."""
        return self._try(lambda: self._store.read(name))

    def read_range(self, name: str, offset: int, length: int) -> bytes | None:
        """Exactly `length` bytes from `offset`; CORRUPT where the object is shorter."""
        return self._try(lambda: self._store.read_range(name, offset, length))

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        """Write an object that is not there yet; False where it is there already.

        What an attempt has written whose answer was lost is ours: a small one is read again.
        """
        tries = 0

        def attempt() -> bool:
            nonlocal tries
            tries += 1
            return self._store.create(name, pieces)

        won = self._try(attempt)
        if won or tries == 1 or sum(map(len, pieces)) > _SMALL_BYTES:
            return won
        return self.read(name) == b"".join(pieces)

    def replace(self, name: str, data: bytes) -> None:
        """Write an object whether it is there or not, at once for every reader."""
        self._try(lambda: self._store.replace(name, data))

    def find(self, name: str) -> Stored | None:
        """What there is under that name."""
        return self._try(lambda: self._store.find(name))

    def list(self, prefix: str) -> Iterator[Stored]:
        """All objects whose name begins with `prefix`, in the names' order."""
        return self._try(lambda: iter(tuple(self._store.list(prefix))))

    def freshen(self, name: str) -> bool:
        """Make an object as young as one that is written now; False where it is not there."""
        return self._try(lambda: self._store.freshen(name))

    def remove(self, name: str, seen: Stored | None = None) -> bool:
        """Remove an object: with `seen` only where it is still that one. False: nothing removed."""
        return self._try(lambda: self._store.remove(name, seen))

    def sweep(self, older_s: float) -> int:
        """Remove what dead writers left half written, once it is that old; how many pieces."""
        return self._try(lambda: self._store.sweep(older_s))

    def close(self) -> None:
        """Let go of connections; nothing is tried any more."""
        if self._broken is None:
            self._broken = StoreError(Fault.UNAVAILABLE, f"{self.url}: it was closed")
        self._store.close()

    def _try(self, act: Callable[[], T]) -> T:
        longest = 0.0
        for turn in range(1, self._patience.attempts + 1):
            self._check()
            began = self._monotonic()
            try:
                result = act()
            except StoreError as error:
                if error.fault is not Fault.UNAVAILABLE:
                    raise
                longest = max(longest, self._monotonic() - began)
                wait_s = self._patience.wait_s * 2 ** (turn - 1) * self._random()
                if turn == self._patience.attempts or self._is_over(began, longest + wait_s):
                    self._broken = error
                    raise
                self._sleep(wait_s)
            else:
                self._sick_since = None
                return result
        raise AssertionError("a last attempt returns or raises")

    def _check(self) -> None:
        broken = self._broken
        if broken is not None:
            raise StoreError(broken.fault, broken.message, hints=broken.hints)

    def _is_over(self, began: float, next_s: float) -> bool:
        """Whether another attempt that takes as long as the last could go beyond the budget."""
        with self._lock:
            if self._sick_since is None:
                self._sick_since = began
            sick_s = self._monotonic() - self._sick_since
        return sick_s + next_s > self._patience.budget_s
