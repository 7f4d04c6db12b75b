"""A command's place in its build, and the events that tell of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from localbuild.diagnosis.model import Cause
from localbuild.events.model import (
    CommandEnded,
    CommandList,
    CommandSkipped,
    CommandStarted,
)
from localbuild.plan.model import PhasePlan, PlannedCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of a phase: `number` counts from 1 in its list."""

    phase: PhasePlan
    list: CommandList
    number: int
    total: int
    command: PlannedCommand
    file: str
    attempt: int = 0

    @property
    def key(self) -> tuple[str, str, int]:
        """The same for every attempt."""
        return (self.phase.type, self.list, self.number)

    def started(self, time: datetime, build: str) -> CommandStarted:
        """The event of its beginning."""
        return CommandStarted(
            time=time,
            build=build,
            phase=self.phase.type,
            list=self.list,
            number=self.number,
            total=self.total,
            command=self.command.text,
            file=self.file,
            line=self.command.line,
            attempt=self.attempt,
        )

    def ended(
        self, time: datetime, build: str, *, status: int, duration_s: float, cause: Cause
    ) -> CommandEnded:
        """The event of its end."""
        return CommandEnded(
            time=time,
            build=build,
            phase=self.phase.type,
            list=self.list,
            number=self.number,
            command=self.command.text,
            file=self.file,
            line=self.command.line,
            exit_status=status,
            duration_s=round(duration_s, 6),
            attempt=self.attempt,
            note=cause.note,
            hints=cause.hints,
        )

    def skipped(self, time: datetime, build: str, reason: str) -> CommandSkipped:
        """The event that says that it will not run."""
        return CommandSkipped(
            time=time,
            build=build,
            phase=self.phase.type,
            list=self.list,
            number=self.number,
            command=self.command.text,
            file=self.file,
            line=self.command.line,
            reason=reason,
        )


def all_steps(phase: PhasePlan, file: str) -> Iterator[Step]:
    """The commands of both of a phase's lists, in order."""
    yield from steps_of(phase, "commands", file)
    yield from steps_of(phase, "finally", file)


def steps_of(phase: PhasePlan, list: CommandList, file: str, attempt: int = 0) -> Iterator[Step]:
    """The commands of one of a phase's lists, in order."""
    commands = phase.commands if list == "commands" else phase.finally_
    for number, command in enumerate(commands, start=1):
        yield Step(
            phase=phase,
            list=list,
            number=number,
            total=len(commands),
            command=command,
            file=file,
            attempt=attempt,
        )
