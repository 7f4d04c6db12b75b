"""Ends this process though a thread of it hangs: without its containers, and without waiting."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress

from localbuild.errors import LocalbuildError
from localbuild.ports.engine import Engine

_ENGINE_S = 4.0
"""An engine that does not answer in time leaves the container to its driver, which ends it."""


def end_process(code: int, open_engine: Callable[[], Engine], say: Callable[[], None]) -> None:
    """Never returns. `say` may hang like everything else."""
    for work in (say, lambda: _remove_containers(open_engine)):
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(_ENGINE_S)
    os._exit(code)


def _remove_containers(open_engine: Callable[[], Engine]) -> None:
    with suppress(LocalbuildError):
        engine = open_engine()
        try:
            engine.remove_leftovers(own_too=True)
        finally:
            engine.close()
