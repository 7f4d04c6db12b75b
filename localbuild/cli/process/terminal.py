"""The user's terminal: it shows what is typed after a build as it did before."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def kept_echo() -> Iterator[None]:
    """Switch the echo on again after the block, where it was on.

    A library that asks for a code in secret switches it off, and is left to itself by a stop.
    """
    terminal = _open_terminal()
    if terminal is None:
        yield
        return
    try:
        was_on = _has_echo(terminal)
        try:
            yield
        finally:
            if was_on and not _has_echo(terminal):
                _switch_on(terminal)
    finally:
        os.close(terminal)


def _open_terminal() -> int | None:
    """The process's own, None where it has none or stands in its background."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return None
    if _is_in_front(terminal):
        return terminal
    os.close(terminal)
    return None


def _is_in_front(terminal: int) -> bool:
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False


def _has_echo(terminal: int) -> bool:
    import termios

    try:
        return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
    except termios.error:
        return False


def _switch_on(terminal: int) -> None:
    """A process in the background would be stopped by the kernel."""
    import termios

    with suppress(termios.error):
        settings = termios.tcgetattr(terminal)
        settings[3] |= termios.ECHO
        if _is_in_front(terminal):
            termios.tcsetattr(terminal, termios.TCSANOW, settings)
