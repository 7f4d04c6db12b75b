"""Watches a transfer from outside: what neither ends nor gets on is given up, whatever it hangs in.

A library's own timeouts begin anew with every byte: a server that sends one now and then, a name
that resolves for minutes or a header that never ends would hold a build for as long as they like.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import TypeVar

from localbuild.cache.stores.pace import Limits, Pace, Windows

T = TypeVar("T")


class GivenUpError(Exception):
    """A transfer did not get on. The text says how far it came."""


class Progress:
    """What a transfer has moved so far; it tells so itself, and the store's `pace`."""

    __slots__ = ("_give_up", "_pace", "moved_bytes", "over")

    def __init__(
        self, give_up: Callable[[], object] = lambda: None, pace: Pace | None = None
    ) -> None:
        self._give_up = give_up
        self._pace = pace
        self.moved_bytes = 0
        self.over = False

    def add(self, size_bytes: int) -> None:
        """Count; raises GivenUpError in a transfer that nobody waits for any more."""
        self.moved_bytes += size_bytes
        if self._pace is not None:
            self._pace.add(size_bytes)
        if self.over:
            raise GivenUpError("it was given up before")

    def give_up(self) -> None:
        """Have nobody wait for it any more."""
        self.over = True
        self._give_up()


def watched(
    act: Callable[[Progress], T],
    limits: Limits,
    monotonic: Callable[[], float] = time.monotonic,
    pace: Pace | None = None,
) -> T:
    """What `act` returns or raises. Raises GivenUpError where it does not get on.

    It runs in a thread of its own, which is left behind when it is given up: as a daemon, so that
    the process can end. `pace` is that of the store, None for a transfer that is the only one.
    """
    pace = pace or Pace(limits)
    done: Future[T] = Future()
    progress = Progress(lambda: _end(done, GivenUpError("it was closed")), pace)
    threading.Thread(target=_run, args=(act, progress, done), daemon=True).start()
    began = monotonic()
    windows = Windows()
    try:
        with pace.transfer(began):
            while True:
                before, all_before = progress.moved_bytes, pace.moved_bytes
                left = began + limits.whole_s - monotonic()
                if _ended(done, min(limits.window_s, max(left, 0.0))):
                    return done.result()
                moved = progress.moved_bytes - before
                why = pace.judge(windows, moved, pace.moved_bytes - all_before, monotonic())
                if why:
                    raise GivenUpError(why)
                if left <= limits.window_s:
                    raise GivenUpError(f"not done after {limits.whole_s:g} s")
    finally:
        progress.over = True


def _ended(done: "Future[T]", timeout_s: float) -> bool:
    """Whether it is at its end; its own TimeoutError is one, too."""
    try:
        done.exception(timeout_s)
    except TimeoutError:
        return done.done()
    return True


def _run(act: Callable[[Progress], T], progress: Progress, done: "Future[T]") -> None:
    try:
        result = act(progress)
    except BaseException as error:  # it is raised again where the result is waited for
        _end(done, error)
    else:
        with suppress(InvalidStateError):
            done.set_result(result)


def _end(done: "Future[T]", error: BaseException) -> None:
    with suppress(InvalidStateError):
        done.set_exception(error)
