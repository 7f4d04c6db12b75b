"""Masking: the forms of a secret, and that no border of pieces lets one through."""

import base64
import json
import random
import re
import shlex
from urllib.parse import quote, quote_plus

import pytest

from localbuild.logs.mask import Mask, Masker
from localbuild.logs.mask_forms import forms_of
from tests.unit.logs.mask_cases import cut, defined, make_secrets, streamed

SECRET = "pä$$ \"w&rd/'1'+<\\>\n🎉"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"


def mask_of(*secrets: str) -> Mask:
    mask = Mask()
    for secret in secrets:
        assert mask.add(secret)
    return mask


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "printed",
    [
        SECRET,
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        json.dumps(SECRET).replace("/", "\\/")[1:-1],
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        re.sub("%..", lambda found: found[0].lower(), quote(SECRET, safe="")),
        shlex.quote(SECRET)[1:-1],
        SECRET.replace("'", "'\\''"),
        SECRET.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$"),
        repr(SECRET)[1:-1],
        repr(SECRET.encode())[2:-1],
    ],
    ids=str,
)
def test_a_form_is_masked(printed: str) -> None:
    assert mask_of(SECRET).text(f"before {printed} after") == "before *** after"


@pytest.mark.parametrize("wrap", [str, lambda t: t.translate(str.maketrans("+/", "-_"))])
@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "user:"])
@pytest.mark.parametrize("after", ["", "\n", "z", "zz", "zzz"])
def test_base64_is_masked_wherever_the_secret_stands_in_it(
    before: str, after: str, wrap: "type[str]"
) -> None:
    secret = "p?>~Ü?ß>>s3cr3t"
    shown = mask_of(secret).text(f"<{wrap(b64(before + secret + after))}>")
    kept = shown.replace("***", "")
    bits = len(before.encode()) * 8 // 6 + len(after.encode()) * 8 // 6
    assert "***" in shown
    assert len(kept.replace("=", "")) <= bits + 6
    assert len(kept) < len(b64(secret))


@pytest.mark.parametrize(("secret", "columns"), [("x1y2z3" * 40, 76), ("a9b8c7" * 99, 64)])
def test_base64_in_lines_is_masked(secret: str, columns: int) -> None:
    whole = b64(secret + "\n")
    lines = [whole[at : at + columns] for at in range(0, len(whole), columns)]
    shown = mask_of(secret).text("\n".join(lines))
    assert set(shown) <= set("*\n=")


def test_a_value_of_several_lines_is_masked_line_by_line() -> None:
    mask = mask_of("-----BEGIN KEY-----\n  abcdef\nabc\n\nghijklmn\n-----END KEY-----\n")
    assert mask.text("1 ghijklmn 2 abcdef 3 abc") == "1 *** 2 *** 3 abc"
    assert (
        mask.text("x-----BEGIN KEY-----\n  abcdef\nabc\n\nghijklmn\n-----END KEY-----y") == "x***y"
    )
    assert mask.text(b64("ghijklmn")) == "***="


@pytest.mark.parametrize("value", ["", "a", "abc", "  abc \n", "\n\n\n\n\n"])
def test_a_short_value_is_not_masked_and_the_caller_is_told(value: str) -> None:
    mask = Mask()
    assert not mask.add(value)
    assert mask.text(f"abc {value}") == f"abc {value}"


def test_blanks_around_a_value_are_no_secret() -> None:
    mask = mask_of("\n s3cret \n")
    assert mask.text("a s3cret b") == "a *** b"
    masker = Masker(mask)
    assert masker.feed(b"a line\n") == b"a line\n"


