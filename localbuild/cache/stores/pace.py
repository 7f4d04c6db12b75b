"""Judges how transfers get on: each alone, and all of one store together over a whole restore.

A server that is slow on each of many connections would pass any floor for one of them for as long
as it likes; a link that is slow but honest shares its little between all, and must not be cut off.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_SPAN = 3
_PART_OF_SHARE = 4
_IDLE_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long to wait for a store over a network.

    `begin_s` is for a client with its credentials, which may come from yet another server.
    `connect_s` is for a connection, and for every small piece that is sent; `answer_s` for an
    answer's first and every further byte. A transfer goes on while it brings `floor_bytes_s` on
    average over each window of `window_s`, or its share of what all bring, and not longer than
    `whole_s`. A dead store costs less than 10 s.

    All transfers together must bring `together_bytes_s` on average once they have been slow for
    `slow_s`, and where they do not bring `fast_bytes_s` they have `whole_s` for everything. So
    100 MB over 1 Mbit/s come, in 14 minutes; what would take longer does not.
    """

    begin_s: float = 8.0
    connect_s: float = 3.0
    answer_s: float = 8.0
    floor_bytes_s: float = 10_000.0
    window_s: float = 8.0
    whole_s: float = 900.0
    together_bytes_s: float = 64_000.0
    fast_bytes_s: float = 256_000.0
    slow_s: float = 60.0


@dataclass(slots=True)
class Windows:
    """What one transfer brought, window by window: its own bytes, and its share of all bytes."""

    own: list[int] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)


class Pace:
    """What all transfers of one store bring. Every verb may be called from several threads."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._active = 0
        self._idle_since = 0.0
        self.moved_bytes = 0
        self._begin_again()

    def _begin_again(self) -> None:
        self._slow_s = 0.0
        self._slow_until = 0.0
        self._before_bytes = self.moved_bytes

    @contextmanager
    def transfer(self, now_s: float) -> Iterator[None]:
        """A transfer, for the block. After a while without any, all begins anew."""
        with self._lock:
            if not self._active and now_s - self._idle_since > _IDLE_S:
                self._begin_again()
            self._active += 1
        try:
            yield
        finally:
            with self._lock:
                self._active -= 1
                self._idle_since = max(self._idle_since, self._slow_until, now_s)

    def add(self, size_bytes: int) -> None:
        """Count what one of them has brought."""
        with self._lock:
            self.moved_bytes += size_bytes

    def judge(self, windows: Windows, own: int, together: int, now_s: float) -> str:
        """Why a transfer is given up that is not at its end, '' where it may go on.

        `own` and `together` are the bytes of the window that ends now.
        """
        with self._lock:
            windows.own.append(own)
            windows.shares.append(together / max(1, self._active))
            return self._alone(windows, together) or self._all(now_s)

    def _alone(self, windows: Windows, together: int) -> str:
        limits = self._limits
        own = windows.own[-1]
        if own >= limits.floor_bytes_s * limits.window_s:
            return ""
        if together < limits.together_bytes_s * limits.window_s:
            return f"{own} bytes in {limits.window_s:g} s"
        span = len(windows.own[-_SPAN:])
        wanted = min(
            limits.floor_bytes_s * limits.window_s * span,
            sum(windows.shares[-_SPAN:]) / _PART_OF_SHARE,
        )
        if span < _SPAN or sum(windows.own[-_SPAN:]) >= wanted:
            return ""
        return f"{sum(windows.own[-_SPAN:])} bytes in {span * limits.window_s:g} s"

    def _all(self, now_s: float) -> str:
        """The same for all together. Windows of several transfers cover each other."""
        limits = self._limits
        begin = max(now_s - limits.window_s, self._slow_until)
        self._slow_s += max(0.0, now_s - begin)
        self._slow_until = max(self._slow_until, now_s)
        rate = (self.moved_bytes - self._before_bytes) / max(self._slow_s, limits.window_s)
        too_slow = self._slow_s >= limits.slow_s and rate < limits.together_bytes_s
        too_long = self._slow_s >= limits.whole_s and rate < limits.fast_bytes_s
        if not (too_slow or too_long):
            return ""
        return f"{rate / 1000:.0f} KB/s in all over {self._slow_s:.0f} s"
