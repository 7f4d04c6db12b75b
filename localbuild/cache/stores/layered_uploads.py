"""The way from an upper store to a lower one, in the background: objects, then who needs them.

Nothing is held in memory meanwhile: an object is read from the upper store when its turn comes.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from localbuild.cache.keys import is_manifest
from localbuild.ports.store import ByteStore, Fault, StoreError

Needs = Callable[[str, bytes], Iterable[str]]
"""The names of all objects that an object of that name, with those bytes, needs."""

Progress = Callable[[int, int], None]

MOST_BYTES = 64 << 20
"""How much may be on its way at once; an object that is larger goes alone."""

YOUNG_S = 12 * 3600
"""An object that is older may be about to be collected: who needs it makes it young."""

_LOOK_S = 0.2


class Uploads:
    """What is on its way from `upper` to `lower`."""

    def __init__(self, upper: ByteStore, lower: ByteStore, needs: Needs) -> None:
        self._upper = upper
        self._lower = lower
        self._needs = needs
        self._room = _Room(MOST_BYTES)
        self._workers = ThreadPoolExecutor(lower.parallel, "localbuild-upload")
        self._last = ThreadPoolExecutor(1, "localbuild-upload-last")
        self._objects: dict[str, Future[None]] = {}
        self._others: list[Future[None]] = []
        self._lock = threading.Lock()
        self._done = self._all = 0
        self._told: dict[str, tuple[str, ...]] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What did not arrive, and why; each reason once."""
        return tuple(self._told)

    @property
    def hints(self) -> dict[str, tuple[str, ...]]:
        """What can be done about a warning."""
        return dict(self._told)

    def add_object(self, name: str, size_bytes: int, *, is_new: bool) -> None:
        """Have the lower store get an object, or make its own young."""
        with self._lock:
            if name not in self._objects:
                self._all += size_bytes
                self._objects[name] = self._workers.submit(self._bring, name, size_bytes, is_new)

    def add_other(self, name: str, data: bytes, write: Callable[[], object]) -> None:
        """Have something written once all that was added before has arrived.

        A manifest is not written where one of its objects, or any that was added, has not.
        """
        with self._lock:
            before = tuple(self._objects.values())
            self._others.append(self._last.submit(self._write, (name, data), before, write))

    def settle(self, name: str) -> None:
        """Wait for what was added under that name, and forget it: it will be removed."""
        with self._lock:
            waiting = [f for f in (self._objects.pop(name, None), *self._others) if f is not None]
        for future in waiting:
            _end_of(future)

    def finish(self, progress: Progress) -> None:
        """Wait for all; `progress` gets the bytes of objects that have arrived, and of all."""
        while True:
            with self._lock:
                waiting = [f for f in (*self._objects.values(), *self._others) if not f.done()]
            progress(self._done, self._all)
            if not waiting:
                return
            wait(waiting, timeout=_LOOK_S)

    def give_up(self) -> None:
        """Begin nothing more."""
        for pool in (self._workers, self._last):
            pool.shutdown(wait=False, cancel_futures=True)

    def join(self) -> None:
        """Wait for what had begun."""
        for pool in (self._workers, self._last):
            pool.shutdown(wait=True)

    def _bring(self, name: str, size_bytes: int, is_new: bool) -> None:
        try:
            if not (is_new and self._copy(name)) and not self._make_young(name):
                self._copy(name)
        except StoreError as error:
            self._told[error.message] = error.hints
            raise
        with self._lock:
            self._done += size_bytes

    def _make_young(self, name: str) -> bool:
        """Whether the lower store has it, and will have it for as long as a build takes."""
        found = self._lower.find(name)
        if found is None:
            return False
        return self._lower.now() - found.modified_s < YOUNG_S or self._lower.freshen(name)

    def _copy(self, name: str) -> bool:
        """False where the lower store has it."""
        found = self._upper.find(name)
        with self._room.taken(found.size_bytes if found else 0):
            data = self._upper.read(name)
            if data is None:
                raise StoreError(Fault.CORRUPT, f"{self._upper.url}/{name}: it was removed")
            return self._lower.create(name, [data])

    def _write(
        self,
        thing: tuple[str, bytes],
        before: tuple["Future[None]", ...],
        write: Callable[[], object],
    ) -> None:
        name, data = thing
        for future in before:
            _end_of(future)
        try:
            if is_manifest(name):
                self._gather(name, data, before)
            write()
        except StoreError as error:
            self._told[error.message] = error.hints

    def _gather(self, name: str, data: bytes, before: tuple["Future[None]", ...]) -> None:
        """See to it that all that a manifest needs is there. Raises StoreError."""
        for needed in self._needs(name, data):
            self.add_object(needed, 0, is_new=False)
        with self._lock:
            needed_now = tuple(self._objects.values())
        for error in map(_end_of, (*before, *needed_now)):
            if error is not None:
                raise error


def _end_of(future: "Future[None]") -> BaseException | None:
    """Wait for an end, and tell a bad one. (`wait` never sees that a future was cancelled.)"""
    try:
        return future.exception()
    except CancelledError as given_up:
        return given_up


class _Room:
    """How much memory uploads take at once."""

    def __init__(self, size_bytes: int) -> None:
        self._left = self._whole = size_bytes
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, size_bytes: int) -> Iterator[None]:
        """Wait for room, and give it back."""
        wanted = min(size_bytes, self._whole)
        with self._changed:
            self._changed.wait_for(lambda: self._left >= wanted)
            self._left -= wanted
        try:
            yield
        finally:
            with self._changed:
                self._left += wanted
                self._changed.notify_all()
