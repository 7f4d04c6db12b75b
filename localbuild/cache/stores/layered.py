"""A store before another one: what the lower delivers stays in the upper, which is asked first.

The upper's verbs never wait for the lower's, and never fail with them: a lower store that is sick
costs a warning. More tiers are a layered store as the lower one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from localbuild.cache.keys import is_manifest, is_object
from localbuild.cache.stores.layered_parts import Keeper, find_labelled, labelled
from localbuild.cache.stores.layered_uploads import Needs, Progress, Uploads
from localbuild.cache.stores.names import check_name, check_prefix
from localbuild.cache.stores.warned import warnings_of
from localbuild.ports.store import ByteStore, Fault, Stored, StoreError

T = TypeVar("T")

_UPPER, _LOWER = "upper", "lower"


class LayeredStore:
    """`upper` before `lower`.

    Immutable objects (`/o/` in their name) are fetched whole, and kept once they are what their
    name says. Writes reach the lower store in the background: `finish` waits for them. `needs`
    tells the objects that a manifest (`/m/`) needs: it is written to a store only when all of them
    are there, so that each of the two is whole by itself. Not `keeps`: what the lower delivers
    stays in neither.
    """

    def __init__(
        self,
        upper: ByteStore,
        lower: ByteStore,
        *,
        needs: Needs = lambda _name, _data: (),
        keeps: bool = True,
    ) -> None:
        self.upper = upper
        self.lower = lower
        self.url = upper.url
        self.parallel = max(upper.parallel, lower.parallel)
        self.level = max(upper.level, lower.level)
        self._needs = needs
        self._uploads = Uploads(upper, lower, needs)
        self._fetcher = Keeper(upper, lower, self._warn, keeps=keeps)
        self._told: dict[str, tuple[str, ...]] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What went wrong with one store while the other one did, each once."""
        told = (*self._told, *self._uploads.warnings)
        return tuple(dict.fromkeys((*warnings_of(self.upper), *warnings_of(self.lower), *told)))

    @property
    def hints(self) -> dict[str, tuple[str, ...]]:
        """What can be done about a warning, where that is known."""
        below = self.lower.hints if isinstance(self.lower, LayeredStore) else {}
        return {**below, **self._uploads.hints, **self._told}

    def now(self) -> float:
        """The upper store's clock."""
        return self.upper.now()

    def read(self, name: str) -> bytes | None:
        """The whole object."""
        check_name(name)
        return self._first(
            lambda: self.upper.read(name),
            lambda: self._fetcher.fetch(name) if is_object(name) else self.lower.read(name),
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
        if is_object(name):
            created = self.upper.create(name, pieces)
            self._uploads.add_object(name, sum(map(len, pieces)), is_new=created)
            return created
        data = b"".join(pieces)
        if self._is_whole_above(name, data):
            created = self.upper.create(name, pieces)
        else:
            created = self.upper.find(name) is None
        if created:
            self._uploads.add_other(name, data, lambda: self.lower.create(name, [data]))
        return created

    def replace(self, name: str, data: bytes) -> None:
        """Write an object whether it is there or not, at once for every reader of the upper."""
        check_name(name)
        if self._is_whole_above(name, data):
            self.upper.replace(name, data)
            self._uploads.add_other(name, data, lambda: self.lower.replace(name, data))
            return
        before = self.upper.find(name)
        self._uploads.add_other(name, data, lambda: self._replace_below(name, data, before))

    def _replace_below(self, name: str, data: bytes, before: Stored | None) -> None:
        """Write it to the lower store alone; the upper is asked first, and must not go on to give
        what was before."""
        self.lower.replace(name, data)
        if before is not None:
            self.upper.remove(name, before)

    def keep(self, name: str, data: bytes) -> None:
        """Keep in the upper store alone what came from the lower one, if it is whole there.

        Never raises.
        """
        if not self._fetcher.keeps:
            return
        try:
            if self.upper.find(name) is not None:  # what another build has saved meanwhile stays
                return
            if self._is_whole_above(name, data):
                self.upper.create(name, [data])
        except StoreError as error:
            self._warn(error)

    def find(self, name: str) -> Stored | None:
        """What there is under that name."""
        check_name(name)
        return self._first(
            lambda: find_labelled(self.upper, name, _UPPER),
            lambda: find_labelled(self.lower, name, _LOWER),
        )

    def list(self, prefix: str) -> Iterator[Stored]:
        """All objects of both, in the names' order; of two with one name that of the upper.

        It is the one that is read; the lower one of the same save is younger.
        """
        check_prefix(prefix)
        nothing: tuple[Stored, ...] = ()
        below = self._lower(lambda: tuple(self.lower.list(prefix)), nothing)
        found = {stored.name: labelled(stored, _LOWER) for stored in below}
        found.update((stored.name, labelled(stored, _UPPER)) for stored in self.upper.list(prefix))
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

    def _is_whole_above(self, name: str, data: bytes) -> bool:
        """Whether the upper store has all objects that a manifest needs. Raises StoreError.

        A build that began with a layer has fetched none of those that it did not change.
        """
        if not is_manifest(name):
            return True
        return all(self.upper.find(needed) is not None for needed in self._needs(name, data))

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
        if is_object(name) and self._fetcher.keeps:
            return self._fetcher.fetch_range(name, offset, length)
        return self.lower.read_range(name, offset, length)

    def _warn(self, error: StoreError) -> None:
        self._told[error.message] = error.hints
