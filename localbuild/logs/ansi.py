"""Terminal control sequences taken out of a stream of bytes, wherever the stream is cut.

Source: ECMA-48, 5.4 and 5.6; xterm control sequences. Colours (SGR) can be kept.
"""

import re

_LONGEST = 64
"""Bytes of parameters that a control sequence may have; a longer one is no sequence but text."""

_C1 = re.compile(rb"\xc2([\x80-\x9f])")
_STRING_START = re.compile(rb"\x1b[\]PX^_]")
_STRING_END = re.compile(rb"[\x07\x18\x1a\x1b\n]")
_CSI = rb"\[[0-?]{0,%d}[ -/]{0,%d}" % (_LONGEST, _LONGEST)
_SHORT = rb"[ -/]{1,%d}[0-~]" % _LONGEST
_INCOMPLETE = re.compile(rb"\x1b(?:%s|[ -/]{0,%d})\Z" % (_CSI, _LONGEST))
_ALL = re.compile(rb"\x1b(?:%s[@-~]|%s|[0-~])?" % (_CSI, _SHORT))
_ALL_BUT_SGR = re.compile(
    rb"\x1b(?!\[[0-9;:]{0,%d}m)(?:%s[@-~]|%s|[0-~])?" % (_LONGEST, _CSI, _SHORT)
)


class AnsiFilter:
    """Drops control sequences; with `keep_sgr`, colours stay. Everything else passes untouched.

    A string (OSC, DCS, SOS, PM, APC) ends at its terminator and at a line's end at the latest, so
    that one that is never terminated costs no more than its line.
    """

    def __init__(self, *, keep_sgr: bool) -> None:
        self._pattern = _ALL_BUT_SGR if keep_sgr else _ALL
        self._held = b""
        self._in_string = False

    def feed(self, data: bytes) -> bytes:
        """What may pass of the bytes so far; the beginning of a sequence is held back."""
        if not self._held and not self._in_string and b"\x1b" not in data and b"\xc2" not in data:
            return data
        rest = self._hold(self._held + data)
        passed: list[bytes] = []
        while rest:
            rest = self._after_string(rest) if self._in_string else self._pass(rest, passed)
        return b"".join(passed)

    def finish(self) -> bytes:
        """The end: a sequence that was never completed is dropped."""
        held, self._held, self._in_string = self._held, b"", False
        return b"" if held.startswith(b"\x1b") else held

    def _hold(self, data: bytes) -> bytes:
        """Write C1 controls as their ESC forms; keep back what the next bytes decide upon."""
        tail = b"\xc2" if data.endswith(b"\xc2") else b""
        data = data.removesuffix(tail)
        if b"\xc2" in data:
            data = _C1.sub(lambda match: bytes((0x1B, match[1][0] - 0x40)), data)
        start = _incomplete(data)
        self._held = data[start:] + tail
        return data[:start]

    def _pass(self, data: bytes, passed: list[bytes]) -> bytes:
        """Let through what comes before the next string; returns what comes after its start."""
        string = _STRING_START.search(data)
        if string is None:
            passed.append(self._pattern.sub(b"", data))
            return b""
        self._in_string = True
        passed.append(self._pattern.sub(b"", data[: string.start()]))
        return data[string.end() :]

    def _after_string(self, data: bytes) -> bytes:
        end = _STRING_END.search(data)
        if end is None:
            return b""
        self._in_string = False
        return data[end.start() if end[0] in (b"\x1b", b"\n") else end.end() :]


def strip_ansi(data: bytes) -> bytes:
    """The bytes without any control sequence."""
    filter_ = AnsiFilter(keep_sgr=False)
    return filter_.feed(data) + filter_.finish()


def _incomplete(data: bytes) -> int:
    """Where a sequence begins that the data ends in the middle of; else the data's end."""
    start = data.rfind(b"\x1b", -2 * _LONGEST - 3)
    if start >= 0 and _INCOMPLETE.match(data, start):
        return start
    return len(data)
