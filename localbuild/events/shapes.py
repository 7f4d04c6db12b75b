"""How the parts of an event look in JSON: each type's two conversions and its schema."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import get_args

from localbuild.events.caching import Baseline, CacheOutcome, ProjectCache
from localbuild.events.model import CommandList, PhaseContext, Stream
from localbuild.events.outputs import Packaging
from localbuild.events.project import BuildSource, EnvironmentVariable
from localbuild.events.stand_ins import StubUse
from localbuild.terms import PhaseType, StatusType

Schema = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One Python type in JSON. `decode` raises ValueError where the JSON is of another shape."""

    encode: Callable[[object], object]
    decode: Callable[[object], object]
    schema: Schema


def print_time(time: datetime) -> str:
    """RFC 3339 in UTC with microseconds: `2026-01-02T03:04:05.000006Z`."""
    utc = time if time.tzinfo is UTC else time.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[:26] + "Z"


def parse_time(text: object) -> datetime:
    """The time of an RFC 3339 text, in UTC. Raises ValueError."""
    time = datetime.fromisoformat(read_text(text))
    if time.tzinfo is None:
        raise ValueError(f"the time {text!r} names no time zone")
    return time.astimezone(UTC)


def read_text(value: object) -> str:
    """A text. Raises ValueError."""
    if isinstance(value, str):
        return value
    raise ValueError(f"expected a text, found {value!r}")


def read_integer(value: object) -> int:
    """An integer, which a boolean is not. Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"expected an integer, found {value!r}")


def read_object(value: object) -> Mapping[str, object]:
    """An object. Raises ValueError."""
    if isinstance(value, Mapping):
        return value
    raise ValueError(f"expected an object, found {value!r}")


def _read_number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise ValueError(f"expected a number, found {value!r}")


def _read_boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"expected true or false, found {value!r}")


def _read_list(value: object) -> Sequence[object]:
    if isinstance(value, list | tuple):
        return value
    raise ValueError(f"expected a list, found {value!r}")


def _same(value: object) -> object:
    return value


def plain_shape(decode: Callable[[object], object], name: str) -> Shape:
    return Shape(encode=_same, decode=decode, schema={"type": name})


def term_shape(kind: type[StrEnum]) -> Shape:
    return Shape(
        encode=str,
        decode=lambda value: kind(read_text(value)),
        schema={"type": "string", "enum": [str(term) for term in kind]},
    )


def _choice(words: tuple[str, ...]) -> Shape:
    def decode(value: object) -> object:
        if value in words:
            return value
        raise ValueError(f"expected one of {', '.join(words)}, found {value!r}")

    return Shape(encode=_same, decode=decode, schema={"type": "string", "enum": list(words)})


def record_shape(fields: Mapping[str, tuple[str, Shape]], make: Callable[..., object]) -> Shape:
    """An object whose attributes are `fields`: attribute -> key and shape."""

    def encode(value: object) -> object:
        return {key: s.encode(getattr(value, name)) for name, (key, s) in fields.items()}

    def decode(value: object) -> object:
        found = read_object(value)
        return make(**{n: s.decode(found[key]) for n, (key, s) in fields.items() if key in found})

    return Shape(encode=encode, decode=decode, schema=object_schema(dict(fields.values())))


def pair_shape(first: tuple[str, Shape], second: tuple[str, Shape]) -> Shape:
    """A pair that is an object of two keys in JSON."""
    (key, shape), (other_key, other) = first, second

    def encode(value: object) -> object:
        left, right = _read_list(value)
        return {key: shape.encode(left), other_key: other.encode(right)}

    def decode(value: object) -> object:
        found = read_object(value)
        return shape.decode(found.get(key)), other.decode(found.get(other_key))

    return Shape(encode=encode, decode=decode, schema=object_schema(dict((first, second))))


def many_shape(item: Shape) -> Shape:
    return Shape(
        encode=lambda value: [item.encode(each) for each in _read_list(value)],
        decode=lambda value: tuple(item.decode(each) for each in _read_list(value)),
        schema={"type": "array", "items": item.schema},
    )


def object_schema(properties: Mapping[str, Shape]) -> Schema:
    """The schema of an object that has exactly these keys."""
    return {
        "type": "object",
        "properties": {key: shape.schema for key, shape in properties.items()},
        "required": list(properties),
        "additionalProperties": False,
    }


TEXT = plain_shape(read_text, "string")
INTEGER = plain_shape(read_integer, "integer")
NUMBER = plain_shape(_read_number, "number")
TEXTS = many_shape(TEXT)
TIME = Shape(
    encode=lambda value: print_time(value) if isinstance(value, datetime) else value,
    decode=parse_time,
    schema={"type": "string", "format": "date-time"},
)
_BOOLEAN = plain_shape(_read_boolean, "boolean")
_PHASE = term_shape(PhaseType)

SHAPES: Mapping[object, Shape] = {
    str: TEXT,
    int: INTEGER,
    float: NUMBER,
    bool: _BOOLEAN,
    datetime: TIME,
    PhaseType: _PHASE,
    StatusType: term_shape(StatusType),
    CommandList: _choice(get_args(CommandList)),
    Stream: _choice(get_args(Stream)),
    PhaseContext: record_shape(
        {"status_code": ("statusCode", TEXT), "message": ("message", TEXT)}, PhaseContext
    ),
    Packaging: _choice(get_args(Packaging)),
    CacheOutcome: _choice(get_args(CacheOutcome)),
    ProjectCache: record_shape(
        {
            "type": ("type", TEXT),
            "location": ("location", TEXT),
            "modes": ("modes", TEXTS),
            "cache_namespace": ("cacheNamespace", TEXT),
        },
        ProjectCache,
    ),
    Baseline: record_shape(
        {"number": ("number", INTEGER), "seconds": ("seconds", NUMBER)}, Baseline
    ),
    tuple[str, ...]: TEXTS,
    tuple[tuple[str, str], ...]: many_shape(pair_shape(("name", TEXT), ("value", TEXT))),
    tuple[PhaseType, ...]: many_shape(_PHASE),
    tuple[StubUse, ...]: many_shape(
        record_shape(
            {
                "command": ("command", TEXT),
                "calls": ("calls", INTEGER),
                "arguments": ("arguments", TEXTS),
            },
            StubUse,
        )
    ),
    tuple[tuple[PhaseType, int], ...]: many_shape(
        pair_shape(("phaseType", _PHASE), ("commands", INTEGER))
    ),
    tuple[EnvironmentVariable, ...]: many_shape(
        record_shape(
            {"name": ("name", TEXT), "value": ("value", TEXT), "type": ("type", TEXT)},
            EnvironmentVariable,
        )
    ),
    tuple[BuildSource, ...]: many_shape(
        record_shape(
            {
                "identifier": ("sourceIdentifier", TEXT),
                "type": ("type", TEXT),
                "location": ("location", TEXT),
                "version": ("sourceVersion", TEXT),
                "resolved_version": ("resolvedSourceVersion", TEXT),
                "git_clone_depth": ("gitCloneDepth", INTEGER),
                "fetch_submodules": ("fetchSubmodules", _BOOLEAN),
            },
            BuildSource,
        )
    ),
}
"""Every type that a field of an event may have, by its annotation."""
