"""What was not the real thing in a build: phases left out, commands and secrets stood in for."""

from dataclasses import dataclass

from localbuild.events.base import EventBase
from localbuild.terms import PhaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class StubUse:
    """A command that was stood in for: how often it was called, and the first calls' arguments.

    `calls` is -1 where the container was gone before they could be counted.
    """

    command: str
    calls: int
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIns(EventBase):
    """What the user wanted to do without: phases, commands, secrets. Once, after the phases."""

    skipped_phases: tuple[PhaseType, ...] = ()
    stubs: tuple[StubUse, ...] = ()
    fake_secrets: tuple[str, ...] = ()
