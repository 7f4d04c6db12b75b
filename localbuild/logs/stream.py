"""A sink that writes what a renderer makes of the events to one outlet."""

from localbuild.events.model import Event
from localbuild.logs.door import Outlet
from localbuild.logs.render import Renderer


class RenderedSink:
    """One view of a build in one place."""

    def __init__(self, renderer: Renderer, outlet: Outlet) -> None:
        self._renderer = renderer
        self._outlet = outlet
        self._closed = False

    @property
    def fault(self) -> str | None:
        """What went wrong with the outlet, None where all is well."""
        return self._outlet.fault

    def accept(self, event: Event) -> None:
        """Render the event and write it out at once."""
        data = self._renderer.render(event)
        if data:
            self._outlet.write(data)

    def close(self) -> None:
        """Write what the renderer has left and let go of the outlet."""
        if self._closed:
            return
        self._closed = True
        data = self._renderer.finish()
        if data:
            self._outlet.write(data)
        self._outlet.close()
