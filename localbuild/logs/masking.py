"""Masks events before any sink sees them: output as streams, other texts each as a whole. Pure."""

from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Literal, cast, get_origin, get_type_hints

from localbuild.events.model import (
    AgentLine,
    Event,
    Output,
    Stream,
    Timing,
    VariablesExported,
    Warned,
)
from localbuild.logs.mask import Mask, Masker

_ASIDES = (AgentLine, Timing, Warned)
"""Events that may come while a command prints: a secret may go on after them."""


NAMES = frozenset(("build", "arn", "project", "previous_auto_retry", "resumed_build"))
"""A build's identity: the user's and our own words, by which others find it; never a secret's."""

WORDS = frozenset(("status_code", "source_type", "environment_type"))
"""The API's own words, though they are no enumeration with us."""


class MaskedEvents:
    """Hands events on without secrets.

    A secret that a command's output is in the middle of is held back until the output goes on or
    the command ends; `close` hands on the rest of a history that was cut off.
    """

    def __init__(self, mask: Mask, emit: Callable[[Event], None]) -> None:
        self._mask = mask
        self._emit = emit
        self._maskers: dict[Stream, Masker] = {}
        self._last: dict[Stream, Output] = {}

    def emit(self, event: Event) -> None:
        """Take the next event."""
        if isinstance(event, Output):
            self._output(event)
            return
        if not isinstance(event, _ASIDES):
            self._flush(event.time)
        masked = mask_event(event, self._mask)
        self._emit(masked)
        if isinstance(event, VariablesExported) and isinstance(masked, VariablesExported):
            self._warn_of(event, masked)

    def close(self) -> None:
        """Hand on what is held back."""
        self._flush(None)

    def _output(self, event: Output) -> None:
        masker = self._maskers.get(event.stream)
        if masker is None:
            masker = self._maskers[event.stream] = Masker(self._mask)
        self._last[event.stream] = event
        data = masker.feed(event.data)
        if data is event.data:
            self._emit(event)
        elif data:
            self._emit(replace(event, data=data))

    def _flush(self, time: datetime | None) -> None:
        for stream, masker in self._maskers.items():
            if data := masker.flush():
                last = self._last[stream]
                self._emit(replace(last, time=time or last.time, data=data))

    def _warn_of(self, event: VariablesExported, masked: VariablesExported) -> None:
        pairs = zip(event.variables, masked.variables, strict=True)
        names = ", ".join(after[0] for before, after in pairs if before != after)
        if names:
            message = f"exported-variables: {names}: a secret is in the value: it is written as ***"
            self._emit(Warned(time=event.time, build=event.build, message=message))


def mask_event(event: Event, mask: Mask) -> Event:
    """The event with all of its texts masked, save NAMES, WORDS and fixed words."""
    return cast(Event, _masked(event, mask))


def _masked(value: object, mask: Mask) -> object:
    """The very same value where nothing is to be masked."""
    if type(value) is str:
        return mask.text(value)
    if isinstance(value, tuple):
        items = tuple(_masked(item, mask) for item in value)
        return value if items == value else items
    if is_dataclass(value) and not isinstance(value, type):
        return _masked_fields(value, mask)
    return value


def _masked_fields(value: Any, mask: Mask) -> object:
    changed: dict[str, object] = {}
    for name in _text_fields(cast(Hashable, type(value))):
        before = getattr(value, name)
        after = _masked(before, mask)
        if after is not before:
            changed[name] = after
    return replace(value, **changed) if changed else value


@cache
def _text_fields(kind: Hashable) -> tuple[str, ...]:
    """The fields that may hold a text of the world's."""
    hints = get_type_hints(kind)
    names = (f.name for f in fields(cast(Any, kind)) if f.name not in NAMES | WORDS)
    return tuple(name for name in names if get_origin(hints[name]) is not Literal)
