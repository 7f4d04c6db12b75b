"""Values of a project's definition: text, lists and maps, each with where it came from. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from localbuild.errors import Place
from localbuild.terms import VariableType


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value stands, and through what it came: `parameter Image, default at t.yml:4`."""

    place: Place
    via: str = ""

    def __str__(self) -> str:
        """`t.yml:12 (parameter Image, default at t.yml:4)`."""
        where = f"{self.place.file}:{self.place.line}"
        return f"{where} ({self.via})" if self.via else where


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A part of a value that cannot be known here.

    `what`: as it was written. `why`: half a sentence. `stand_in`: the text in its place, which is
    also the name to give it by, '' where it cannot be given.
    """

    what: str
    why: str
    place: Place
    stand_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A whole value that lies in Parameter Store or Secrets Manager, as a variable names it."""

    type: VariableType
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextValue:
    """A text. `unknown`: parts that are stood in for.

    `first`: where the text's first line begins, where its lines are lines of the file.
    """

    text: str = field(repr=False)
    origin: Origin
    unknown: tuple[Unknown, ...] = ()
    reference: Reference | None = None
    first: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListValue:
    """A list."""

    items: "tuple[Value, ...]"
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class MapValue:
    """A map; keys that were there twice have their last value."""

    pairs: "Mapping[str, Value]"
    origin: Origin


Value = TextValue | ListValue | MapValue


def kind_of(value: Value) -> str:
    """What a value is, in the words of our messages."""
    if isinstance(value, MapValue):
        return "a map"
    return "a list" if isinstance(value, ListValue) else "a single value"


def unknowns_of(value: Value) -> Iterator[Unknown]:
    """All that is not known of a value, however deep."""
    if isinstance(value, TextValue):
        yield from value.unknown
    elif isinstance(value, ListValue):
        for item in value.items:
            yield from unknowns_of(item)
    else:
        for item in value.pairs.values():
            yield from unknowns_of(item)
