"""The words of the `cache` verbs for people: plain text and the numbers of things. Pure."""

from collections.abc import Iterable

from localbuild.lines import plain

NO_KEY = "(no key)"


def on_terminal(lines: Iterable[str]) -> str:
    """Lines as one text, each of them plain: what every verb tells people goes through here."""
    return "\n".join(plain(line) for line in lines)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 entry`, `2 entries`; `many` is `one` with an s unless it is given."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def entries_of(number: int) -> str:
    """So many entries."""
    return counted(number, "entry", "entries")
