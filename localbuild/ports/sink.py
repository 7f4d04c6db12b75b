"""The sink port: where events go. Sinks are called in order, from one thread, and never raise."""

from typing import Protocol

from localbuild.events.model import Event


class Sink(Protocol):
    """A view of a build: a file, a terminal."""

    def accept(self, event: Event) -> None:
        """Take the next event. A sink that cannot write any more goes quiet."""

    def close(self) -> None:
        """Write what is held back and let go; safe to call twice."""
