"""The page's head: how the build went, which one it is, and why it failed. Pure."""

from collections.abc import Iterator

from localbuild.events.document import count_commands
from localbuild.events.model import CommandEnded, CommandStarted, Warned
from localbuild.events.result import BuildResult
from localbuild.logs.caching import worth_line
from localbuild.logs.ending import Ending
from localbuild.logs.stand_ins import stand_in_lines
from localbuild.logs.style import Style
from localbuild.logs.summary import all_hints, also_failed, what_failed
from localbuild.page.markup import Markup, joined, tag
from localbuild.page.parts import badge, code, cut, facts, folded
from localbuild.page.story import Story
from localbuild.terms import StatusType
from localbuild.units import counted, print_duration

_COMMAND_LENGTH = 4000


def head(story: Story) -> Markup:
    """Status, project and number, and what is worth knowing at once."""
    result = story.result
    started = result.started
    name = joined([cut(started.project), " ", tag("span", f"#{started.number}", class_="faint")])
    return tag(
        "header",
        tag("p", "localbuild", class_="mark"),
        tag("h1", badge(result.status.value), tag("span", name, class_="name")),
        tag("p", joined(_line(result), " · "), class_="line"),
        facts(_facts(result)),
    )


def _line(result: BuildResult) -> Iterator[str]:
    started, ended = result.started, result.ended
    moment = f"{started.time:%Y-%m-%d %H:%M:%S} UTC"
    yield tag("time", moment, datetime=f"{started.time:%Y-%m-%dT%H:%M:%SZ}")
    if ended is None:
        yield "not ended"
    else:
        seconds = (ended.time - started.time).total_seconds()
        yield f"took {print_duration(max(0.0, seconds))}"
        if ended.exit_code >= 0:
            yield f"exit code {ended.exit_code}"
    counts = count_commands(result)
    yield f"{counts['ran']} of {counts['planned']} planned commands ran"
    if result.warnings:
        yield tag("a", counted(len(result.warnings), "warning"), href="#warnings")


def _facts(result: BuildResult) -> Iterator[tuple[str, str]]:
    started = result.started
    yield "image", code(started.image)
    yield "source", code(started.source)
    if started.resolved_source_version:
        yield "commit", code(started.resolved_source_version)
    if result.buildspec:
        yield "buildspec", code(result.buildspec)
    yield "cache", worth_line(result)
    yield "build", code(started.build)
    yield "started by", started.initiator


def failure(story: Story) -> Markup:
    """Why the build did not succeed; '' for one that did, and in which nothing else failed."""
    parts = list(_failure(story))
    if not parts:
        return Markup("")
    good = story.result.status in (StatusType.SUCCEEDED, StatusType.IN_PROGRESS)
    return tag("section", *parts, class_=f"failure {'warn' if good else 'bad'}", id="failure")


def _failure(story: Story) -> Iterator[Markup]:
    ending, result = story.ending, story.result
    guilty = ending.running or result.failed_command
    if result.status is not StatusType.SUCCEEDED and guilty is not None:
        yield from _guilty(guilty, ending, _line_of(guilty, story))
    yield from (tag("p", cut(line)) for line in also_failed(ending, Style()))
    if result.failure is not None:
        yield tag("p", tag("strong", "error: "), cut(result.failure.message))
    elif result.ended is not None and guilty is None and result.ended.reason:
        yield tag("p", cut(result.ended.reason))
    hints = all_hints(ending)
    if hints:
        rows = (tag("li", tag("span", "hint: ", class_="faint"), code(hint)) for hint in hints)
        yield tag("ul", joined(rows), class_="plain")


def _guilty(command: CommandStarted | CommandEnded, ending: Ending, line: int) -> Iterator[Markup]:
    place = code(f"{command.file}:{command.line}") if command.file else ""
    yield tag("h2", place, " " if place else "", what_failed(command))
    yield tag("pre", _short(command.command), class_="command")
    if ending.tail:
        yield tag("pre", "\n".join(ending.tail), class_="tail", aria_label="its last lines")
    if isinstance(command, CommandEnded) and command.note:
        yield tag("p", tag("strong", "cause: "), cut(command.note))
    if line:
        yield tag("p", tag("a", f"line {line:,} of the log", href=f"#L{line}"))


def _line_of(command: CommandStarted | CommandEnded, story: Story) -> int:
    """Where the command's own lines end in the log, as far as that is shown."""
    place = f"{command.file}:{command.line}"
    steps = [s for s in story.steps if s.kind == "command" and s.place == place]
    line = max((s.line for s in steps if s.phase is command.phase), default=0)
    return line if story.log.shows(line) else 0


def _short(command: str) -> str:
    text = command.strip()
    return text if len(text) <= _COMMAND_LENGTH else f"{text[:_COMMAND_LENGTH]} …"


def remarks(result: BuildResult) -> Markup:
    """Warnings, and what was not the real thing in the build; '' where there is neither."""
    stand_ins = [tag("li", cut(line)) for line in stand_in_lines(result)]
    warnings = [tag("li", joined(_warning(warned))) for warned in result.warnings]
    if not stand_ins and not warnings:
        return Markup("")
    rows = tag("ul", *stand_ins, *warnings, class_="plain")
    title = counted(len(warnings), "warning") if warnings else "stand-ins"
    return tag("section", folded(title, rows), id="warnings", class_="remarks")


def _warning(warned: Warned) -> Iterator[str]:
    if warned.file:
        yield code(f"{warned.file}:{warned.line}")
        yield " "
    yield cut(warned.message)
    if warned.code:
        yield tag("span", f" [{cut(warned.code)}]", class_="faint")
    for hint in warned.hints:
        yield tag("div", "hint: ", code(hint), class_="faint")
