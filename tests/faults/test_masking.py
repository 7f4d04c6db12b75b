"""300 secrets in all their forms, and texts that hold them cut in two and in three: no leak."""

import random
from collections.abc import Iterator
from itertools import combinations

import pytest

from localbuild.logs.mask import Mask
from localbuild.logs.mask_forms import encode_text, forms_of
from tests.faults.conftest import Tally
from tests.unit.logs.mask_cases import cut, defined, make_secrets, streamed

pytestmark = pytest.mark.fuzz
SECRETS = 300
LONGEST = 8192
FORMS = 1000
WHOLLY_CUT = 60
"""Texts of so many bytes are cut at every place; longer ones at and around the borders."""


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
        tried += _cut_everywhere(mask, _surrounded(chance, form, forms), forms, wholly=0)
    tally(f"splits of texts with one of {FORMS} forms that leak", tried)


def _cut_everywhere(
    mask: Mask, case: tuple[bytes, list[int]], forms: list[bytes], wholly: int = WHOLLY_CUT
) -> int:
    """How many splits were tried, none of which made any difference."""
    text, borders = case
    wanted = streamed(mask, [text])
    bare = wanted.replace(b"***", b"\0")
    assert not any(form in bare for form in forms)
    tried = 0
    for cuts in _cuts(text, borders, wholly):
        assert streamed(mask, cut(text, *cuts)) == wanted, (text, cuts)
        tried += 1
    return tried


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


def _surrounded(chance: random.Random, form: bytes, forms: list[bytes]) -> tuple[bytes, list[int]]:
    """The form with something of others around it, and where it begins and ends."""
    before = chance.choice((b"", b"x", b"a line\n", form[:3], chance.choice(forms)[:5]))
    after = chance.choice((b"", b"y", b"\nline", form[-3:], chance.choice(forms)[-5:]))
    return before + form + after, [len(before), len(before) + len(form)]


def _piece(chance: random.Random, forms: list[bytes]) -> bytes:
    """A form, or the beginning or the end of one, or something else."""
    form = chance.choice(forms)
    at = chance.randrange(len(form) + 1)
    return chance.choice((form, form[:at], form[at:], b".", b"\n"))


def _cuts(text: bytes, borders: list[int], wholly: int) -> Iterator[tuple[int, ...]]:
    places = list(range(len(text) + 1))
    if len(text) > wholly:
        near = {border + by for border in borders for by in (-2, -1, 0, 1, 2)}
        places = sorted({*near, len(text) // 2, len(text) // 3}.intersection(places))
    yield from ((place,) for place in places)
    yield from combinations(places, 2)
