"""Events as JSON and back: one object an event, `time`, `type` and `build` first."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import cast, get_type_hints

from localbuild.events.kinds import EVENT_TYPES
from localbuild.events.model import (
    BuildEnded,
    BuildStarted,
    CommandEnded,
    Event,
    Output,
    PhaseEnded,
    VariablesExported,
)
from localbuild.events.report_shapes import REPORT_SHAPES
from localbuild.events.reports import ReportMade
from localbuild.events.shapes import SHAPES, Shape, parse_time, print_time, read_text
from localbuild.terms import PhaseType

_KEYS: Mapping[type[Event], Mapping[str, str]] = {
    BuildStarted: {
        "project": "projectName",
        "number": "buildNumber",
        "privileged": "privilegedMode",
        "timeout_s": "timeoutInSeconds",
    },
    PhaseEnded: {"status": "phaseStatus"},
    CommandEnded: {"duration_s": "durationInSeconds"},
    VariablesExported: {"variables": "exportedEnvironmentVariables"},
    ReportMade: {"type": "reportType", "duration_ns": "durationInNanoSeconds"},
    BuildEnded: {"status": "buildStatus"},
}
"""Keys that are not the field's own name in lowerCamelCase, but CodeBuild's word for it."""


_SHAPES = {**SHAPES, **REPORT_SHAPES}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLayout:
    """Where a field of an event is in its JSON object."""

    name: str
    key: str
    shape: Shape
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLayout:
    """An event's JSON object, beside `time`, `type` and `build`, which every event has."""

    name: str
    make: Callable[..., Event]
    fields: tuple[FieldLayout, ...]


def event_to_json(event: Event) -> dict[str, object]:
    """The event's JSON object. Output that is no UTF-8 has `base64` too, with the exact bytes."""
    if isinstance(event, Output):
        return _output_to_json(event)
    layout = LAYOUTS[type(event)]
    found: dict[str, object] = {
        "time": print_time(event.time),
        "type": layout.name,
        "build": event.build,
    }
    for field in layout.fields:
        found[field.key] = field.shape.encode(getattr(event, field.name))
    return found


def event_from_json(found: Mapping[str, object]) -> Event:
    """The event of a JSON object; keys that it does not know are passed over.

    Raises ValueError where the object is no event.
    """
    kind = EVENT_TYPES.get(read_text(found.get("type")))
    if kind is None:
        raise ValueError(f"there is no event of the type {found.get('type')!r}")
    if kind is Output:
        return _output_from_json(found)
    layout = LAYOUTS[kind]
    values = {f.name: f.shape.decode(found.get(f.key)) for f in layout.fields if _given(f, found)}
    return layout.make(
        time=parse_time(found.get("time")), build=read_text(found.get("build")), **values
    )


def encode_json(found: object) -> bytes:
    """A JSON text of one line, without its end; lone surrogates are written as escapes."""
    try:
        return _COMPACT.encode(found).encode()
    except UnicodeEncodeError:
        return _ESCAPED.encode(found).encode()


def read_events(lines: Iterable[bytes]) -> Iterator[Event]:
    """The events of `events.jsonl`; a last line without an end, cut off by a crash, is no event.

    Raises ValueError that names the line which is no event.
    """
    for number, line in enumerate(lines, start=1):
        if not line.endswith(b"\n"):
            return
        try:
            yield event_from_json(json.loads(line))
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"line {number}: {error}") from error


def _given(field: FieldLayout, found: Mapping[str, object]) -> bool:
    return field.required or field.key in found


def _output_to_json(event: Output) -> dict[str, object]:
    found: dict[str, object] = {
        "time": print_time(event.time),
        "type": "output",
        "build": event.build,
        "phase": event.phase.value,
        "stream": event.stream,
    }
    try:
        found["text"] = event.data.decode()
    except UnicodeDecodeError:
        found["text"] = event.data.decode(errors="replace")
        found["base64"] = b64encode(event.data).decode("ascii")
    return found


def _output_from_json(found: Mapping[str, object]) -> Output:
    exact = found.get("base64")
    if exact is None:
        data = read_text(found.get("text")).encode()
    else:
        data = b64decode(read_text(exact), validate=True)
    stream = found.get("stream")
    if stream != "stdout" and stream != "stderr":
        raise ValueError(f"there is no stream {stream!r}")
    return Output(
        time=parse_time(found.get("time")),
        build=read_text(found.get("build")),
        phase=PhaseType(read_text(found.get("phase"))),
        stream=stream,
        data=data,
    )


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _layout(name: str, kind: type[Event]) -> EventLayout:
    types = get_type_hints(kind)
    keys = _KEYS.get(kind, {})
    return EventLayout(
        name=name,
        make=cast("Callable[..., Event]", kind),
        fields=tuple(
            FieldLayout(
                name=field.name,
                key=keys.get(field.name, _camel(field.name)),
                shape=_SHAPES[types[field.name]],
                required=field.default is MISSING and field.default_factory is MISSING,
            )
            for field in fields(kind)
            if field.name not in ("time", "build")
        ),
    )


_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
_ESCAPED = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), check_circular=False)
LAYOUTS: Mapping[type[Event], EventLayout] = {
    kind: _layout(name, kind) for name, kind in EVENT_TYPES.items() if kind is not Output
}
"""How each event is laid out, save for output, which has its own quick path."""
