"""The last lines of what a command printed, in little memory."""

from localbuild.lines import one_line
from localbuild.logs.ansi import strip_ansi

_LINES = 10
_LINE_BYTES = 2048
_KEPT_BYTES = 65536


class Tail:
    """Keeps the end of a stream of bytes: at most 128 KiB, however much comes."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        self._kept += data[-_KEPT_BYTES:]
        if len(self._kept) > 2 * _KEPT_BYTES:
            del self._kept[:-_KEPT_BYTES]

    def clear(self) -> None:
        """Forget: another command begins."""
        self._kept.clear()

    def lines(self) -> tuple[str, ...]:
        """The last ten lines that say something, each its last 2 KiB, ready to be shown.

        Of a line that was written over (a progress bar) its last state.
        """
        shown = [_shown(line) for line in bytes(self._kept).split(b"\n")[-4 * _LINES :]]
        return tuple(line for line in shown if line)[-_LINES:]


def _shown(line: bytes) -> str:
    states = [state for state in strip_ansi(line).split(b"\r") if state.strip()]
    text = states[-1][-_LINE_BYTES:].decode(errors="replace") if states else ""
    return one_line(text)
