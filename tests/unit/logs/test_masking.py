"""Events on their way to the sinks: no text of them keeps a secret."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from localbuild.events.kinds import EVENT_TYPES
from localbuild.events.model import (
    BuildEnded,
    CommandEnded,
    Event,
    Output,
    VariablesExported,
    Warned,
)
from localbuild.logs.mask import Mask
from localbuild.logs.masking import NAMES, WORDS, MaskedEvents, mask_event
from localbuild.terms import PhaseType, StatusType

SECRET = "s3cret-value"
TIME = datetime(2026, 11, 25, tzinfo=UTC)
LATER = TIME + timedelta(seconds=1)
BUILD = "sample:1"
OUTPUT = Output(time=TIME, build=BUILD, phase=PhaseType.BUILD, data=b"")
ENDED = CommandEnded(
    time=LATER,
    build=BUILD,
    phase=PhaseType.BUILD,
    list="commands",
    number=1,
    command="make",
    file="buildspec.yml",
    line=3,
    exit_status=0,
    duration_s=1.0,
)
WARNED = Warned(time=LATER, build=BUILD, message="beside it")


def masked(*events: Event, close: bool = False) -> list[Event]:
    """What comes out of events, with SECRET known."""
    mask = Mask()
    mask.add(SECRET)
    found: list[Event] = []
    way = MaskedEvents(mask, found.append)
    for event in events:
        way.emit(event)
    if close:
        way.close()
    return found


def output(data: bytes) -> Output:
    return replace(OUTPUT, data=data)


@pytest.mark.parametrize("kind", EVENT_TYPES.values(), ids=EVENT_TYPES.keys())
def test_every_text_of_every_event_is_masked(kind: type[Event]) -> None:
    """What takes only fixed words keeps its word."""
    mask = Mask()
    mask.add(SECRET)
    told = mask_event(made(kind, f"a {SECRET}"), mask)
    assert told == made(kind, "a ***")
    assert mask_event(told, mask) is told


def test_a_word_of_ours_is_not_masked() -> None:
    mask = Mask()
    mask.add("commands")
    assert mask_event(replace(ENDED, command="commands"), mask) == replace(ENDED, command="***")


def test_a_build_keeps_its_name() -> None:
    """A parameter may well have the project's name as its value."""
    mask = Mask()
    mask.add("sample")
    assert mask_event(replace(WARNED, message="sample"), mask) == replace(WARNED, message="***")


def test_output_is_a_stream() -> None:
    found = masked(output(b"a s3cret"), output(b"-val"), output(b"ue b."), output(b"\n"), ENDED)
    assert found == [output(b"a "), output(b"*** b."), output(b"\n"), ENDED]


def test_output_without_secrets_is_the_very_event() -> None:
    event = output(b"nothing\n")
    assert masked(event)[0] is event


def test_the_end_of_a_command_ends_its_stream() -> None:
    """What is held then is told with the time at which it is told: history goes forward."""
    found = masked(output(b"a s3cret"), ENDED, output(b"-value"))
    assert found == [
        output(b"a "),
        replace(output(b"s3cret"), time=LATER),
        ENDED,
        output(b"-value"),
    ]


def test_a_secret_goes_on_after_a_warning() -> None:
    assert masked(output(b"s3cret"), WARNED, output(b"-value")) == [WARNED, output(b"***")]


def test_a_history_that_is_cut_off_loses_nothing() -> None:
    assert masked(output(b"s3cret"), close=True) == [output(b"s3cret")]
    assert masked(close=True) == []


def test_the_two_streams_are_apart() -> None:
    err = replace(output(b"s3cret"), stream="stderr")
    end = BuildEnded(time=LATER, build=BUILD, status=StatusType.SUCCEEDED, exit_code=0)
    found = masked(err, output(b"-value"), end)
    assert found == [output(b"-value"), replace(err, time=LATER), end]


def test_an_exported_secret_is_masked_and_said() -> None:
    variables = (("A", f"x{SECRET}"), ("B", "b"))
    found = masked(VariablesExported(time=TIME, build=BUILD, variables=variables))
    assert isinstance(found[0], VariablesExported)
    assert found[0].variables == (("A", "x***"), ("B", "b"))
    assert isinstance(found[1], Warned)
    assert found[1].message.startswith("exported-variables: A: ")


def made(hint: Any, text: str) -> Any:
    """A value of that type with the text wherever a text can be."""
    plain: dict[Any, Any] = {str: text, int: 1, float: 1.0, bool: True, bytes: b"", datetime: TIME}
    if hint in plain:
        return plain[hint]
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    if get_origin(hint) is tuple:
        return tuple(made(item, text) for item in get_args(hint) if item is not ...)
    if issubclass(hint, Enum):
        return next(iter(hint))
    hints = get_type_hints(hint)
    texts = {f.name: "build" if f.name in NAMES | WORDS else text for f in fields(hint)}
    return hint(**{name: made(hints[name], text) for name, text in texts.items()})
