"""A problem as text for people and editors: place first, excerpt, caret, hints.

Source: the contract of the command line, "Errors".
"""

from localbuild.errors import Problem

WIDEST = 120
"""Of a longer source line only the part around the problem is shown."""


def render_problem(problem: Problem) -> str:
    """The text form of a problem, without a line end after the last line.

    Control characters of the source are shown as `\\ufffd`, so that no file can steer a terminal.
    """
    place = problem.place
    where = f"{place.file}:{place.line}:{place.column}"
    lines = [f"{where}: {problem.severity.value}: {problem.message} [{problem.code}]"]
    if problem.excerpt.strip():
        lines.extend(_excerpt(problem))
    elif problem.suggestion:
        lines.append(f"  {problem.suggestion}")
    lines.extend(f"  hint: {hint}" for hint in problem.hints)
    return "\n".join(_printable(line) for line in lines)


def render_problems(problems: tuple[Problem, ...]) -> str:
    """Several problems, one after the other."""
    return "\n".join(render_problem(problem) for problem in problems)


def _excerpt(problem: Problem) -> tuple[str, str]:
    text, column, length = _window(problem)
    margin = f"{problem.place.line:>4} | "
    under = "".join("\t" if character == "\t" else " " for character in text[: column - 1])
    carets = "^" * max(1, min(length, len(text) - column + 1))
    tail = f" {problem.suggestion}" if problem.suggestion else ""
    return margin + text, " " * (len(margin) - 2) + f"| {under}{carets}{tail}"


def _window(problem: Problem) -> tuple[str, int, int]:
    """The part of the source line that is shown, and the column and length within it."""
    text, place = problem.excerpt, problem.place
    column = min(max(place.column, 1), len(text) + 1)
    if len(text) <= WIDEST:
        return text, column, place.length
    start = max(0, min(column - 1 - WIDEST // 4, len(text) - WIDEST))
    head, tail = "…" if start else "", "…" if start + WIDEST < len(text) else ""
    shown = head + text[start : start + WIDEST] + tail
    return shown, column - start + len(head), min(place.length, WIDEST - (column - 1 - start))


def _printable(line: str) -> str:
    if line.isascii() and line.isprintable():
        return line
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in line)
