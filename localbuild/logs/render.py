"""What a view of a build is made of: events in, bytes out."""

from typing import Protocol

from localbuild.events.model import Event


class Renderer(Protocol):
    """Writes a history as bytes, one event after the other; the same history, the same bytes."""

    def render(self, event: Event) -> bytes:
        """The bytes that this event adds."""

    def finish(self) -> bytes:
        """The bytes after the last event, however the history ended."""
