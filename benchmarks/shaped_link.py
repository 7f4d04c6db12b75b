"""A link as slow as a real one: shared by all connections, each of which has a limit, too."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

MBIT = 1e6 / 8
QUANTUM_BYTES = 128 << 10
"""How much passes at once: small enough that all connections get on."""

_LEAST_SLEEP_S = 0.0005
_LATE_S = 0.02
"""Who was woken that much too late makes up for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A link's and each connection's bytes per second, and seconds until an answer begins."""

    link: float
    connection: float = 80e6
    first_byte_s: float = 0.030


class Link:
    """One direction of the link."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._free = 0.0
        self._lock = threading.Lock()

    def reserve(self, size_bytes: int) -> float:
        """When so many bytes will have passed, by the monotonic clock."""
        with self._lock:
            self._free = max(self._free, time.monotonic() - _LATE_S) + size_bytes / self._rate
            return self._free


class Lane:
    """One connection's share of a direction."""

    def __init__(self, link: Link, rate: float, sleep: Callable[[float], None] = time.sleep):
        self._link = link
        self._rate = rate
        self._sleep = sleep
        self._free = 0.0

    def move(self, size_bytes: int) -> None:
        """Wait until they have passed."""
        self._free = max(self._free, time.monotonic() - _LATE_S) + size_bytes / self._rate
        left_s = max(self._free, self._link.reserve(size_bytes)) - time.monotonic()
        if left_s > _LEAST_SLEEP_S:
            self._sleep(left_s)
