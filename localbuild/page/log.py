"""A build's log as lines of HTML, those of build.log, cut in the middle where it is long. Pure."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from localbuild.events.caching import CacheRestored, CacheSaved
from localbuild.events.model import CommandEnded, CommandStarted, Event, Output, PhaseStarted
from localbuild.logs.ansi import AnsiFilter
from localbuild.logs.codebuild import CodeBuildLines
from localbuild.page.markup import Markup
from localbuild.page.sgr import Painter

_STAMP = len("[Container] 2026/01/02 03:04:05.678901 ")
_LONGEST = 1 << 20
"""Bytes of a line that are kept until it has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLimits:
    """What of a log is shown: so many lines and characters at its beginning, and at its end."""

    lines: int = 50_000
    characters: int = 6_000_000
    line: int = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """`number` counts from 1 as in build.log, `section` is an index, `clock` is UTC.

    `kind`: `agent`, `command`, `error` or `cache` for lines of ours, '' for what the build printed.
    """

    number: int
    section: int
    clock: str
    kind: str
    markup: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The lines that are shown, how many there are, and which are not shown: first and last."""

    lines: tuple[LogLine, ...] = ()
    total: int = 0
    cut: tuple[int, int] | None = None
    colours: tuple[str, ...] = ()

    def shows(self, number: int) -> bool:
        """Whether a line with this number is among those that are shown."""
        hidden = self.cut is not None and self.cut[0] <= number <= self.cut[1]
        return 0 < number <= self.total and not hidden


@dataclass(slots=True)
class _Half:
    """One end of the log: its lines, and how many characters they have."""

    lines: deque[LogLine] = field(default_factory=deque)
    characters: int = 0

    def add(self, line: LogLine) -> None:
        self.lines.append(line)
        self.characters += len(line.markup)

    def drop_first(self) -> None:
        self.characters -= len(self.lines.popleft().markup)

    def is_full(self, limits: LogLimits) -> bool:
        return len(self.lines) >= limits.lines or self.characters >= limits.characters

    def is_over(self, limits: LogLimits) -> bool:
        return len(self.lines) > limits.lines or self.characters > limits.characters


@dataclass(slots=True)
class _Pending:
    """A line that has not ended yet; one that is too long to be shown is not kept to its end."""

    data: bytearray = field(default_factory=bytearray)
    more: int = 0

    def add(self, data: bytes) -> None:
        self.data += data
        if len(self.data) > _LONGEST:
            last = self.data.rfind(b"\r", 0, -1) if b"\r" in data else -1
            del self.data[: last + 1]
            self.more += max(0, len(self.data) - _LONGEST)
            del self.data[_LONGEST:]

    def take(self) -> bytes:
        data = bytes(self.data) + (b" [%d more bytes]" % self.more if self.more else b"")
        self.data.clear()
        self.more = 0
        return data


class LogBook:
    """Writes the log of a history down, in as much memory as its limits allow.

    A section begins with each phase; what comes before the first phase is section 0, too.
    """

    def __init__(self, limits: LogLimits) -> None:
        self._limits = limits
        self._view = CodeBuildLines()
        self._filter = AnsiFilter(keep_sgr=True)
        self._painter = Painter()
        self._head, self._tail = _Half(), _Half()
        self._pending = _Pending()
        self._total = 0
        self._sections = 0

    @property
    def next_number(self) -> int:
        """The number of the line that comes next."""
        return self._total + 1 + bool(self._pending.data)

    def accept(self, event: Event) -> None:
        """Take the next event of the history."""
        if isinstance(event, PhaseStarted):
            self._sections += 1
        data = self._view.render(event)
        if isinstance(event, Output):
            self._add(self._filter.feed(data), event, "")
        elif data:
            self._add(self._filter.finish(), event, "")
            if self._pending.data:
                self._add(b"\n", event, "")
                data = data.removeprefix(b"\n")
            self._painter.reset()
            self._add(data, event, _kind(event))

    def finish(self) -> Log:
        """The log, however the history ended."""
        self._pending.add(self._filter.finish())
        if self._pending.data:
            self._line(self._pending.take(), "", "")
        head, tail = self._head.lines, self._tail.lines
        first = head[-1].number + 1 if head else 1
        last = tail[0].number - 1 if tail else self._total
        return Log(
            lines=tuple(chain(head, tail)),
            total=self._total,
            cut=(first, last) if first <= last else None,
            colours=tuple(sorted(self._painter.used)),
        )

    def _add(self, data: bytes, event: Event, kind: str) -> None:
        first, *more = data.split(b"\n")
        self._pending.add(first)
        if not more:
            return
        clock = event.time.strftime("%H:%M:%S.%f")[:12]
        self._line(self._pending.take(), clock, kind)
        for line in more[:-1]:
            self._line(line, clock, kind)
        self._pending.add(more[-1])

    def _line(self, data: bytes, clock: str, kind: str) -> None:
        self._total += 1
        text = _last_state(data).decode(errors="replace")
        if kind and text.startswith("[Container] "):
            text = text[_STAMP:]
        line = LogLine(
            number=self._total,
            section=max(0, self._sections - 1),
            clock=clock,
            kind=kind,
            markup=self._painter.paint(_cut(text, self._limits.line)),
        )
        self._keep(line)

    def _keep(self, line: LogLine) -> None:
        if not self._tail.lines and not self._head.is_full(self._limits):
            self._head.add(line)
            return
        self._tail.add(line)
        while len(self._tail.lines) > 1 and self._tail.is_over(self._limits):
            self._tail.drop_first()


def tell_log(events: Iterable[Event], limits: LogLimits) -> Log:
    """The log of a whole history."""
    book = LogBook(limits)
    for event in events:
        book.accept(event)
    return book.finish()


def _kind(event: Event) -> str:
    if isinstance(event, CommandStarted):
        return "command"
    if isinstance(event, CommandEnded):
        return "error" if event.exit_status else ""
    return "cache" if isinstance(event, CacheRestored | CacheSaved) else "agent"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} … {len(text) - most:,} more characters"


def _last_state(line: bytes) -> bytes:
    """Of a line that was written over (a progress bar) what was there in the end."""
    if b"\r" not in line:
        return line
    return next((state for state in reversed(line.split(b"\r")) if state.strip()), b"")
