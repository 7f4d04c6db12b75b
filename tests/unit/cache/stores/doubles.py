"""A store that is sick on order and writes down its calls, and its clock."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from localbuild.cache.stores.memory import MemoryStore
from localbuild.ports.store import Fault, Stored, StoreError


class FakeTime:
    """A clock that goes on only while somebody waits."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.waits: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds


class ScriptedStore(MemoryStore):
    """In memory. `sick` says for a verb and a name what fault it ends in; `takes_s` how long."""

    def __init__(self, clock: FakeTime | None = None, url: str = "scripted:") -> None:
        self.time = clock or FakeTime()
        super().__init__(self.time, url=url)
        self.calls: list[str] = []
        self.sick: Callable[[str, str], Fault | None] = lambda _verb, _name: None
        self.takes_s = 0.0
        self.gate = threading.Event()
        self.gate.set()

    def written(self) -> list[str]:
        """The names that were created or replaced, in order."""
        verbs = (call.split(" ") for call in self.calls)
        return [name for verb, name in verbs if verb in ("create", "replace")]

    def read(self, name: str) -> bytes | None:
        self._do("read", name)
        return super().read(name)

    def read_range(self, name: str, offset: int, length: int) -> bytes | None:
        self._do("read_range", name)
        data = MemoryStore.read(self, name)
        return None if data is None else data[offset : offset + length]

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        self._do("create", name)
        return super().create(name, pieces)

    def replace(self, name: str, data: bytes) -> None:
        self._do("replace", name)
        super().replace(name, data)

    def find(self, name: str) -> Stored | None:
        self._do("find", name)
        return super().find(name)

    def list(self, prefix: str) -> Iterator[Stored]:
        self._do("list", prefix)
        return super().list(prefix)

    def freshen(self, name: str) -> bool:
        self._do("freshen", name)
        return super().freshen(name)

    def remove(self, name: str, seen: Stored | None = None) -> bool:
        self._do("remove", name)
        return super().remove(name, seen)

    def sweep(self, older_s: float) -> int:
        self._do("sweep", "")
        return 7

    def _do(self, verb: str, name: str) -> None:
        self.gate.wait(10)
        self.calls.append(f"{verb} {name}")
        self.time.seconds += self.takes_s
        fault = self.sick(verb, name)
        if fault is not None:
            raise StoreError(fault, f"{self.url} is sick: {fault}")


def always(fault: Fault) -> Callable[[str, str], Fault | None]:
    """Every verb ends in it."""
    return lambda _verb, _name: fault
