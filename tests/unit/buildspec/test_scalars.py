"""Scalars that mean something are parsed as the page says, and refused with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.buildspec.scalars import parse_bool, parse_count, parse_on_failure
from localbuild.terms import OnFailureAction


@pytest.mark.parametrize(
    ("text", "retries", "pattern"),
    [
        ("RETRY", 3, ".*"),
        ("retry", 3, ".*"),
        ("RETRY-4", 4, ".*"),
        ("Retry-0", 0, ".*"),
        ("RETRY-100", 100, ".*"),
        ("RETRY-007", 7, ".*"),
        ("RETRY-invalid+", 3, "invalid+"),
        ("Retry-.*Error: Unable to connect to database.*", 3, None),
        ("Retry-3-.*connection timed out.*", 3, ".*connection timed out.*"),
        ("RETRY-8-invalid+", 8, "invalid+"),
        ("RETRY-5xx", 3, "5xx"),
        ("RETRY-5-5-5", 5, "5-5"),
        ("RETRY--", 3, "-"),
        ("RETRY-[a-z]", 3, "[a-z]"),
        ("RETRY-a\nb", 3, "a\nb"),
    ],
)
def test_retry(text: str, retries: int, pattern: str | None) -> None:
    found = parse_on_failure(text)
    assert found.action is OnFailureAction.RETRY
    assert found.retries == retries
    assert found.pattern == (text.removeprefix("Retry-") if pattern is None else pattern)


@pytest.mark.parametrize("text", ["ABORT", "abort", "Continue", "CONTINUE"])
def test_the_other_actions(text: str) -> None:
    assert parse_on_failure(text).action.value == text.upper()


@pytest.mark.parametrize(
    "text",
    [
        *("", "STOP", "ABORTS", "RETRY-", "RETRY-3-", "RETRY 3", "RETRY-101", "RETRY-101-x"),
        *("RETRY-(", "RETRY-2-[a", "RETRY-*", "RETRY-a{99999999999999999999}", " ABORT"),
        *("CONT\u0131NUE", "RETRY-1000", "RETRY-" + "9" * 5000, "RETRY-" + "x" * 2000),
    ],
)
def test_no_action(text: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse_on_failure(text)
    assert len(str(caught.value)) < 300


@given(st.text(max_size=40))
def test_any_text_is_an_action_or_a_value_error(text: str) -> None:
    for parse in (parse_on_failure, parse_bool, parse_count):
        for candidate in (text, f"RETRY-{text}", f"RETRY-5-{text}"):
            try:
                parse(candidate)
            except ValueError as error:
                told = str(error)
            else:
                told = "accepted"
            assert told


@given(st.integers(0, 100), st.from_regex(r"\A[a-z.]{1,10}\Z"))
def test_a_count_and_a_pattern_come_back(count: int, pattern: str) -> None:
    found = parse_on_failure(f"RETRY-{count}-{pattern}")
    assert (found.retries, found.pattern) == (count, pattern)


@pytest.mark.parametrize("text", ["1", "yes please", "y", "t", "", "ja", "\u0131", "0"])
def test_no_boolean(text: str) -> None:
    with pytest.raises(ValueError, match="neither yes nor no"):
        parse_bool(text)


def test_counts() -> None:
    assert [parse_count(text) for text in ("1", "07", "999999")] == [1, 7, 999_999]
    for text in ("0", "-1", "1.0", "1e3", "1000000", "", "\u0663"):
        with pytest.raises(ValueError, match="not a whole number from 1"):
            parse_count(text)
