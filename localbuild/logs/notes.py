"""What is said beside the log: warnings as they come and, where the log has no end, the end."""

from collections.abc import Iterator

from localbuild.events.model import BuildEnded, Event, Warned
from localbuild.lines import one_line
from localbuild.logs.ending import Ending, Watch
from localbuild.logs.style import Style
from localbuild.logs.summary import late_lines, summary_lines


class NoteLines:
    """Renders `warnings`; with `ending` also how the build ended, without what it printed."""

    def __init__(self, style: Style, *, warnings: bool, ending: bool) -> None:
        self._style = style
        self._warnings = warnings
        self._watch = Watch() if ending else None

    def render(self, event: Event) -> bytes:
        """The notes on an event."""
        if self._watch is not None:
            self._watch.accept(event)
        if isinstance(event, Warned) and self._warnings:
            return self._encode(_warning(event, self._style))
        if isinstance(event, BuildEnded) and self._watch is not None:
            ending = Ending(result=self._watch.ending().result, running=self._watch.running)
            return self._encode(summary_lines(ending, self._style))
        return b""

    def finish(self) -> bytes:
        """What has come since the end."""
        if self._watch is None or not self._watch.late:
            return b""
        return self._encode(late_lines(self._watch.ending(), self._style))

    def _encode(self, lines: Iterator[str]) -> bytes:
        return self._style.encode("".join(f"{line}\n" for line in lines))


def _warning(event: Warned, style: Style) -> Iterator[str]:
    place = f"{one_line(event.file)}:{event.line}: " if event.file else ""
    code = f" [{event.code}]" if event.code else ""
    word = style.paint("strong", "note:") if event.is_note else style.paint("warn", "warning:")
    yield f"{place}{word} {one_line(event.message)}{code}"
    for hint in event.hints:
        yield f"  {style.paint('strong', 'hint:')} {one_line(hint)}"
