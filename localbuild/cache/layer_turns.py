"""Whose turn it is to make a layer: one maker at a time, and none that waits without end.

Two makers would only be in each other's way. What each wants is noted beside the lock, so that one
whose entry was replaced while it waited lets go.
"""

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from localbuild.cache.layer_plan import LayerPlan
from localbuild.errors import LocalbuildError

_NOTES = "layers.wanted"
_OLD_S = 3600.0
"""Who wrote an older note is dead: nobody waits that long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a maker waits for its turn, and how often it looks, in seconds."""

    limit_s: float = 600.0
    look_s: float = 0.25
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class NoTurnError(LocalbuildError):
    """Others were at it all the time."""


@contextmanager
def turn(state: Path, plan: LayerPlan, patience: Patience) -> Iterator[bool]:
    """The only maker of this machine's user, for the block. The kernel frees its lock.

    False: not needed, for a newer entry takes this one's place, or another one has been at this
    very layer all the time. Raises NoTurnError, OSError.
    """
    note = _Note(state, plan)
    descriptor = os.open(state / "layers.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _wait(descriptor, note, patience)
        note.forget()
    finally:
        os.close(descriptor)


def _wait(descriptor: int, note: "_Note", patience: Patience) -> bool:
    end = patience.monotonic() + patience.limit_s
    while not note.is_superseded():
        if _takes(descriptor):
            return not note.is_superseded()
        if patience.monotonic() >= end:
            if note.is_wanted_twice:
                return False
            raise NoTurnError(f"other layers were being made for {patience.limit_s:g} s")
        patience.sleep(patience.look_s)
    return False


def _takes(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class _Note:
    """What is wanted of one entry on one image: the newest of all that wait for it.

    `is_wanted_twice`: somebody else wanted the same layer before. Raises OSError.
    """

    def __init__(self, state: Path, plan: LayerPlan) -> None:
        folder = state / _NOTES
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        where = json.dumps((plan.manifest.name, plan.base.id, plan.source_directory, plan.paths))
        self._path = folder / hashlib.sha256(where.encode()).hexdigest()[:32]
        self._mine = (plan.manifest.created_s, plan.reference)
        found = self._read()
        self.is_wanted_twice = found == self._mine
        if found is None or found < self._mine:
            own = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            own.write_text(json.dumps(self._mine))
            own.replace(self._path)

    def is_superseded(self) -> bool:
        """Whether somebody wants a newer one."""
        found = self._read()
        return found is not None and found[0] > self._mine[0]

    def forget(self) -> None:
        """It is done; what is newer stays noted."""
        if self._read() == self._mine:
            with suppress(OSError):
                self._path.unlink()

    def _read(self) -> tuple[float, str] | None:
        try:
            if time.time() - self._path.stat().st_mtime > _OLD_S:
                return None
            created_s, reference = json.loads(self._path.read_text())
            return float(created_s), str(reference)
        except (OSError, ValueError, TypeError):
            return None
