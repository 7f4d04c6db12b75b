"""What the end of a build needs to know of its history: the result, and the last lines printed."""

from dataclasses import dataclass

from localbuild.events.fold import Folding
from localbuild.events.model import CommandEnded, CommandStarted, Event, Output
from localbuild.events.result import BuildResult
from localbuild.logs.tail import Tail


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A result, and beside it the command that never ended and what the guilty one printed."""

    result: BuildResult
    running: CommandStarted | None = None
    tail: tuple[str, ...] = ()


class Watch:
    """Follows a history in little memory: the output's last lines and those of failed commands."""

    def __init__(self) -> None:
        self.running: CommandStarted | None = None
        self._folding = Folding()
        self._tail = Tail()
        self._tails: dict[CommandEnded, tuple[str, ...]] = {}

    def accept(self, event: Event) -> None:
        """Take the next event of the history."""
        if isinstance(event, Output):
            self._tail.add(event.data)
            return
        self._folding.accept(event)
        if isinstance(event, CommandStarted):
            self._tail.clear()
            self.running = event
        elif isinstance(event, CommandEnded):
            self.running = None
            if event.exit_status:
                self._tails[event] = self._tail.lines()

    def ending(self) -> Ending:
        """What the history so far came to. Raises ValueError before the build has started."""
        result = self._folding.result()
        if self.running is not None:
            return Ending(result=result, running=self.running, tail=self._tail.lines())
        failed = result.failed_command
        tail = self._tails.get(failed, ()) if failed else ()
        return Ending(result=result, tail=tail)
