"""What several sections of the page are made of: facts, tables, bars, amounts in words. Pure."""

from collections.abc import Iterable, Sequence

from localbuild.page.markup import Markup, joined, tag

Cell = str | Markup
_LONGEST = 2000


def section(anchor: str, title: str, *children: str, class_: str = "") -> Markup:
    """A section with a heading that can be linked to."""
    heading = tag("h2", title, id=f"{anchor}-title")
    return tag("section", heading, *children, id=anchor, class_=class_)


def facts(pairs: Iterable[tuple[str, Cell]]) -> Markup:
    """A list of names with values; those without a value are left out."""
    rows = (
        tag("div", tag("dt", cut(name)), tag("dd", cut(value))) for name, value in pairs if value
    )
    return tag("dl", joined(rows), class_="facts")


def table(
    head: Sequence[str], rows: Iterable[Sequence[Cell]], *, numbers: Sequence[int] = ()
) -> Markup:
    """A table whose columns `numbers`, counted from 0, are aligned as numbers are."""
    names = (_cell("th", name, i in numbers, scope="col") for i, name in enumerate(head))
    lines = (tag("tr", joined(_row(row, numbers))) for row in rows)
    inner = tag("table", tag("thead", tag("tr", joined(names))), tag("tbody", joined(lines)))
    return tag("div", inner, class_="scroll")


def _row(row: Sequence[Cell], numbers: Sequence[int]) -> Iterable[Markup]:
    for index, cell in enumerate(row):
        if index == 0:
            yield _cell("th", cell, 0 in numbers, scope="row")
        else:
            yield _cell("td", cell, index in numbers)


def _cell(name: str, content: Cell, is_number: bool, scope: str = "") -> Markup:
    return tag(name, cut(content), scope=scope, class_="n" if is_number else "")


def code(text: str) -> Markup:
    """A text in the letters of a terminal."""
    return tag("code", cut(text))


def cut(text: str) -> str:
    """A text that is no longer than a page can lay out quickly, wherever it stands."""
    if isinstance(text, Markup) or len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]} … {len(text) - _LONGEST:,} more characters"


def badge(status: str) -> Markup:
    """A status in its colour; the word tells it, too."""
    return tag("span", status, class_=f"badge {tone(status)}")


def tone(status: str) -> str:
    """`good`, `bad`, `warn` or `idle`: how a status of anything is coloured."""
    match status:
        case "SUCCEEDED" | "hit":
            return "good"
        case "FAILED" | "FAULT" | "TIMED_OUT" | "ERROR":
            return "bad"
        case "STOPPED" | "INCOMPLETE" | "fallback" | "miss":
            return "warn"
        case _:
            return "idle"


def folded(summary: str, *children: str) -> Markup:
    """What is shown once it is asked for."""
    return tag("details", tag("summary", summary), *children)
