"""Signals while a build runs: they only set flags; the run looks at these four times a second."""

import signal
import threading
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


class StopSignals:
    """The first signal asks for an end, the second one for an end at once, a third one takes it.

    SIGHUP stays ignored where it is ignored already: that is what nohup is for. `tell` is called
    once, when the run first hears of it.
    """

    def __init__(self, tell: Callable[[], None] = lambda: None) -> None:
        self._tell: Callable[[], None] | None = tell
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
        self._patience = _PATIENCE_UNATTENDED
        try:
            yield
        finally:
            self._patience = _PATIENCE

    def stop_code(self) -> int:
        """The exit code that belongs to the first signal."""
        first = self._received[0] if self._received else signal.SIGINT
        return _CODES[signal.Signals(first)]

    def _note(self, number: int, _: FrameType | None) -> None:
        self._received.append(number)
        if len(self._received) > self._patience:
            raise KeyboardInterrupt  # something hangs that does not look
