"""What is taken out of a secret's text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.secrets.values import value_of


@pytest.mark.parametrize(
    ("json", "value"),
    [
        ('"text"', "text"),
        ('""', ""),
        ('"\\u00e4\\n"', "ä\n"),
        ("5432", "5432"),
        ("1.10", "1.10"),
        ("1e400", "1e400"),
        ("-0", "-0"),
        ("9" * 5_000, "9" * 5_000),
        ("true", "true"),
        ("null", "null"),
        ('{"a": 1.5, "b": ["x", 2]}', '{"a": 1.5, "b": ["x", 2]}'),
        ("[]", "[]"),
    ],
)
def test_a_keys_value(json: str, value: str) -> None:
    assert value_of(f'{{"other": 1, "key": {json}}}', "key") == value


@pytest.mark.parametrize(
    ("text", "key", "message"),
    [
        ("{}", "key", "has no key 'key'"),
        ("[1]", "key", "no JSON object"),
        ("hidden", "key", "no JSON, so it has no keys"),
        ("[" * 100_000, "key", "no JSON, so it has no keys"),
        ('{"key": "hidden\\u0000"}', "key", "NUL"),
        ('{"key": "hidden\\ud800"}', "key", "surrogate"),
        ("hidden\0", "", "NUL"),
    ],
)
def test_what_is_no_value_is_told_without_it(text: str, key: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        value_of(text, key)
    assert "hidden" not in str(caught.value)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_whole_secret_is_its_text(text: str) -> None:
    assert value_of(text, "") == text
