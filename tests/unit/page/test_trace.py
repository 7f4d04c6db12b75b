"""The trace has the shape that Perfetto and chrome://tracing read."""

import json
from collections import defaultdict
from typing import Any

from hypothesis import given

from localbuild.events.model import Event, Timing
from localbuild.page.log import LogLimits
from localbuild.page.story import tell_story
from localbuild.page.trace import trace_document
from localbuild.terms import PhaseType
from tests.unit.events.histories import BUILD, histories
from tests.unit.logs.samples import SCRIPT, at, failing_build, phase_started, started


def trace(*events: Event) -> dict[str, Any]:
    """The trace of a history, as JSON has it."""
    return dict(json.loads(json.dumps(trace_document(tell_story(events, LogLimits())))))


def test_phases_and_commands_are_tracks() -> None:
    found = trace(*failing_build())
    names = {
        e["tid"]: e["args"]["name"] for e in found["traceEvents"] if e["name"] == "thread_name"
    }
    assert names == {1: "build", 10: "phases", 20: "commands"}
    spans = [
        (e["tid"], e["name"], e["ts"], e["dur"]) for e in found["traceEvents"] if e["ph"] == "X"
    ]
    assert spans[0] == (1, "my-app #3", 0, 5_000_000)
    assert (10, "BUILD", 1_000_000, 3_300_000) in spans
    assert (20, "npm ci", 1_100_000, 1_500_000) in spans
    assert found["otherData"]["status"] == "FAILED"


def test_a_command_has_its_text_its_place_and_what_became_of_it() -> None:
    (failed,) = [e for e in trace(*failing_build())["traceEvents"] if e["name"] == "set -e"]
    assert failed["args"] == {
        "phase": "BUILD",
        "verdict": "bad",
        "command": SCRIPT,
        "place": "buildspec.yml:6",
        "note": "exit status 1",
    }


def test_a_command_that_did_not_run_is_a_moment() -> None:
    (skipped,) = [e for e in trace(*failing_build())["traceEvents"] if e["ph"] == "i"]
    assert (skipped["name"], skipped["s"], "dur" in skipped) == ("npm run lint", "t", False)


def test_spans_that_overlap_have_tracks_of_their_own() -> None:
    timings = [Timing(time=at(t), build=BUILD, name=f"t{t}", seconds=2) for t in (3, 4, 5)]
    found = trace(started(), phase_started(0, PhaseType.PROVISIONING), *timings)
    assert [e["tid"] for e in found["traceEvents"] if e.get("cat") == "timing"] == [40, 41, 40]


@given(histories())
def test_any_history_is_a_trace(events: tuple[Event, ...]) -> None:
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for event in trace(*events)["traceEvents"]:
        assert event["ph"] in ("M", "X", "i")
        assert {"name", "pid", "tid", "args"} <= event.keys()
        if event["ph"] == "X":
            assert event["ts"] >= 0
            assert event["dur"] >= 0
            spans[event["tid"]].append((event["ts"], event["dur"]))
    for lane in (found for track, found in spans.items() if track % 10 < 9):
        ordered = sorted(lane)
        ends = [start + length for start, length in ordered]
        assert all(end <= start + 1 for end, (start, _) in zip(ends, ordered[1:], strict=False))
