"""The clock port: passed in, so that no test waits or patches."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Time of day and a clock that only goes forward."""

    def now(self) -> datetime:
        """The time of day, UTC."""

    def monotonic(self) -> float:
        """Seconds from an unknown start."""
