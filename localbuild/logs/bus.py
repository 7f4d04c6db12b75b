"""The bus: one event in, every sink gets it, in order."""

from collections.abc import Iterable

from localbuild.events.model import Event
from localbuild.ports.sink import Sink


class Bus:
    """Fans events out. A sink that breaks its contract and raises is left out from then on.

    What it raised comes out of `close`, once every other sink has been closed.
    """

    def __init__(self, sinks: Iterable[Sink]) -> None:
        self._sinks = list(sinks)
        self._faulty = [s for s in self._sinks if hasattr(s, "fault")]
        self._raised: list[Exception] = []

    @property
    def faults(self) -> tuple[str, ...]:
        """Why sinks could not write, in their order: a full disk, but no reader that went away."""
        found = (getattr(sink, "fault", None) for sink in self._faulty)
        return tuple(str(fault) for fault in found if fault)

    def emit(self, event: Event) -> None:
        """Hand the event to every sink."""
        for sink in tuple(self._sinks):
            try:
                sink.accept(event)
            except Exception as error:
                self._raised.append(error)
                self._sinks.remove(sink)
                self._close(sink)

    def close(self) -> None:
        """Close every sink, then raise what the first broken one had raised."""
        sinks, self._sinks = self._sinks, []
        for sink in sinks:
            self._close(sink)
        raised, self._raised = self._raised, []
        if raised:
            raise raised[0]

    def _close(self, sink: Sink) -> None:
        try:
            sink.close()
        except Exception as error:
            self._raised.append(error)
