"""Turns faults of a cache into warnings, or into a StorageError where the cache is required."""

from collections.abc import Callable
from typing import TypeVar

from localbuild.cache.damage import DamagedError
from localbuild.errors import LocalbuildError, StorageError

Result = TypeVar("Result")


class Guard:
    """What is to be said of one build's cache. `failure` is why the last attempt failed, or ''.

    `hints` are what can be done about a warning, by its text.
    """

    def __init__(self) -> None:
        self.required = False
        self.failure = ""
        self.hints: dict[str, tuple[str, ...]] = {}
        self._warnings: list[str] = []

    def warn(self, *lines: str, hints: tuple[str, ...] = ()) -> None:
        """Have something said; `hints`: what can be done about it."""
        self._warnings += lines
        self.hints.update((line, hints) for line in lines if hints)

    def take(self) -> tuple[str, ...]:
        """All that is to be said and was not taken yet."""
        taken, self._warnings = tuple(self._warnings), []
        return taken

    def attempt(self, work: Callable[[], Result], instead: Result) -> Result:
        """What `work` gives, or `instead`. Raises StorageError where the cache is required.

        Of what is damaged whoever found it has spoken already.
        """
        try:
            return work()
        except (LocalbuildError, OSError) as error:
            self.failure = _told(error)
            hints = error.hints if isinstance(error, LocalbuildError) else ()
            if self.required:
                raise StorageError(f"cache: {self.failure}", hints=hints) from error
            if not isinstance(error, DamagedError):
                self.warn(f"cache: {self.failure}", hints=hints)
            return instead


def _told(error: LocalbuildError | OSError) -> str:
    """What to say of a fault; of damage without the names within the store."""
    if isinstance(error, DamagedError):
        return f"the entry in {error.place} is damaged: {error.problem}"
    return str(error)
