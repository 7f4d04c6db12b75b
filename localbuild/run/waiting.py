"""Waits for what asks servers or people, and hears meanwhile that the build must end."""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")
_LOOK_S = 0.1


def wait_for(work: Callable[[], T], check: Callable[[], None]) -> T:
    """What `work` returns or raises. `check` raises where the build must not go on.

    The work is then left to itself: its thread keeps no process from ending.
    """
    done: SimpleQueue[tuple[T] | Exception] = SimpleQueue()

    def run() -> None:
        try:
            done.put((work(),))
        except Exception as error:
            done.put(error)

    threading.Thread(target=run, daemon=True).start()
    while True:
        check()
        try:
            found = done.get(timeout=_LOOK_S)
        except Empty:
            continue
        if isinstance(found, Exception):
            raise found
        return found[0]
