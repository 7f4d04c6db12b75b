"""Events as JSON: nothing is lost on the way there and back."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given

from localbuild.events.codec import encode_json, event_from_json, event_to_json, read_events
from localbuild.events.kinds import EVENT_TYPES
from localbuild.events.model import AgentLine, BuildStarted, Event, Output
from localbuild.terms import PhaseType
from tests.unit.events.histories import BUILD, START, histories

OUTPUT = Output(time=START, build=BUILD, phase=PhaseType.BUILD, data=b"h\xc3\xa9\n")
LINE = AgentLine(time=START, build=BUILD, phase=PhaseType.BUILD, text="x")


@given(histories())
def test_events_survive_json(history: tuple[Event, ...]) -> None:
    lines = [encode_json(event_to_json(event)) + b"\n" for event in history]
    assert tuple(read_events(lines)) == history
    assert not any(b"\n" in line[:-1] for line in lines)


def test_output_is_text_with_its_stream() -> None:
    assert event_to_json(OUTPUT) == {
        "time": "2026-01-02T03:04:05.000006Z",
        "type": "output",
        "build": BUILD,
        "phase": "BUILD",
        "stream": "stdout",
        "text": "hé\n",
    }


def test_output_that_is_no_utf8_is_also_there_exactly() -> None:
    event = replace(OUTPUT, data=b"a\xff\x00")
    found = event_to_json(event)
    assert (found["text"], found["base64"]) == ("a\ufffd\x00", "Yf8A")
    assert event_from_json(found) == event


def test_keys_are_codebuilds_words() -> None:
    started = BuildStarted(
        time=START,
        build=BUILD,
        project="p",
        number=3,
        arn="a",
        initiator="me",
        image="i",
        source="s",
        privileged=True,
    )
    found = event_to_json(started)
    assert list(found)[:3] == ["time", "type", "build"]
    assert (found["projectName"], found["buildNumber"], found["privilegedMode"]) == ("p", 3, True)
    assert found["resolvedSourceVersion"] == ""


def test_times_are_utc_whatever_their_zone() -> None:
    there = timezone(timedelta(hours=5))
    event = replace(LINE, time=START.astimezone(there))
    assert event_to_json(event)["time"] == "2026-01-02T03:04:05.000006Z"
    assert event_from_json(event_to_json(event)) == LINE


def test_a_lone_surrogate_survives() -> None:
    event = replace(LINE, text="a\udcffb")
    line = encode_json(event_to_json(event))
    assert line.isascii()
    assert event_from_json(json.loads(line)) == event


def test_what_an_older_record_lacks_has_its_default() -> None:
    found = event_to_json(replace(LINE))
    found["later"] = "unknown key"
    assert event_from_json(found) == LINE
    ended = {**found, "type": "build-ended", "buildStatus": "FAILED", "exitCode": 1}
    assert event_to_json(event_from_json(ended))["hints"] == []


BROKEN: dict[str, Mapping[str, object]] = {
    "no type": {},
    "unknown type": {"type": "nonsense"},
    "no time": {"type": "phase-started", "build": "b", "phase": "BUILD"},
    "time without zone": {
        "type": "phase-started",
        "time": "2026-01-02",
        "build": "b",
        "phase": "BUILD",
    },
    "no such phase": {**event_to_json(LINE), "phase": "NONE"},
    "text is a number": {**event_to_json(LINE), "text": 3},
    "exit code is true": {
        **event_to_json(LINE),
        "type": "build-ended",
        "buildStatus": "FAILED",
        "exitCode": True,
    },
    "hints are a text": {
        **event_to_json(LINE),
        "type": "build-ended",
        "buildStatus": "FAILED",
        "exitCode": 1,
        "hints": "no list",
    },
    "no such stream": {**event_to_json(OUTPUT), "stream": "stdin"},
    "bad base64": {**event_to_json(OUTPUT), "base64": "?"},
}


@pytest.mark.parametrize("found", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_event_is_refused(found: Mapping[str, object]) -> None:
    with pytest.raises(ValueError):
        event_from_json(found)


def test_a_torn_last_line_is_passed_over() -> None:
    line = encode_json(event_to_json(LINE))
    assert list(read_events([line + b"\n", line[:20]])) == [LINE]


@pytest.mark.parametrize("bad", [b"{}\n", b"[]\n", b"nonsense\n", b'{"type": 1}\n', b"\xff\n"])
def test_a_broken_line_is_named(bad: bytes) -> None:
    line = encode_json(event_to_json(LINE)) + b"\n"
    with pytest.raises(ValueError, match="line 2: "):
        list(read_events([line, bad]))


def test_every_kind_of_event_is_in_some_history() -> None:
    seen: set[type] = set()

    @given(histories())
    def collect(history: tuple[Event, ...]) -> None:
        seen.update(type(event) for event in history)

    collect()
    assert seen == set(EVENT_TYPES.values())
