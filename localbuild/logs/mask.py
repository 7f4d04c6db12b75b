"""Replaces secrets by `***`: in whole texts, and in streams over any border of pieces. Pure."""

from localbuild.logs.mask_forms import SHORTEST, encode_text, forms_of
from localbuild.logs.mask_patterns import Patterns, Span

MASKED = b"***"


class Mask:
    """The secrets of a process; implements the port.

    A value is masked in all of its forms, see `mask_forms`; the ids of AWS access keys always are.
    Values of fewer than SHORTEST characters are not, as GitLab refuses them: a log would be
    unreadable, and would tell such a value all the same.
    """

    def __init__(self) -> None:
        self._values: dict[str, None] = {}
        self._forms: set[bytes] = set()
        self._compiled = Patterns()
        self._known = 0

    def add(self, value: str) -> bool:
        """Mask the value from now on; False where it is too short for it."""
        if len(value.strip()) < SHORTEST:
            return False
        self._values[value] = None
        return True

    def text(self, text: str) -> str:
        """A whole text with `***` in place of every secret; overlapping ones are one."""
        data = encode_text(text)
        spans = self.patterns.spans(data)
        if not spans:
            return text
        return _replaced(data, spans).decode("utf-8", "surrogateescape")

    def begin(self, text: str) -> str:
        """The same of a text whose rest is lost, without what may begin a secret at its end."""
        return Masker(self).feed(encode_text(text)).decode("utf-8", "surrogateescape")

    @property
    def patterns(self) -> Patterns:
        """What to look for now. Values only ever come, so that their number tells of new ones."""
        count = len(self._values)
        if count != self._known:
            for value in tuple(self._values)[self._known : count]:
                self._forms |= forms_of(value)
            self._compiled = Patterns(self._forms)
            self._known = count
        return self._compiled


class Masker:
    """Masks one stream. What it hands on is, piece by piece, what `Mask.text` makes of the whole.

    It holds back no more than could still become a secret: from the first byte on at which one
    may have begun whose end has not come yet.
    """

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._held = b""
        self._covered = 0

    def feed(self, data: bytes) -> bytes:
        """Take the next piece; the bytes that can be told now."""
        patterns = self._mask.patterns
        whole = self._held + data if self._held else data
        return self._hand_on(whole, patterns.spans(whole), patterns.open_at(whole))

    def flush(self) -> bytes:
        """The rest: nothing more comes that could make a secret of it."""
        if not self._held:
            return b""
        return self._hand_on(self._held, self._mask.patterns.spans(self._held), len(self._held))

    def _hand_on(self, data: bytes, spans: list[Span], until: int) -> bytes:
        """What is before `until`; the rest is held.

        The first `covered` bytes belong to a secret whose `***` has been handed on already: a
        secret that begins within them gets none of its own.
        """
        if not spans and not self._covered and until == len(data):
            self._held = b""
            return data
        pieces: list[bytes] = []
        at = self._covered
        for begin, end in spans:
            if begin >= until:
                break
            if begin >= at:
                pieces += (data[at:begin], MASKED)
            at = max(at, end)
        pieces.append(data[at:until])
        self._covered = max(0, at - until)
        self._held = data[until:]
        return b"".join(pieces)


def _replaced(data: bytes, spans: list[Span]) -> bytes:
    pieces: list[bytes] = []
    at = 0
    for begin, end in spans:
        pieces += (data[at:begin], MASKED)
        at = end
    pieces.append(data[at:])
    return b"".join(pieces)
