"""The log on the page: tools, and lines by phase, in pieces that a browser can leave out. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from localbuild.events.result import PhaseResult
from localbuild.logs.caching import print_seconds
from localbuild.page.log import Log, LogLine
from localbuild.page.markup import Markup, joined, tag
from localbuild.page.parts import badge, code, section
from localbuild.page.story import Story
from localbuild.units import counted

PIECE = 200
"""Lines that are laid out together, only when they come near the window; page.css knows, too."""


def log_section(story: Story, path: str) -> Markup:
    """The log; `path` is where the whole of it lies."""
    log = story.log
    note = tag("p", joined(_size(log, path)), class_="faint")
    return section("log", "Log", note, _tools(), *_phases(story, path), class_="log")


def _size(log: Log, path: str) -> Iterator[str]:
    yield counted(log.total, "line")
    if log.cut is not None:
        first, last = log.cut
        yield f", of which {last - first + 1:,} are not shown here: {first:,} to {last:,}"
    yield "; the whole is "
    yield code(path)
    yield ". Times are UTC."


def _tools() -> Markup:
    """The search needs JavaScript, which shows it; the other tools do without."""
    field = tag(
        "input",
        type="search",
        id="find",
        placeholder="Search the log ( / )",
        aria_label="Search the log",
        autocomplete="off",
        spellcheck="false",
    )
    search = tag(
        "div",
        field,
        tag("span", "", id="count", role="status", aria_live="polite"),
        _button("previous", "↑", "previous match (Shift+Enter)"),
        _button("next", "↓", "next match (Enter)"),
        _switch("regex", "regex"),
        id="search",
        role="search",
        hidden=True,
    )
    folds = tag("span", _button("fold", "fold", "fold all phases"), id="folds", hidden=True)
    return tag(
        "div",
        search,
        tag("div", _switch("wrap", "wrap", on=True), _switch("times", "times"), folds),
        class_="tools",
    )


def _button(name: str, text: str, title: str) -> Markup:
    return tag("button", text, type="button", id=name, title=title, aria_label=title)


def _switch(name: str, text: str, *, on: bool = False) -> Markup:
    box = tag("input", type="checkbox", id=name, checked=on, autocomplete="off")
    return tag("label", box, text)


def _phases(story: Story, path: str) -> Iterator[Markup]:
    phases, log = story.result.phases, story.log
    for index, lines in groupby(log.lines, key=lambda line: line.section):
        phase = phases[index] if index < len(phases) else None
        yield _phase(phase, _pieces_around(list(lines), log.cut, path))


def _phase(phase: PhaseResult | None, inner: Iterable[Markup]) -> Markup:
    return tag("details", _summary(phase), *inner, open=True)


def _pieces_around(
    lines: Sequence[LogLine], cut: tuple[int, int] | None, path: str
) -> Iterator[Markup]:
    """A phase's lines, with a note where those would be that are not shown."""
    first = [line for line in lines if cut is None or line.number < cut[0]]
    last = lines[len(first) :]
    yield from _pieces(first)
    if cut is not None and _is_beside(cut, first, last):
        yield _gap(cut, path)
    yield from _pieces(last)


def _is_beside(cut: tuple[int, int], first: Sequence[LogLine], last: Sequence[LogLine]) -> bool:
    if first:
        return first[-1].number == cut[0] - 1
    return cut[0] == 1 and bool(last) and last[0].number == cut[1] + 1


def _gap(cut: tuple[int, int], path: str) -> Markup:
    first, last = cut
    text = f"Lines {first:,} to {last:,} are not shown: "
    return tag("p", text, code(path), class_="gap")


def _summary(phase: PhaseResult | None) -> Markup:
    if phase is None:
        return tag("summary", "before the first phase")
    parts: list[str] = [tag("span", phase.type.value, class_="name")]
    if phase.ended is not None:
        seconds = (phase.ended - phase.started).total_seconds()
        parts.append(badge(phase.status.value))
        parts.append(tag("span", print_seconds(max(0.0, seconds)), class_="faint"))
    return tag("summary", joined(parts, " "))


def _pieces(lines: Sequence[LogLine]) -> Iterator[Markup]:
    """Whole pieces have a known height, so that a browser need not lay them out to know it."""
    for start in range(0, len(lines), PIECE):
        part = lines[start : start + PIECE]
        kind = "piece whole" if len(part) == PIECE else "piece"
        yield tag("div", Markup("\n".join(_lines(part))), class_=kind)


def _lines(lines: Iterable[LogLine]) -> Iterator[str]:
    """One element a line; of lines of one moment only the first tells it."""
    clock = ""
    for line in lines:
        kind = f" class={line.kind}" if line.kind else ""
        time = f" data-t={line.clock}" if line.clock and line.clock != clock else ""
        clock = line.clock or clock
        number = line.number
        yield f"<div id=L{number}{kind}{time}><a href=#L{number}>{number}</a>{line.markup}</div>"
