"""When a build must end: its time limit, or somebody's wish."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from localbuild.ports.clock import Clock
from localbuild.ports.engine import Interruption


class SystemClock:
    """The door to the machine's clocks."""

    def now(self) -> datetime:
        """The time of day, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds from an unknown start."""
        return time.monotonic()


class Deadline:
    """Asked while a command runs: a stop comes first, then the time limit."""

    def __init__(
        self, clock: Clock, limit_s: float, interrupted: Callable[[], Interruption | None]
    ) -> None:
        self._clock = clock
        self._end = clock.monotonic() + limit_s
        self._interrupted = interrupted

    def __call__(self) -> Interruption | None:
        """Why the build must not go on, None while it may."""
        asked = self._interrupted()
        if asked is not None:
            return asked
        return Interruption.TIMEOUT if self._clock.monotonic() >= self._end else None
