"""What the time went on: a table of the build's steps, each with its bar. Pure."""

from collections.abc import Iterable, Iterator

from localbuild.logs.caching import print_seconds
from localbuild.page.markup import Markup, joined, tag
from localbuild.page.parts import cut, section
from localbuild.page.step import Step, Verdict
from localbuild.page.story import Story
from localbuild.terms import PhaseType

_UNNOTICED_S = 0.05
_NAME_LENGTH = 200
_MINOR = (PhaseType.SUBMITTED, PhaseType.QUEUED, PhaseType.FINALIZING, PhaseType.COMPLETED)
_TICKS = (1.0, 2.0, 5.0)
_WORDS: dict[Verdict, str] = {
    "good": "",
    "bad": "failed",
    "warn": "",
    "running": "did not end",
    "skipped": "",
}


def waterfall(story: Story) -> Markup:
    """The steps as a table; without any, ''."""
    steps = [step for step in story.steps if _is_worth_a_row(step, story.steps)]
    if not steps:
        return Markup("")
    whole = max(story.seconds, 0.001)
    rows = (_row(step, story, whole) for step in steps)
    heads = (
        tag("th", "step", scope="col"),
        tag("th", _axis(whole), scope="col", class_="bars"),
        tag("th", "began", scope="col", class_="n began"),
        tag("th", "took", scope="col", class_="n"),
    )
    head = tag("thead", tag("tr", *heads))
    inner = tag("table", head, tag("tbody", joined(rows)), class_="waterfall")
    return section("time", "Time", tag("div", inner, class_="scroll"))


def _is_worth_a_row(step: Step, steps: Iterable[Step]) -> bool:
    """Not a phase in which nothing happens, if it went well."""
    if step.kind != "phase" or step.phase not in _MINOR or step.verdict == "bad":
        return True
    alone = not any(s.phase is step.phase and s is not step for s in steps)
    return not alone or step.seconds > _UNNOTICED_S


def _row(step: Step, story: Story, whole_s: float) -> Markup:
    start_s = max(0.0, (step.started - story.result.started.time).total_seconds())
    nothing = step.kind in ("skipped", "retry")
    return tag(
        "tr",
        tag("th", joined(_name(step, story.log.shows(step.line))), scope="row"),
        tag("td", "" if nothing else _bar(step, start_s, whole_s), class_="bars"),
        tag("td", print_seconds(start_s), class_="n began"),
        tag("td", "" if nothing else print_seconds(step.seconds), class_="n"),
        class_=f"{step.kind} {step.verdict}",
    )


def _name(step: Step, has_lines: bool) -> Iterator[str]:
    text = _shown_name(step)
    link = has_lines and step.kind in ("phase", "command")
    yield tag("a", text, href=f"#L{step.line}") if link else tag("span", text)
    words = (step.place, "" if _is_said(step) else step.note or _WORDS[step.verdict])
    note = " · ".join(word for word in words if word)
    if note:
        yield tag("span", cut(note), class_="note")


def _is_said(step: Step) -> bool:
    """Why a command's failure ends its phase is said by the command."""
    return step.kind == "phase" and step.note.startswith("COMMAND_EXECUTION_ERROR")


def _shown_name(step: Step) -> str:
    if step.phase is PhaseType.COMPLETED and step.kind == "phase":
        return "after the build"
    lines = [line for line in step.name.splitlines() if line.strip()] or [""]
    text = lines[0].strip()
    more = " …" if len(lines) > 1 or len(text) > _NAME_LENGTH else ""
    return text[:_NAME_LENGTH] + more


def _bar(step: Step, start_s: float, whole_s: float) -> Markup:
    left = min(100.0, 100 * start_s / whole_s)
    width = max(0.15, min(100.0 - left, 100 * step.seconds / whole_s))
    rect = tag("rect", x=f"{left:.3f}%", width=f"{width:.3f}%", y="0", height="100%")
    return tag("svg", rect, class_="bar", aria_hidden="true")


def _axis(whole_s: float) -> Markup:
    """Seconds along the bars, about five of them."""
    step = _tick(whole_s)
    count = int(whole_s / step)
    marks = (_mark(index * step, whole_s) for index in range(count + 1))
    return tag("svg", joined(marks), class_="axis", role="img", aria_label="seconds")


def _mark(at_s: float, whole_s: float) -> Markup:
    left = 100 * at_s / whole_s
    anchor = "start" if left < 5 else "end" if left > 95 else "middle"
    text = f"{at_s:g}s" if at_s < 60 else f"{at_s / 60:g}m"
    return tag("text", text, x=f"{left:.2f}%", y="80%", text_anchor=anchor)


def _tick(whole_s: float) -> float:
    """1, 2 or 5 times a power of ten, from a minute on whole minutes."""
    unit = 60.0 if whole_s > 300 else 1.0
    scale = unit / 1000
    while True:
        for factor in _TICKS:
            if whole_s / (factor * scale) <= 6:
                return factor * scale
        scale *= 10
