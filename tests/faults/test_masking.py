"""300 secrets in all their forms, and texts that hold them cut into pieces: no leak."""

import random
from dataclasses import dataclass

import pytest

from localbuild.logs.mask import Mask, Masker
from localbuild.logs.mask_forms import encode_text, forms_of
from tests.faults.conftest import Tally
from tests.unit.logs.mask_cases import cut, defined, make_secrets, streamed

pytestmark = pytest.mark.fuzz
SECRETS = 300
LONGEST = 8192
FORMS = 300
WHOLLY_CUT = 1024
"""Texts of so many bytes are cut at every place, longer ones around the ends and here and there."""


def test_no_cut_lets_a_secret_through(chance: random.Random, tally: Tally) -> None:
    secrets = make_secrets(chance, SECRETS, LONGEST)
    mask = Mask()
    assert all(mask.add(secret) for secret in secrets)
    forms = sorted({form for secret in secrets for form in forms_of(secret)})
    tried = 0
    for secret in secrets:
        tried += _cut_everywhere(mask, _surrounded(chance, encode_text(secret), forms), forms)
    tally(f"splits of texts with one of {SECRETS} secrets that leak", tried)


def test_no_cut_lets_another_form_through(chance: random.Random, tally: Tally) -> None:
    secrets = make_secrets(chance, SECRETS, LONGEST // 8)
    mask = Mask()
    assert all(mask.add(secret) for secret in secrets)
    forms = sorted({form for secret in secrets for form in forms_of(secret)})
    tried = 0
    for form in chance.sample(forms, FORMS):
        tried += _cut_everywhere(mask, _surrounded(chance, form, forms), forms)
    tally(f"splits of texts with one of {FORMS} forms that leak", tried)


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """Where a masker is after the first bytes of a text: what it has handed on, and its state."""

    told: bytes
    held_from: int
    covered: int


def _cut_everywhere(mask: Mask, text: bytes, forms: list[bytes]) -> int:
    """How many splits in two and in three there are, none of which makes any difference.

    Every state that a masker can be in at a place, after whatever pieces, is fed up to each later
    place; from each the text comes to the same. What it does next depends on its state alone: one
    that it was in at an earlier place is not tried again.
    """
    wanted = streamed(mask, [text])
    bare = wanted.replace(b"***", b"\0")
    assert not any(form in bare for form in forms)
    places = _places(len(text))
    reached: dict[int, set[After]] = {place: set() for place in places}
    reached[0].add(After(told=b"", held_from=0, covered=0))
    tried: set[After] = set()
    for number, at in enumerate(places):
        for way in reached[at] - tried:
            assert way.told + _rest(mask, text, way, at) == wanted, (text, at)
            for end in places[number + 1 :]:
                reached[end].add(_fed(mask, text, way, at, end))
        tried |= reached[at]
    return len(places) + len(places) * (len(places) - 1) // 2


def _places(size: int) -> list[int]:
    if size <= WHOLLY_CUT:
        return list(range(size + 1))
    return sorted({*range(40), *range(0, size, 97), *range(size - 40, size + 1)})


def _fed(mask: Mask, text: bytes, after: After, at: int, end: int) -> After:
    """Where a masker is that was there after `at` bytes and is fed those up to `end`."""
    masker = _masker(mask, text, after, at)
    told = after.told + masker.feed(text[at:end])
    held_from = end - len(masker._held)
    assert masker._held == text[held_from:end]
    return After(told=told, held_from=held_from, covered=masker._covered)


def _rest(mask: Mask, text: bytes, after: After, at: int) -> bytes:
    """What it tells of the rest of the text."""
    masker = _masker(mask, text, after, at)
    return masker.feed(text[at:]) + masker.flush()


def _masker(mask: Mask, text: bytes, after: After, at: int) -> Masker:
    masker = Masker(mask)
    masker._held, masker._covered = text[after.held_from : at], after.covered
    return masker


def test_what_is_masked_is_what_should_be(chance: random.Random, tally: Tally) -> None:
    """Against the definition, byte by byte, with few secrets at a time that have much in common."""
    for _ in range(2000):
        secrets = make_secrets(chance, 3, 12)
        found = sorted({form for secret in secrets for form in forms_of(secret)})
        mask = Mask()
        for secret in secrets:
            mask.add(secret)
        text = b"".join(_piece(chance, found) for _ in range(8))
        cuts = sorted(chance.randrange(len(text) + 1) for _ in range(chance.randrange(6)))
        assert streamed(mask, cut(text, *cuts)) == defined(found, text), (secrets, text, cuts)
    tally("texts that are masked otherwise than defined", 2000)


def _surrounded(chance: random.Random, form: bytes, forms: list[bytes]) -> bytes:
    """The form with something of others around it."""
    before = chance.choice((b"", b"x", b"a line\n", form[:3], chance.choice(forms)[:5]))
    after = chance.choice((b"", b"y", b"\nline", form[-3:], chance.choice(forms)[-5:]))
    return before + form + after


def _piece(chance: random.Random, forms: list[bytes]) -> bytes:
    """A form, or the beginning or the end of one, or something else."""
    form = chance.choice(forms)
    at = chance.randrange(len(form) + 1)
    return chance.choice((form, form[:at], form[at:], b".", b"\n"))
