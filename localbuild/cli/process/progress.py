"""How far a transfer has come: one line on a terminal, nothing elsewhere."""

from collections.abc import Callable

from localbuild.cli.process.voice import Voice
from localbuild.units import print_bytes

_CLEAR = "\r\x1b[K"


def transfer_progress(voice: Voice, what: str) -> Callable[[int, int], None]:
    """Takes bytes that are done, and all; the line is gone when they are the same."""
    shown = False

    def tell(done: int, all_bytes: int) -> None:
        nonlocal shown
        if voice.quiet or not voice.stderr.isatty():
            return
        if done < all_bytes:
            shown = True
            _write(voice, f"{_CLEAR}{what}: {print_bytes(done)} of {print_bytes(all_bytes)}")
        elif shown:
            shown = False
            _write(voice, _CLEAR)

    return tell


def _write(voice: Voice, text: str) -> None:
    try:
        voice.stderr.write(text)
        voice.stderr.flush()
    except (OSError, ValueError):
        return
