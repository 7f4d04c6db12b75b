"""What the rules about commands share: walking over them, telling one-liners, making warnings."""

from collections.abc import Iterator

from localbuild.buildspec.model import Buildspec, Phase, Text
from localbuild.errors import Place, Problem, Severity


def commands(buildspec: Buildspec) -> Iterator[tuple[Phase, Text]]:
    """Every command with its phase, in the order of running."""
    for phase in buildspec.phases:
        for command in (*phase.commands, *phase.finally_):
            yield phase, command


def warning(code: str, message: str, place: Place, *hints: str) -> Problem:
    """A finding that stops nothing."""
    line = "".join(character if character.isprintable() else " " for character in message[:300])
    return Problem(severity=Severity.WARNING, code=code, message=line, place=place, hints=hints)


def is_alone(text: str) -> bool:
    """Whether a command is one simple command: one line, nothing before or after it."""
    line = text.strip()
    return not any(mark in line for mark in ("\n", ";", "&&", "||", "|", "$(", "`"))
