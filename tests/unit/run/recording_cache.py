"""A cache that remembers what it was asked, and answers as it was told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from localbuild.ports.cache import CacheContext, CacheOutcome, Restored, Saved
from localbuild.ports.engine import Container, Engine, Image

HIT = Restored(
    outcome=CacheOutcome.HIT,
    key="npm-1",
    matched_key="npm-1",
    store="/store",
    files=3,
    size_bytes=4000,
    seconds=0.25,
)
MISS = Restored(outcome=CacheOutcome.MISS, key="npm-1", why=("package-lock.json changed",))
SAVED = Saved(
    saved=True, key="npm-1", store="/store", files=3, size_bytes=4000, new_bytes=900, seconds=0.5
)


@dataclass(slots=True)
class RecordingCache:
    """`at` is called with each verb's name before it answers: what it raises, the verb raises."""

    restored: Restored = MISS
    saved: Saved = SAVED
    layered: Callable[[Image, Engine], Image] | None = None
    at_end: tuple[str, ...] = ()
    hints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    at: Callable[[str], None] = lambda _: None
    asked: list[str] = field(default_factory=list)
    contexts: list[CacheContext] = field(default_factory=list)

    @property
    def expanded_paths(self) -> tuple[str, ...]:
        paths = self.contexts[0].plan.cache.paths if self.contexts else ()
        return tuple(path.replace("$HOME", "/root") for path in paths)

    @property
    def holds_files(self) -> bool:
        return self.layered is not None

    def prepare(self, context: CacheContext, image: Image, engine: Engine) -> Image:
        self._note("prepare")
        self.contexts.append(context)
        return self.layered(image, engine) if self.layered else image

    def restore(self, container: Container) -> Restored:
        self._note("restore")
        return self.restored

    def save(self, container: Container) -> Saved:
        self._note("save")
        return self.saved

    def finish(self) -> tuple[str, ...]:
        self._note("finish")
        return self.at_end

    def close(self) -> None:
        self._note("close")

    def _note(self, verb: str) -> None:
        self.asked.append(verb)
        self.at(verb)
