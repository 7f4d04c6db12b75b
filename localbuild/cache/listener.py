"""Who is told how a cache gets on: how far a transfer is, and what is slower than it could be."""

from collections.abc import Callable
from dataclasses import dataclass, field

THROUGH_TAR = (
    "cache: files go through the container's tar, which is slower: they are not open to us here "
    "(not root, or the engine is on another machine)"
)
NO_LAYERS = "cache: this engine takes no layers: every restore brings the files in"


def _nobody(_done: int, _all: int) -> None:
    """Nobody watches."""


def _to_nobody(_text: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """`progress` gets bytes: done, and all. `tell` gets lines for `-v`, each at most once."""

    progress: Callable[[int, int], None] = _nobody
    tell: Callable[[str], None] = _to_nobody
    told: set[str] = field(default_factory=set, compare=False)

    def tell_once(self, text: str) -> None:
        """Say something that holds for the whole build."""
        if text not in self.told:
            self.told.add(text)
            self.tell(text)


SILENT = Listener()
