"""Finds the forms of many secrets in bytes, quickly; and where one may still begin. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal

Span = tuple[int, int]

_SEED = 4
_Code = Literal["Q", "I"]
_KEY_ID = re.compile(rb"A[KS]IA[A-Z0-9]{16}")
_KEY_ID_BEGUN = re.compile(rb"A(?:[KS](?:I(?:A[A-Z0-9]{0,15})?)?)?\Z")
_KEY_ID_BYTES = 20


class Patterns:
    """Forms of at least four bytes each, and the ids of AWS access keys, which are always there.

    A text is read word by word: a form of 15 bytes or more covers an aligned word of eight,
    wherever it lies, and one of seven a word of four: the shortest decides. Only forms one of whose
    words is in the text are looked for: a text without them costs the same however many there are.
    """

    def __init__(self, forms: Iterable[bytes] = ()) -> None:
        known = set(forms)
        self._beginnings = _Beginnings(known)
        self._short = tuple(form for form in known if len(form) < _covering(4))
        long = known.difference(self._short)
        wide = all(len(form) >= _covering(8) for form in long)
        self._words = _Words(long, "Q", 8) if wide else _Words(long, "I", 4)

    def spans(self, data: bytes) -> list[Span]:
        """Where secrets are, in order; of spans that overlap one is made."""
        found = list(_key_ids(data))
        for form in self._short:
            if form in data:
                found += _runs(data, form)
        for form in self._words.candidates(data):
            found += _runs(data, form)
        return _merged(found) if found else found

    def open_at(self, data: bytes) -> int:
        """Where the first secret begins that the data's end cuts off; its length where none may."""
        begun = _KEY_ID_BEGUN.search(data, max(0, len(data) - _KEY_ID_BYTES + 1))
        at = begun.start() if begun else len(data)
        return min(at, self._beginnings.open_at(data))


class _Words:
    """Forms that cover at least one aligned word of a text that they are in."""

    def __init__(self, forms: set[bytes], code: _Code, width: int) -> None:
        self._code = code
        self._width = width
        self._forms_with: dict[int, list[bytes]] = {}
        for form in forms:
            for word in self._words_of(form):
                self._forms_with.setdefault(word, []).append(form)
        self._words = frozenset(self._forms_with)

    def candidates(self, data: bytes) -> set[bytes]:
        """The forms that may be in the data."""
        if not self._words:
            return set()
        whole = len(data) - len(data) % self._width
        hits = self._words.intersection(memoryview(data)[:whole].cast(self._code))
        return {form for word in hits for form in self._forms_with[word]}

    def _words_of(self, form: bytes) -> Iterator[int]:
        """Of the form's end, since beginnings are often alike: one for each alignment."""
        first = len(form) - _covering(self._width)
        for at in range(first, first + self._width):
            yield memoryview(form[at : at + self._width]).cast(self._code)[0]


class _Beginnings:
    """Tells whether data ends with the beginning of a form."""

    def __init__(self, forms: set[bytes]) -> None:
        self._longest = max(map(len, forms), default=0)
        self._brief = frozenset(form[:size] for form in forms for size in range(1, _SEED))
        self._forms_after: dict[int, list[bytes]] = {}
        for form in forms:
            self._forms_after.setdefault(_word(form), []).append(form)
        self._seeds = frozenset(self._forms_after)

    def open_at(self, data: bytes) -> int:
        """Where the longest such beginning starts, the data's length where there is none."""
        tail = data[-self._longest + 1 :] if self._longest else b""
        before = len(data) - len(tail)
        first = len(tail)
        for size in range(1, min(_SEED, len(tail) + 1)):
            if tail[-size:] in self._brief:
                first = len(tail) - size
        for seed in self._seeds_in(tail):
            first = min(first, _first_begun(tail, self._forms_after[seed], first))
        return before + first

    def _seeds_in(self, tail: bytes) -> set[int]:
        view = memoryview(tail)
        found: set[int] = set()
        for shift in range(min(_SEED, len(tail))):
            end = len(tail) - (len(tail) - shift) % _SEED
            found |= self._seeds.intersection(view[shift:end].cast("I"))
        return found


def _first_begun(tail: bytes, forms: list[bytes], limit: int) -> int:
    """Where the first of the forms begins that the tail's end cuts off, at most `limit`.

    The forms begin with the same four bytes.
    """
    seed = forms[0][:_SEED]
    at = tail.find(seed, 0, limit + _SEED)
    while 0 <= at < limit:
        rest = tail[at:]
        if any(len(form) > len(rest) and form.startswith(rest) for form in forms):
            return at
        at = tail.find(seed, at + 1, limit + _SEED)
    return limit


def _covering(width: int) -> int:
    """The length from which on a form covers an aligned word of so many bytes, wherever it lies."""
    return 2 * width - 1


def _word(form: bytes) -> int:
    return memoryview(form[:_SEED]).cast("I")[0]


def _key_ids(data: bytes) -> Iterator[Span]:
    found = _KEY_ID.search(data) if b"A" in data else None
    while found:
        yield found.span()
        found = _KEY_ID.search(data, found.start() + 1)


def _runs(data: bytes, form: bytes) -> Iterator[Span]:
    """Where the form is; occurrences of it that overlap are one run."""
    size = len(form)
    begin = data.find(form)
    while begin >= 0:
        end = begin + size
        while (later := data.rfind(form, end - size + 1, end + size - 1)) >= 0:
            end = later + size
        yield begin, end
        begin = data.find(form, end)


def _merged(spans: list[Span]) -> list[Span]:
    """In order, and none begins within another; what merely touches stays apart."""
    spans.sort()
    merged = [spans[0]]
    for begin, end in spans[1:]:
        if begin < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
