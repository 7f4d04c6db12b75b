"""A store before another one: what the lower delivers stays in the upper, which is asked first.

The upper's verbs never wait for the lower's, and never fail with them: a lower store that is sick
costs a warning. More tiers are a layered store as the lower one.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from localbuild.cache.stores.layered_uploads import Needs, Progress, Uploads, is_object
from localbuild.cache.stores.names import check_name, check_prefix
from localbuild.cache.stores.warned import warnings_of
from localbuild.ports.store import ByteStore, Fault, Stored, StoreError

T = TypeVar("T")

_LOCKS = 64
_DIGEST = 64
_UPPER, _LOWER = "upper", "lower"


class LayeredStore:
    """`upper` before `lower`.

    Immutable objects (`/o/` in their name) are fetched whole, and kept once they are what their
    name says. Writes reach the lower store in the background: `finish` waits for them. `needs`
    tells the objects that a manifest (`/m/`) needs: it is written to the lower store only when all
    of them are there.
    """

    def __init__(
        self, upper: ByteStore, lower: ByteStore, *, needs: Needs = lambda _name, _data: ()
    ) -> None:
        self.upper = upper
        self.lower = lower
        self.url = upper.url
        self.parallel = max(upper.parallel, lower.parallel)
        self.level = max(upper.level, lower.level)
        self._uploads = Uploads(upper, lower, needs)
        self._locks = [threading.Lock() for _ in range(_LOCKS)]
        self._told: dict[str, None] = {}
        self._keeps = True

    @property
    def warnings(self) -> tuple[str, ...]:
        """What went wrong with one store while the other one did, each once."""
        told = (*self._told, *self._uploads.warnings)
        return tuple(dict.fromkeys((*warnings_of(self.upper), *warnings_of(self.lower), *told)))

    def now(self) -> float:
        """The upper store's clock."""
        return self.upper.now()

    def read(self, name: str) -> bytes | None:
        """The whole object."""
        check_name(name)
        return self._first(
            lambda: self.upper.read(name),
            lambda: self._fetch(name) if is_object(name) else self.lower.read(name),
        )

    def read_range(self, name: str, offset: int, length: int) -> bytes | None:
        """Exactly `length` bytes from `offset`; CORRUPT where the object is shorter."""
        check_name(name)
        return self._first(
            lambda: self.upper.read_range(name, offset, length),
            lambda: self._fetch_range(name, offset, length),
        )

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        """Write an object that is not there yet; False where the upper store has it already."""
        check_name(name)
        created = self.upper.create(name, pieces)
        if is_object(name):
            self._uploads.add_object(name, sum(map(len, pieces)), is_new=created)
        elif created:
            data = b"".join(pieces)
            self._uploads.add_other(name, data, lambda: self.lower.create(name, [data]))
        return created

    def replace(self, name: str, data: bytes) -> None:
        """Write an object whether it is there or not, at once for every reader of the upper."""
        check_name(name)
        self.upper.replace(name, data)
        self._uploads.add_other(name, data, lambda: self.lower.replace(name, data))

    def keep(self, name: str, data: bytes) -> None:
        """Keep in the upper store alone what came from the lower one. Never raises."""
        try:
            if self.upper.find(name) is None:  # what another build has saved meanwhile stays
                self.upper.create(name, [data])
        except StoreError as error:
            self._warn(error)

    def find(self, name: str) -> Stored | None:
        """What there is under that name."""
        check_name(name)
        return self._first(
            lambda: _find(self.upper, name, _UPPER), lambda: _find(self.lower, name, _LOWER)
        )

    def list(self, prefix: str) -> Iterator[Stored]:
        """All objects of both, in the names' order; of two with one name that of the upper.

        It is the one that is read; the lower one of the same save is younger.
        """
        check_prefix(prefix)
        nothing: tuple[Stored, ...] = ()
        below = self._lower(lambda: tuple(self.lower.list(prefix)), nothing)
        found = {stored.name: _of(stored, _LOWER) for stored in below}
        found.update((stored.name, _of(stored, _UPPER)) for stored in self.upper.list(prefix))
        return iter([found[name] for name in sorted(found)])

    def freshen(self, name: str) -> bool:
        """Make an object young in both; False where neither has it."""
        check_name(name)
        if not self.upper.freshen(name):
            return self._lower(lambda: self.lower.freshen(name), False)
        if is_object(name):
            self._uploads.add_object(name, 0, is_new=False)
        else:
            self._uploads.add_other(name, b"", lambda: self.lower.freshen(name))
        return True

    def remove(self, name: str, seen: Stored | None = None) -> bool:
        """Remove an object from both; with `seen` from the one that it was seen in."""
        check_name(name)
        self._uploads.settle(name)
        tier, _, tag = seen.tag.partition(" ") if seen is not None else ("", "", "")
        there = None if seen is None else replace(seen, tag=tag)
        above = tier != _LOWER and self.upper.remove(name, there)
        below = tier != _UPPER and self._lower(lambda: self.lower.remove(name, there), False)
        return above or below

    def sweep(self, older_s: float) -> int:
        """Remove what dead writers left half written, once it is that old; how many pieces."""
        return self.upper.sweep(older_s) + self._lower(lambda: self.lower.sweep(older_s), 0)

    def finish(self, progress: Progress = lambda _done, _all: None) -> tuple[str, ...]:
        """Wait for what goes to the lower store; all warnings. `progress` gets bytes: done, all."""
        self._uploads.finish(progress)
        return self.warnings

    def close(self) -> None:
        """Let go of both; what is still on its way to the lower store is given up."""
        self._uploads.give_up()
        self.lower.close()
        self._uploads.join()
        self.lower.close()  # again, for what it was given in between
        self.upper.close()

    def _first(self, above: Callable[[], T | None], below: Callable[[], T | None]) -> T | None:
        """What the upper store has, else the lower. A sick upper alone is no fault."""
        failed: StoreError | None = None
        try:
            found = above()
        except StoreError as error:
            failed, found = error, None
        if found is None:
            found = self._lower(below, None)
            if failed is not None and found is None:
                raise failed
            if failed is not None:
                self._warn(failed)
        return found

    def _lower(self, ask: Callable[[], T], otherwise: T) -> T:
        """What the lower store says; `otherwise` where it is sick. A broken object is told."""
        try:
            return ask()
        except StoreError as error:
            if error.fault is Fault.CORRUPT:
                raise
            self._warn(error)
            return otherwise

    def _fetch_range(self, name: str, offset: int, length: int) -> bytes | None:
        if not is_object(name) or not self._keeps:
            return self.lower.read_range(name, offset, length)
        data = self._fetch(name)
        if data is None:
            return None
        if offset + length > len(data):
            raise _broken(self.lower, name, "the object is shorter than it should be")
        return data[offset : offset + length]

    def _fetch(self, name: str) -> bytes | None:
        """An immutable object of the lower store, kept in the upper; of many who ask, one fetches.

        Raises StoreError; CORRUPT where it is not what its name says.
        """
        with self._locks[hash(name) % _LOCKS]:
            with suppress(StoreError):
                data = self.upper.read(name)
                if data is not None:
                    return data
            data = self.lower.read(name)
            if data is None:
                return None
            if not _is_named_by(data, name):
                raise _broken(self.lower, name, "the object is not what its name says")
            self._keep_object(name, data)
            return data

    def _keep_object(self, name: str, data: bytes) -> None:
        if not self._keeps:
            return
        try:
            self.upper.create(name, [data])
        except StoreError as error:
            self._keeps = False
            self._warn(error)

    def _warn(self, error: StoreError) -> None:
        self._told[error.message] = None


def _of(stored: Stored, tier: str) -> Stored:
    """An object, so that it can be told which of two it is."""
    return replace(stored, tag=f"{tier} {stored.tag}")


def _find(store: ByteStore, name: str, tier: str) -> Stored | None:
    found = store.find(name)
    return None if found is None else _of(found, tier)


def _is_named_by(data: bytes, name: str) -> bool:
    """Whether bytes are those of an object that is named by their SHA-256; others are believed."""
    digest = name.rpartition("/")[2]
    return len(digest) != _DIGEST or hashlib.sha256(data).hexdigest() == digest


def _broken(store: ByteStore, name: str, why: str) -> StoreError:
    return StoreError(Fault.CORRUPT, f"{store.url}/{name}: {why}")
