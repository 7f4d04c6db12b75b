"""A build as a Chrome trace: opens in Perfetto and in chrome://tracing. Pure.

Source: Trace Event Format, JSON object format; complete (X), instant (i) and metadata (M) events.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from localbuild.events.shapes import print_time
from localbuild.page.step import Step, StepKind
from localbuild.page.story import Story

_PROCESS = 1
_BUILD_TRACK = 1
_LANES = 10
_TRACKS: dict[StepKind, tuple[int, str]] = {
    "phase": (10, "phases"),
    "command": (20, "commands"),
    "skipped": (20, "commands"),
    "retry": (20, "commands"),
    "cache": (30, "cache"),
    "artifacts": (50, "artifacts"),
    "timing": (40, "localbuild"),
}
"""Number and name of the first lane of a kind; where spans overlap there are up to ten of them."""


def trace_document(story: Story) -> dict[str, object]:
    """The trace of a build: times in microseconds since its beginning."""
    started = story.result.started
    spans = [*_spans(story.steps, started.time)]
    tracks = {track for track, _ in spans}
    return {
        "traceEvents": [*_names(story, tracks), _whole(story), *(span for _, span in spans)],
        "displayTimeUnit": "ms",
        "otherData": {
            "build": started.build,
            "project": started.project,
            "number": started.number,
            "status": story.result.status.value,
            "started": print_time(started.time),
            "image": started.image,
        },
    }


def _names(story: Story, tracks: set[int]) -> Iterator[dict[str, object]]:
    started = story.result.started
    names = dict(_TRACKS.values())
    yield _meta("process_name", _BUILD_TRACK, f"{started.project} #{started.number}")
    yield _meta("thread_name", _BUILD_TRACK, "build")
    for track in sorted(tracks):
        yield _meta("thread_name", track, names[track - track % _LANES])


def _meta(kind: str, track: int, name: str) -> dict[str, object]:
    return {"ph": "M", "name": kind, "pid": _PROCESS, "tid": track, "args": {"name": name}}


def _whole(story: Story) -> dict[str, object]:
    result = story.result
    code = result.ended.exit_code if result.ended else None
    return {
        "ph": "X",
        "name": f"{result.started.project} #{result.started.number}",
        "cat": "build",
        "pid": _PROCESS,
        "tid": _BUILD_TRACK,
        "ts": 0,
        "dur": round(story.seconds * 1e6),
        "args": {"status": result.status.value, "exitCode": code},
    }


def _spans(steps: Iterable[Step], start: datetime) -> Iterator[tuple[int, dict[str, object]]]:
    """Every step with its track; the viewers want spans of one track not to overlap."""
    busy: dict[int, datetime] = {}
    for step in sorted(steps, key=lambda step: step.started):
        track = _TRACKS[step.kind][0]
        while busy.get(track, step.started) > step.started and track % _LANES < _LANES - 1:
            track += 1
        if step.seconds:
            busy[track] = step.ended
        yield track, _span(step, track, start)


def _span(step: Step, track: int, start: datetime) -> dict[str, object]:
    facts = {"phase": step.phase.value, "verdict": step.verdict}
    more = {"command": step.name, "place": step.place} if step.place else {}
    note = {"note": step.note} if step.note else {}
    began, ended = (max(0, _microseconds(moment - start)) for moment in (step.started, step.ended))
    common: dict[str, object] = {
        "name": step.name.strip().split("\n")[0],
        "cat": step.kind,
        "pid": _PROCESS,
        "tid": track,
        "ts": began,
        "args": facts | more | note,
    }
    if step.kind in ("skipped", "retry"):
        return {"ph": "i", "s": "t", **common}
    return {"ph": "X", "dur": ended - began, **common}


def _microseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
