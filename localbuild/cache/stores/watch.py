"""Watches a transfer from outside: what neither ends nor gets on is given up, whatever it hangs in.

A library's own timeouts begin anew with every byte: a server that sends one now and then, a name
that resolves for minutes or a header that never ends would hold a build for as long as they like.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long to wait for a store over a network.

    `begin_s` is for a client with its credentials, which may come from yet another server.
    `connect_s` is for a connection, and for every small piece that is sent; `answer_s` for an
    answer's first and every further byte. A transfer goes on while it brings `floor_bytes_s` on
    average over each window of `window_s`, and not longer than `whole_s`. A dead store costs less
    than 10 s.
    """

    begin_s: float = 8.0
    connect_s: float = 3.0
    answer_s: float = 8.0
    floor_bytes_s: float = 10_000.0
    window_s: float = 8.0
    whole_s: float = 300.0


class GivenUpError(Exception):
    """A transfer did not get on. The text says how far it came."""


class Progress:
    """What a transfer has moved so far; it tells so itself."""

    __slots__ = ("_give_up", "moved_bytes", "over")

    def __init__(self, give_up: Callable[[], object] = lambda: None) -> None:
        self._give_up = give_up
        self.moved_bytes = 0
        self.over = False

    def add(self, size_bytes: int) -> None:
        """Count; raises GivenUpError in a transfer that nobody waits for any more."""
        self.moved_bytes += size_bytes
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
) -> T:
    """What `act` returns or raises. Raises GivenUpError where it does not get on.

    It runs in a thread of its own, which is left behind when it is given up: as a daemon, so that
    the process can end.
    """
    done: Future[T] = Future()
    progress = Progress(lambda: _end(done, GivenUpError("it was closed")))
    threading.Thread(target=_run, args=(act, progress, done), daemon=True).start()
    began = monotonic()
    try:
        while True:
            before = progress.moved_bytes
            left = began + limits.whole_s - monotonic()
            if _ended(done, min(limits.window_s, max(left, 0.0))):
                return done.result()
            moved = progress.moved_bytes - before
            if moved < limits.floor_bytes_s * limits.window_s:
                raise GivenUpError(f"{moved} bytes in {limits.window_s:g} s")
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
