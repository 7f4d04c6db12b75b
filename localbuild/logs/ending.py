"""What the end of a build needs to know of its history: the result, and the last lines printed."""

from dataclasses import dataclass

from localbuild.events.fold import Folding
from localbuild.events.model import CommandEnded, CommandStarted, Event, Output, Warned
from localbuild.events.result import BuildResult
from localbuild.logs.tail import Tail


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A result, and beside it the command that never ended and what the guilty one printed.

    `late`: how many of its warnings have come since the build's end, which could not count them.
    """

    result: BuildResult
    late: int = 0
    running: CommandStarted | None = None
    tail: tuple[str, ...] = ()


class Watch:
    """Follows a history in little memory: the output's last lines and those of failed commands."""

    def __init__(self) -> None:
        self.running: CommandStarted | None = None
        self._folding = Folding()
        self._tail = Tail()
        self._tails: dict[CommandEnded, tuple[str, ...]] = {}
        self._late = 0

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
        elif isinstance(event, Warned) and self._folding.ended is not None:
            self._late += 1

    @property
    def late(self) -> int:
        """How many warnings have come since the build's end."""
        return self._late

    def ending(self) -> Ending:
        """What the history so far came to. Raises ValueError before the build has started."""
        result = self._folding.result()
        late, failed = self._late, result.failed_command
        if self.running is not None:
            running = self.running
            return Ending(result=result, late=late, running=running, tail=self._tail.lines())
        tail = self._tails.get(failed, ()) if failed else ()
        return Ending(result=result, late=late, tail=tail)
