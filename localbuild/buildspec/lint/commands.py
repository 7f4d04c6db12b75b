"""What the rules about commands share: walking over them, what a shell reads in them, findings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from localbuild.buildspec.model import Buildspec, Phase, Text
from localbuild.buildspec.sh.model import Script, Simple
from localbuild.buildspec.sh.parse import parse
from localbuild.buildspec.sh.words import substitutions
from localbuild.errors import Place, Problem, Severity

SECRET = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    r"|\bgithub_pat_\w{40,}|\bglpat-[\w-]{20}\b|\bxox[abprs]-[\w-]{20,}"
)
"""What is a key by its form, anywhere in a text."""

MOST = 3000
"""So many simple commands of one file are looked at; in the wild a file has up to 200."""

DEEPEST = 4
"""So many command substitutions within each other are looked into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command of a phase and what a shell reads in it. `last`: it stands in `finally`."""

    phase: Phase
    text: Text
    script: Script
    last: bool = False

    def place(self, simple: Simple | None = None) -> Place:
        """Where it stands; a part of a block has its own line."""
        return line_of(self.text, simple.line if simple else 0)


def commands(buildspec: Buildspec) -> Iterator[tuple[Phase, Text]]:
    """Every command with its phase, in the order of running."""
    for phase in buildspec.phases:
        for command in (*phase.commands, *phase.finally_):
            yield phase, command


def scripts(buildspec: Buildspec) -> Iterator[Command]:
    """Every command as a shell reads it, in the order of running, but no more than `MOST`."""
    left = MOST
    for phase in buildspec.phases:
        for number, text in enumerate((*phase.commands, *phase.finally_)):
            if left <= 0:
                return
            script = parse(text.value)
            left -= max(1, len(script.commands))
            last = number >= len(phase.commands)
            yield Command(phase=phase, text=text, script=script, last=last)


def simples(buildspec: Buildspec) -> Iterator[tuple[Command, Simple]]:
    """Every simple command, those in substitutions not among them."""
    for command in scripts(buildspec):
        for simple in command.script.commands:
            yield command, simple


def all_simples(buildspec: Buildspec) -> Iterator[tuple[Command, Simple]]:
    """Every simple command, those in substitutions with the line of what they stand in."""
    for command, simple in simples(buildspec):
        yield command, simple
        for inner in within(simple):
            yield command, replace(inner, line=simple.line)


def within(simple: Simple, depth: int = 0) -> Iterator[Simple]:
    """The commands in the substitutions of a command."""
    if depth >= DEEPEST:
        return
    for word in (*simple.assignments, *simple.words, *simple.redirects):
        for code in substitutions(word):
            for inner in parse(code).commands:
                yield inner
                yield from within(inner, depth + 1)


def line_of(text: Text, line: int) -> Place:
    """The place of a line (from 0) of a command; of length 0, which stands for a whole line.

    Only a literal block keeps the lines of the file.
    """
    if not text.block:
        return text.place
    return replace(text.place, line=text.place.line + 1 + line, column=1, length=0)


def warning(code: str, message: str, place: Place, *hints: str) -> Problem:
    """A finding that stops nothing, and that will bite."""
    return _finding(Severity.WARNING, code, message, place, hints)


def note(code: str, message: str, place: Place, *hints: str) -> Problem:
    """A finding for which there is a better way."""
    return _finding(Severity.NOTE, code, message, place, hints)


def _finding(
    severity: Severity, code: str, message: str, place: Place, hints: tuple[str, ...]
) -> Problem:
    line = message[:300]
    if not line.isprintable():
        line = "".join(character if character.isprintable() else " " for character in line)
    return Problem(severity=severity, code=code, message=line, place=place, hints=hints)


def shown(simple: Simple) -> str:
    """The beginning of a command, as it can stand in a message, without keys."""
    text = " ".join(simple.words or simple.assignments).split("\n")[0]
    text = SECRET.sub("***", text[:1000])
    return text if len(text) <= 50 else text[:49].rstrip() + "…"


def is_alone(text: str) -> bool:
    """Whether a command is one simple command: one line, nothing before or after it."""
    line = text.strip()
    return not any(mark in line for mark in ("\n", ";", "&&", "||", "|", "$(", "`"))
