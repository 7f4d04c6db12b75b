"""What a page and a trace tell of a build, from its events alone, in one pass. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from localbuild.events.model import Event
from localbuild.events.result import BuildResult
from localbuild.logs.ending import Ending, Watch
from localbuild.page.log import Log, LogBook, LogLimits
from localbuild.page.step import Step
from localbuild.page.steps import Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A build's result with its last lines, its steps in time, and its log."""

    ending: Ending
    steps: tuple[Step, ...]
    log: Log

    @property
    def result(self) -> BuildResult:
        """What the build came to."""
        return self.ending.result

    @property
    def seconds(self) -> float:
        """From the build's beginning to the end of its last step."""
        start = self.result.started.time
        return max((_since(start, step) for step in self.steps), default=0.0)


def tell_story(events: Iterable[Event], limits: LogLimits) -> Story:
    """The story of a history, which may have been cut off anywhere.

    Raises ValueError where it does not begin with `BuildStarted`.
    """
    watch, steps, book = Watch(), Steps(), LogBook(limits)
    for event in events:
        line = book.next_number
        watch.accept(event)
        book.accept(event)
        steps.accept(event, line)
    return Story(ending=watch.ending(), steps=steps.finish(), log=book.finish())


def _since(start: datetime, step: Step) -> float:
    return (step.ended - start).total_seconds()
