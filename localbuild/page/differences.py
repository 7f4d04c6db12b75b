"""A build against an earlier one of its project: what is new, gone, slower, failing. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from localbuild.events.model import CommandEnded
from localbuild.events.reports import ReportMade
from localbuild.events.result import BuildResult, PhaseResult
from localbuild.logs.reports import case_name
from localbuild.terms import PhaseType

_UNNOTICED_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How long something took, before and now, in seconds; None: it was not there.

    `name` of a command is its text, of a phase its word, of the whole build ''.
    """

    name: str
    before_s: float | None
    now_s: float | None
    is_command: bool = False

    @property
    def difference_s(self) -> float | None:
        """Below 0: it is faster now. None where there is nothing to compare."""
        if self.before_s is None or self.now_s is None:
            return None
        return self.now_s - self.before_s


def compare_times(before: BuildResult, now: BuildResult) -> Iterator[Change]:
    """The whole build, then each phase that takes time with its commands."""
    yield Change(name="", before_s=_whole(before), now_s=_whole(now))
    for phase in PhaseType:
        old, new = before.phase(phase), now.phase(phase)
        commands = [*_commands(_last_tries(before, phase), _last_tries(now, phase))]
        change = Change(name=phase.value, before_s=_span(old), now_s=_span(new))
        if commands or max(change.before_s or 0.0, change.now_s or 0.0) > _UNNOTICED_S:
            yield change
            yield from commands


def newly_failing(before: Sequence[ReportMade], now: Sequence[ReportMade]) -> tuple[str, ...]:
    """The names of cases that fail now and did not fail before, new ones included."""
    old = set(_failing(before))
    return tuple(name for name in dict.fromkeys(_failing(now)) if name not in old)


def _whole(result: BuildResult) -> float | None:
    return _seconds(result.started.time, result.ended.time) if result.ended else None


def _span(phase: PhaseResult | None) -> float | None:
    return _seconds(phase.started, phase.ended) if phase and phase.ended else None


def _seconds(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds())


_Named = Mapping[tuple[str, int], CommandEnded]


def _last_tries(result: BuildResult, phase: PhaseType) -> _Named:
    """The last try of each command by its text; the same text again counts up."""
    last = {(c.list, c.number): c for c in result.commands if c.phase is phase}
    found: dict[tuple[str, int], CommandEnded] = {}
    counts: dict[str, int] = {}
    for command in last.values():
        counts[command.command] = counts.get(command.command, 0) + 1
        found[command.command, counts[command.command]] = command
    return found


def _commands(before: _Named, now: _Named) -> Iterator[Change]:
    for key in [*now, *(key for key in before if key not in now)]:
        old, new = before.get(key), now.get(key)
        yield Change(
            name=key[0],
            before_s=old.duration_s if old else None,
            now_s=new.duration_s if new else None,
            is_command=True,
        )


def _failing(reports: Sequence[ReportMade]) -> Iterator[str]:
    for report in reports:
        yield from (f"{report.name}: {case_name(case)}" for case in report.failing_cases)
