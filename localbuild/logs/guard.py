"""Keeps a build's output from giving commands to the CI that reads it, or to a terminal."""

from localbuild.events.model import BuildEnded, Event
from localbuild.lines import harmless
from localbuild.logs.ansi import AnsiFilter
from localbuild.logs.render import Renderer


class WorkflowGuard:
    """Turns GitHub's workflow commands off from the first byte to the build's end.

    `token` is what turns them on again: random, and never told to the container. Commands and
    messages are the build's words too, so that the guard covers them with the output.
    """

    def __init__(self, inner: Renderer, token: str) -> None:
        self._inner = inner
        self._stop = f"::stop-commands::{token}\n".encode()
        self._resume = f"::{token}::\n".encode()
        self._guarding = False
        self._at_line_start = True

    def render(self, event: Event) -> bytes:
        """What the inner renderer makes of it, under guard."""
        data = self._guarded(self._inner.render(event))
        return data + self._release() if isinstance(event, BuildEnded) else data

    def finish(self) -> bytes:
        """The guard ends with the log at the latest."""
        return self._guarded(self._inner.finish()) + self._release()

    def _guarded(self, data: bytes) -> bytes:
        if not data:
            return data
        self._at_line_start = data.endswith(b"\n")
        if self._guarding:
            return data
        self._guarding = True
        return self._stop + data

    def _release(self) -> bytes:
        if not self._guarding:
            return b""
        self._guarding = False
        return (b"" if self._at_line_start else b"\n") + self._resume


class NoteGuard:
    """Spoils workflow commands in whole lines of ours, for a stream beside the guarded log.

    Such a stream must not turn commands on and off itself: the two are not read in step.
    """

    def __init__(self, inner: Renderer) -> None:
        self._inner = inner

    def render(self, event: Event) -> bytes:
        """What the inner renderer makes of it, `::` at a line's start and `##` taken apart."""
        return _spoiled(self._inner.render(event))

    def finish(self) -> bytes:
        """The rest."""
        return _spoiled(self._inner.finish())


class TerminalGuard:
    """Lets no control sequences but colours through, so that a build cannot steer a terminal."""

    def __init__(self, inner: Renderer) -> None:
        self._inner = inner
        self._filter = AnsiFilter(keep_sgr=True)

    def render(self, event: Event) -> bytes:
        """What the inner renderer makes of it, save for control sequences."""
        return self._filter.feed(self._inner.render(event))

    def finish(self) -> bytes:
        """The rest."""
        return self._filter.feed(self._inner.finish()) + self._filter.finish()


def _spoiled(data: bytes) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    return harmless(text).encode("utf-8", "surrogateescape")