@pytest.mark.parametrize("kind", ["AKIA", "ASIA"])
def test_ids_of_access_keys_are_always_masked(kind: str) -> None:
    key = kind + KEY_ID[4:]
    assert Mask().text(f"id={key}; {key}{key}") == "id=***; ******"
    assert Mask().text(f"id={key[:-1]} {key.lower()}") == f"id={key[:-1]} {key.lower()}"
    for at in range(len(key) + 1):
        assert streamed(Mask(), cut(f"{key}.".encode(), at)) == b"***."
    assert streamed(Mask(), (bytes([byte]) for byte in f"AK{key}A".encode())) == b"AK***A"
    assert streamed(Mask(), (bytes([byte]) for byte in f"{kind[:3]}{key}".encode())) == b"***"


def test_overlapping_secrets_are_one_and_touching_ones_two() -> None:
    mask = mask_of("abcdef", "defghi", "12345")
    assert mask.text("-abcdefghi-") == "-***-"
    assert mask.text("-abcdef12345-") == "-******-"
    assert mask_of("aaaa").text("aaaaaa") == "***"
    assert mask_of("abab").text("abababa-abab") == "***a-***"


def test_a_prompt_that_begins_no_secret_is_handed_on_at_once() -> None:
    masker = Masker(mask_of("s3cret", "other one"))
    assert masker.feed(b"Password: ") == b"Password: "
    assert masker.feed(b"is this") == b"is thi"
    assert masker.feed(b"? ") == b"s? "
    assert masker.feed(b"s3cre") == b""
    assert masker.feed(b"pe s3cret") == b"s3crepe ***"
    assert masker.flush() == b""


def test_what_is_masked_already_is_not_held() -> None:
    masker = Masker(mask_of("abcdef", "efgh"))
    assert masker.feed(b"-abcdef") == b"-***"
    assert masker.feed(b"gh-") == b"-"
    assert masker.feed(b"abcdefg") == b"***"
    assert masker.flush() == b"g"


def test_a_piece_without_secrets_is_the_same_object() -> None:
    piece = b"nothing to see here\n" * 1000
    assert Masker(mask_of("s3cret-value")).feed(piece) is piece


def test_a_value_that_comes_late_is_masked_from_then_on() -> None:
    mask = mask_of("first secret")
    masker = Masker(mask)
    assert masker.feed(b"second secret, first") == b"second secret, "
    assert mask.add("second secret")
    assert masker.feed(b" secret, second secret.") == b"***, ***."


@pytest.mark.parametrize("text", ["lone \ud800 surrogate", "byte \udcff", "漢字 🎉", ""])
def test_a_text_without_secrets_stays_as_it_is(text: str) -> None:
    assert mask_of("s3cret").text(text) == text


@pytest.mark.parametrize("secret", ["lone \ud800 surrogate", "byte \udcff\udc80", "漢字 🎉"])
def test_no_value_is_too_strange(secret: str) -> None:
    assert mask_of(secret).text(f"<{secret}>") == "<***>"


def test_no_split_lets_a_secret_through() -> None:
    """Every one- and two-cut split of texts of few secrets, as the whole text is masked."""
    seed = random.randrange(2**32)
    print("seed", seed)  # noqa: T201
    chance = random.Random(seed)
    for _ in range(12):
        secrets = make_secrets(chance, 4, 24)
        text = " ".join(chance.choices([*secrets, *"ab"], k=3))[:70].encode("utf-8", "replace")
        check_all_splits(secrets, text)


def test_the_splits_that_make_a_known_masker_leak() -> None:
    check_all_splits(["aabc"], b"aaabc aabcaabc aab")
    check_all_splits(["abab", "ababc", "babca"], b"abababca ababab")


def check_all_splits(secrets: list[str], text: bytes) -> None:
    mask = mask_of(*secrets)
    forms = {form for secret in secrets for form in forms_of(secret)}
    wanted = defined(forms, text)
    assert not any(form in wanted.replace(b"***", b"\0") for form in forms)
    assert streamed(mask, [text]) == wanted
    for first in range(len(text) + 1):
        for second in range(first, len(text) + 1):
            assert streamed(mask, cut(text, first, second)) == wanted, (first, second)
