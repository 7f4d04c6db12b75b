"""A line on a terminal that says how far a long verb has come; nothing where none looks."""

import contextlib
from collections.abc import Callable, Iterator

from localbuild.cli.call import Call
from localbuild.units import print_bytes

Report = Callable[[int, int], None]
_CLEAR = "\r\x1b[K"


@contextlib.contextmanager
def progress(call: Call, what: str) -> Iterator[Report]:
    """What to call with the bytes that are done and all of them. The line goes with the block."""
    stream = call.world.stderr
    if call.voice.quiet or not stream.isatty():
        yield lambda _done, _all: None
        return
    last = [-1]

    def report(done: int, total: int) -> None:
        percent = 100 * done // total if total else 100
        if percent != last[0]:
            last[0] = percent
            stream.write(f"{_CLEAR}{what}: {percent} % of {print_bytes(total)}")
            stream.flush()

    try:
        yield report
    finally:
        with contextlib.suppress(OSError, ValueError):
            stream.write(_CLEAR if last[0] >= 0 else "")
            stream.flush()
