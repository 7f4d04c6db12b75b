"""Events as JSON lines: structlog carries them from the build to a file."""

import importlib
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, BinaryIO, cast

from localbuild.events.codec import encode_json, event_to_json
from localbuild.events.model import BuildEnded, Event, Output, PhaseEnded, Timing
from localbuild.logs.door import Outlet
from localbuild.terms import PhaseType

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger


class JsonLines:
    """A sink of JSON lines; `guarded` ones hold nothing that a CI takes for a command.

    structlog takes a while to load: that happens while the engine starts the container, and the
    few events before it wait, at most until a phase ends or the build prints something.
    """

    def __init__(self, outlet: Outlet, *, guarded: bool = False) -> None:
        self._outlet = outlet
        self._encode = _encode_guarded if guarded else _encode
        self._waiting: list[Event] = []
        self._log: Callable[..., object] | None = None
        self._loading = threading.Thread(target=_load, name="localbuild-structlog", daemon=True)

    @property
    def fault(self) -> str | None:
        """What went wrong with the outlet, None where all is well."""
        return self._outlet.fault

    def accept(self, event: Event) -> None:
        """Write the event's line."""
        if self._log is None:
            self._waiting.append(event)
            self._load_beside(event)
            return
        self._write(event, self._log)

    def close(self) -> None:
        """Write what waits and let go of the outlet."""
        if self._log is None:
            self._catch_up()
        self._outlet.close()

    def _load_beside(self, event: Event) -> None:
        """Begin to load with the first measured step: from then on the engine has the work."""
        begun = self._loading.ident is not None
        if not begun and isinstance(event, Timing):
            self._loading.start()
        elif (begun and not self._loading.is_alive()) or _ends_patience(event):
            self._catch_up()

    def _catch_up(self) -> None:
        if self._loading.ident is not None:
            self._loading.join()
        log = self._log = _open_logger(self._outlet, self._encode)
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            self._write(event, log)

    def _write(self, event: Event, log: Callable[..., object]) -> None:
        found = event_to_json(event)
        log(found.pop("type"), **found)


def _ends_patience(event: Event) -> bool:
    """Whether what waits must be written now; SUBMITTED and QUEUED end at once."""
    early = isinstance(event, PhaseEnded) and event.phase in (PhaseType.SUBMITTED, PhaseType.QUEUED)
    return isinstance(event, Output | PhaseEnded | BuildEnded) and not early


def _load() -> None:
    importlib.import_module("structlog")


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
