"""`--skip` and `--stub`: what the user wants to do without, read and shown."""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from localbuild.cli.options.parsers import text, texts
from localbuild.plan.model import BuildPlan, PlannedStub
from localbuild.terms import COMMAND_PHASES, PhaseType

_COMMAND = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")
_WORDS = (
    "alias bg break cd command continue echo eval exec exit export false fg getopts hash jobs kill "
    "printf pwd read readonly return set shift source test times trap true type ulimit umask "
    "unalias unset wait if then else elif fi for while until do done case esac in function"
)
_OF_THE_SHELL = frozenset(_WORDS.split())
"""A shell looks for none of these on the PATH."""


def parse_phases(value: object, base: Path) -> tuple[PhaseType, ...]:
    """Phases that have commands, in any case, `post-build` for POST_BUILD; else ValueError."""
    found = {_phase(word) for word in texts(value, base)}
    return tuple(phase for phase in COMMAND_PHASES if phase in found)


def parse_until(value: object, base: Path) -> PhaseType:
    """The last phase of a build: one with commands, or DOWNLOAD_SOURCE; else ValueError."""
    return _phase(text(value, base), (PhaseType.DOWNLOAD_SOURCE, *COMMAND_PHASES))


def parse_stubs(value: object, base: Path) -> tuple[PlannedStub, ...]:
    """`COMMAND` or `COMMAND=OUTPUT`, the last one of a command; else ValueError."""
    found = [_stub(word) for word in texts(value, base)]
    return tuple({stub.command: stub for stub in found}.values())


def stand_in_rows(plan: BuildPlan) -> Iterator[tuple[str, str]]:
    """What `plan` says of them, of the build's credentials and of a debug session."""
    for stub in plan.environment.stubs:
        prints = f"prints {len(stub.output)} characters" if stub.output else "prints nothing"
        yield "stub", f"{stub.command}  {prints}, succeeds"
    ways = {"env": "yours, as variables", "endpoint": "yours, from an endpoint in the container"}
    if way := ways.get(plan.environment.aws_credentials):
        yield "aws", way
    if plan.debug_session:
        yield "session", "codebuild-breakpoint pauses the build"


def _phase(word: str, known: tuple[PhaseType, ...] = COMMAND_PHASES) -> PhaseType:
    name = word.strip().upper().replace("-", "_")
    names = [phase.value for phase in known]
    of_what = "with commands" if known == COMMAND_PHASES else "that a build can end after"
    if name in names:
        return PhaseType(name)
    close = difflib.get_close_matches(name, names, n=1)
    guess = f"did you mean {close[0]}?" if close else f"there are: {', '.join(names)}"
    raise ValueError(f"'{word}' is no phase {of_what}; {guess}")


def _stub(word: str) -> PlannedStub:
    command, _, output = word.partition("=")
    if not _COMMAND.fullmatch(command):
        raise ValueError(f"'{command}' is no command's name: write for example aws, or aws=OUTPUT")
    if command in _OF_THE_SHELL:
        raise ValueError(f"'{command}' is the shell's own: it looks for no other one")
    return PlannedStub(command=command, output=output)
