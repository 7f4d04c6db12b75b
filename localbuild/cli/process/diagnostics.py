"""`--debug`: what the libraries and we ourselves log, on stderr; no variables, no secrets."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TextIO

from localbuild.ports.mask import Mask

_NAMES = ("localbuild", "docker", "urllib3", "botocore")
_TELLTALES = ("botocore.auth", "botocore.endpoint", "botocore.parsers")
"""They log answers with secrets before anybody could mask these, and tokens of a session."""


def wants_diagnostics(argv: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Asked before the command line is parsed: parsing may be what goes wrong."""
    value = environ.get("LOCALBUILD_DEBUG", "").lower()
    return "--debug" in argv or value in ("1", "true", "t", "yes", "y", "on")


@contextmanager
def open_diagnostics(stderr: TextIO, mask: Mask) -> Iterator[None]:
    """Log to stderr as long as the block runs; tracebacks show no local variables."""
    import logging

    import structlog

    formatter = structlog.stdlib.ProcessorFormatter(
        processor=structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso"),
        ],
    )
    handler = logging.StreamHandler(_MaskedText(stderr, mask))
    handler.addFilter(lambda record: record.name not in _TELLTALES)
    handler.setFormatter(formatter)
    loggers = [logging.getLogger(name) for name in _NAMES]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)


class _MaskedText:
    """A stream of whole texts, each without secrets."""

    def __init__(self, stream: TextIO, mask: Mask) -> None:
        self._stream = stream
        self._mask = mask

    def write(self, text: str) -> None:
        self._stream.write(self._mask.text(text))

    def flush(self) -> None:
        self._stream.flush()


def log_error(error: BaseException) -> None:
    """Log an error with its causes; nothing happens where nobody listens."""
    import logging

    log = logging.getLogger("localbuild")
    if log.isEnabledFor(logging.DEBUG):
        log.debug("the command ends with %s", type(error).__name__, exc_info=error)
