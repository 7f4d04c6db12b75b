"""Events as JSON lines: structlog carries them from the build to a file."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, BinaryIO, cast

from localbuild.events.codec import encode_json, event_to_json
from localbuild.events.model import Event
from localbuild.logs.door import Outlet

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger


class JsonLines:
    """A sink of JSON lines; `guarded` ones hold nothing that a CI takes for a command."""

    def __init__(self, outlet: Outlet, *, guarded: bool = False) -> None:
        self._outlet = outlet
        self._log = _open_logger(outlet, _encode_guarded if guarded else _encode)

    @property
    def fault(self) -> str | None:
        """What went wrong with the outlet, None where all is well."""
        return self._outlet.fault

    def accept(self, event: Event) -> None:
        """Write the event's line."""
        found = event_to_json(event)
        self._log(found.pop("type"), **found)

    def close(self) -> None:
        """Let go of the outlet."""
        self._outlet.close()


def _open_logger(outlet: Outlet, encode: Callable[..., bytes]) -> Callable[..., object]:
    """A structlog logger of our own: what an application has configured is left alone."""
    import structlog

    logger: structlog.BoundLogger = structlog.wrap_logger(
        structlog.BytesLogger(cast("BinaryIO", outlet)),
        processors=[_name_first, structlog.processors.JSONRenderer(serializer=encode)],
        wrapper_class=structlog.BoundLogger,
        context_class=dict,
        cache_logger_on_first_use=True,
    ).bind()
    return cast("Callable[..., object]", logger.info)


def _name_first(_logger: "WrappedLogger", _method: str, event: "EventDict") -> "EventDict":
    """The line's order: time, type, and then the rest as the codec has it."""
    return {"time": event.pop("time"), "type": event.pop("event"), **event}


def _encode(found: Mapping[str, object], **_: object) -> bytes:
    return encode_json(found)


def _encode_guarded(found: Mapping[str, object], **_: object) -> bytes:
    """`##[`, which some CI read as a command anywhere in a line, is in JSON only within texts."""
    return encode_json(found).replace(b"##", b"#\\u0023")
