"""The words of the `cache` verbs for people: plain text and the numbers of things. Pure."""

from collections.abc import Iterable

from localbuild.lines import plain
from localbuild.units import counted

NO_KEY = "(no key)"


def on_terminal(lines: Iterable[str]) -> str:
    """Lines as one text, each of them plain: what every verb tells people goes through here."""
    return "\n".join(plain(line) for line in lines)


def entries_of(number: int) -> str:
    """So many entries."""
    return counted(number, "entry", "entries")
