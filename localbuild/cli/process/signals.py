"""Signals while a build runs: they only set flags; the run looks at these four times a second."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from localbuild.errors import ExitCode
from localbuild.ports.engine import Interruption

_CODES = {
    signal.SIGHUP: ExitCode.HANGUP,
    signal.SIGINT: ExitCode.INTERRUPTED,
    signal.SIGTERM: ExitCode.TERMINATED,
}


_PATIENCE = 2
_PATIENCE_UNATTENDED = 1
_LOOK_S = 0.2
_HANGING_S = 5.0
_BUSY_S = 15.0
"""How long an end at once may take where somebody waits for a store or a thread, or elsewhere: a
container has to be killed and removed there, and the record written.
"""

LastResort = Callable[[int], None]
"""Ends the process with an exit code, whatever its threads are at."""


class StopSignals:
    """The first signal asks for an end, the second one for an end at once, a third one takes it.

    SIGHUP stays ignored where it is ignored already: that is what nohup is for. `tell` is called
    once, when the run first hears of it. `last_resort`, where there is one, is called where the
    process still runs some seconds after the second signal: threads that hang in a store's call
    would keep it for as long as they like, since Python waits for them at its end.
    """

    def __init__(
        self, tell: Callable[[], None] = lambda: None, last_resort: LastResort | None = None
    ) -> None:
        self._tell: Callable[[], None] | None = tell
        self._last_resort = last_resort
        self._attended = True
        self._received: list[int] = []
        self._before: dict[int, object] = {}
        self._patience = _PATIENCE

    def __enter__(self) -> "StopSignals":
        if threading.current_thread() is not threading.main_thread():
            return self  # only the main thread may have handlers
        for number in _CODES:
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._before.clear()
        self._attended = False  # all that is left is the process's own end

    def interrupted(self) -> Interruption | None:
        """Whether somebody wants the build to end, and how."""
        if not self._received:
            return None
        tell, self._tell = self._tell, None
        if tell is not None:
            tell()
        return Interruption.STOP if len(self._received) == 1 else Interruption.KILL

    @contextmanager
    def unattended(self) -> Iterator[None]:
        """A stretch in which the run does not look: the second signal takes its end already."""
        self._patience, self._attended = _PATIENCE_UNATTENDED, False
        try:
            yield
        finally:
            self._patience, self._attended = _PATIENCE, True

    def stop_code(self) -> int:
        """The exit code that belongs to the first signal."""
        first = self._received[0] if self._received else signal.SIGINT
        return _CODES[signal.Signals(first)]

    def _note(self, number: int, _: FrameType | None) -> None:
        self._received.append(number)
        if len(self._received) == _PATIENCE and self._last_resort is not None:
            threading.Thread(target=self._watch, args=(self._last_resort,), daemon=True).start()
        if len(self._received) > self._patience:
            raise KeyboardInterrupt  # something hangs that does not look

    def _watch(self, last_resort: LastResort) -> None:
        """See the process end, or end it. A daemon: it is gone with the process."""
        waited_s = 0.0
        while waited_s < (_BUSY_S if self._attended else _HANGING_S):
            time.sleep(_LOOK_S)
            waited_s += _LOOK_S
        last_resort(self.stop_code())
