"""What a build spent its time on: phases, commands, the cache, steps of ours, as spans. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from localbuild.events.caching import CacheRestored, CacheSaved
from localbuild.events.model import (
    BuildEnded,
    CommandEnded,
    CommandSkipped,
    CommandStarted,
    Event,
    PhaseEnded,
    PhaseRetried,
    PhaseStarted,
    Timing,
)
from localbuild.events.outputs import ArtifactUploaded
from localbuild.logs.caching import cache_line
from localbuild.logs.outputs import artifact_line
from localbuild.page.step import Step, Verdict
from localbuild.terms import PhaseType, StatusType

_STEP_NAMES = {
    "leftovers": "remove what dead builds left",
    "image": "find or pull the image",
    "cache": "look for the cache",
    "cache-end": "settle the cache",
    "container": "start the container",
    "source": "copy the source",
    "docker": "start the Docker daemon",
    "fetch": "fetch the sources",
    "secrets": "fetch secrets",
}


@dataclass(slots=True)
class Steps:
    """Collects the steps of a history in the order of time, each phase before what is in it."""

    _done: list[Step] = field(default_factory=list)
    _phase: Step | None = None
    _command: Step | None = None
    _inner: list[Step] = field(default_factory=list)
    _last: datetime | None = None

    def accept(self, event: Event, line: int = 0) -> None:
        """Take the next event of the history; `line` is where the log has come to."""
        self._last = event.time
        match event:
            case PhaseStarted():
                self._close(None)
                self._phase = _phase(event, line)
            case PhaseEnded():
                self._close(event)
            case CommandStarted():
                self._command = _started(event, line)
            case CommandEnded():
                self._inner.append(_ended(event, self._command))
                self._command = None
            case BuildEnded() if self._phase and self._phase.phase is PhaseType.COMPLETED:
                self._phase = replace(self._phase, verdict=_verdict(event.status))
            case _:
                self._inner.extend(self._aside(event))

    def finish(self) -> tuple[Step, ...]:
        """All steps; what had no end runs until the last thing that is known."""
        self._close(None)
        return tuple(self._done)

    def _close(self, event: PhaseEnded | None) -> None:
        phase, inner = self._phase, self._inner
        if self._command is not None:
            inner.append(self._until_now(self._command))
        if phase is not None and event is not None:
            phase = replace(
                phase,
                seconds=_between(phase.started, event.time),
                verdict="warn" if event.continued else _verdict(event.status),
                note=_why(event),
            )
        elif phase is not None:
            phase = self._until_now(phase)
        self._done += [*([phase] if phase else []), *sorted(inner, key=_by_start)]
        self._phase, self._command, self._inner = None, None, []

    def _until_now(self, step: Step) -> Step:
        last = self._last or step.started
        return replace(step, seconds=_between(step.started, last))

    def _aside(self, event: Event) -> Iterator[Step]:
        """The steps beside the commands, which are told when they are over."""
        phase = self._phase.phase if self._phase else PhaseType.COMPLETED
        match event:
            case CommandSkipped():
                yield _skipped(event)
            case PhaseRetried():
                yield _retried(event)
            case CacheRestored() | CacheSaved():
                yield _cache(event, phase)
            case ArtifactUploaded():
                yield _artifacts(event, phase)
            case Timing():
                yield Step(
                    kind="timing",
                    name=_STEP_NAMES.get(event.name, event.name),
                    phase=phase,
                    started=event.time - timedelta(seconds=event.seconds),
                    seconds=event.seconds,
                    note=event.detail,
                )
            case _:
                pass


def _phase(event: PhaseStarted, line: int) -> Step:
    return Step(
        kind="phase",
        name=event.phase.value,
        phase=event.phase,
        started=event.time,
        verdict="running",
        line=line,
    )


def _started(event: CommandStarted, line: int) -> Step:
    return Step(
        kind="command",
        name=event.command,
        phase=event.phase,
        started=event.time,
        verdict="running",
        place=_place(event),
        note=_list_note(event),
        line=line,
    )


def _ended(event: CommandEnded, before: Step | None) -> Step:
    status = f"exit status {event.exit_status}" if event.exit_status else ""
    attempt = f"retry {event.attempt}" if event.attempt else ""
    return Step(
        kind="command",
        name=event.command,
        phase=event.phase,
        started=before.started if before else event.time - timedelta(seconds=event.duration_s),
        seconds=event.duration_s,
        verdict="bad" if event.exit_status else "good",
        place=_place(event),
        note=" · ".join(filter(None, (_list_note(event), attempt, status, event.note))),
        line=before.line if before else 0,
    )


def _skipped(event: CommandSkipped) -> Step:
    return Step(
        kind="skipped",
        name=event.command,
        phase=event.phase,
        started=event.time,
        verdict="skipped",
        place=_place(event),
        note=f"not run: {event.reason}",
    )


def _retried(event: PhaseRetried) -> Step:
    return Step(
        kind="retry",
        name=f"retry {event.attempt} of {event.retries}",
        phase=event.phase,
        started=event.time,
        verdict="warn",
        note=event.reason,
    )


def _cache(event: CacheRestored | CacheSaved, phase: PhaseType) -> Step:
    restored = isinstance(event, CacheRestored)
    return Step(
        kind="cache",
        name="restore the cache" if restored else "save the cache",
        phase=phase,
        started=event.time - timedelta(seconds=event.seconds),
        seconds=event.seconds,
        verdict=_cache_verdict(event),
        note=cache_line(event),
    )


def _artifacts(event: ArtifactUploaded, phase: PhaseType) -> Step:
    return Step(
        kind="artifacts",
        name="hand out artifacts",
        phase=phase,
        started=event.time - timedelta(seconds=event.seconds),
        seconds=event.seconds,
        note=artifact_line(event),
    )


def _cache_verdict(event: CacheRestored | CacheSaved) -> Verdict:
    if isinstance(event, CacheSaved):
        return "good" if event.saved else "skipped"
    return "good" if event.outcome == "hit" else "skipped" if event.outcome == "off" else "warn"


def _verdict(status: StatusType) -> Verdict:
    good = status in (StatusType.SUCCEEDED, StatusType.IN_PROGRESS)
    return "good" if good else "bad"


def _why(event: PhaseEnded) -> str:
    why = event.context
    return f"{why.status_code}: {why.message}" if why.message else ""


def _place(event: CommandStarted | CommandEnded | CommandSkipped) -> str:
    return f"{event.file}:{event.line}" if event.file else ""


def _list_note(event: CommandStarted | CommandEnded) -> str:
    return "finally" if event.list == "finally" else ""


def _between(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds())


def _by_start(step: Step) -> datetime:
    return step.started
