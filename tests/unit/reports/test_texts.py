"""The texts and numbers of report files, as tools write them."""

import pytest

from localbuild.reports.places import find_place
from localbuild.reports.texts import (
    MAX_COUNT,
    MAX_NS,
    cut_message,
    cut_name,
    join_message,
    read_clock,
    read_count,
    read_scaled,
    read_seconds,
)


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0.016", 16_000_000),
        ("1", 1_000_000_000),
        (" 2.5 ", 2_500_000_000),
        (".5", 500_000_000),
        ("1,234", 1_234_000_000_000),
        ("1,234.5", 1_234_500_000_000),
        ("1,234,567", 1_234_567_000_000_000),
        ("0,016", 16_000_000),
        ("1.234,5", 1_234_500_000_000),
        ("1.5E-4", 150_000),
        ("00:01:02.5", 62_500_000_000),
        ("", 0),
        ("-1", 0),
        ("NaN", 0),
        ("inf", 0),
        ("1e999", 0),
        ("soon", 0),
        ("9" * 5000, 0),
        ("999999999999999", MAX_NS),
    ],
)
def test_seconds(text: str, nanoseconds: int) -> None:
    assert read_seconds(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("00:00:00.0123456", 12_345_600),
        ("01:02:03", 3_723_000_000_000),
        ("1.00:00:01", 86_401_000_000_000),
        ("00:00", 0),
        ("-00:00:01", 0),
        ("", 0),
    ],
)
def test_clock(text: str, nanoseconds: int) -> None:
    assert read_clock(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "count"),
    [("12", 12), (" 7 ", 7), ("", 0), ("-3", 0), ("x", 0), ("2.0", 2), ("9" * 9000, MAX_COUNT)],
)
def test_count(text: str, count: int) -> None:
    assert read_count(text) == count


def test_milliseconds() -> None:
    assert read_scaled("17", 1_000_000) == 17_000_000


def test_what_a_failure_says_is_said_once() -> None:
    assert join_message("expected 3", "Error: expected 3\n  at a.js:1") == (
        "Error: expected 3\n  at a.js:1"
    )
    assert join_message("expected 3", "at a.js:1\n") == "expected 3\nat a.js:1"
    assert join_message("expected 3", "expected 3") == "expected 3"
    assert join_message("expected 3", "") == "expected 3"
    assert join_message("equal:1 !== 2", "Error: equal:\n\n1 !== 2\n") == "Error: equal:\n\n1 !== 2"


def test_limits() -> None:
    assert len(cut_name("x" * 2000)) == 1000
    assert len(cut_message("x" * 6000)) == 5000
    assert cut_message("\n\n   one\n     two\n\n") == "one\n  two"


@pytest.mark.parametrize(
    ("message", "prefix", "file", "line"),
    [
        ("E   assert 1 == 2\n\ntests/test_a.py:12: AssertionError", "", "tests/test_a.py", 12),
        ("tests/test_a.py:3: in test\nlib/a.py:9: ValueError", "", "lib/a.py", 9),
        ('File "/a.py", line 4, in t\n File "/usr/lib/python3/case.py", line 1', "", "/a.py", 4),
        ("at A.<anonymous> (/a.test.js:5:3)\nat node:internal/main:1", "", "/a.test.js", 5),
        ("at f (/src/node_modules/jest/a.js:5:3)\nat g (/src/b.js:6:1)", "", "/src/b.js", 6),
        ("at a.fail(Assert.java:88)\nat c.ATest.t(ATest.java:12)", "c.ATest", "ATest.java", 12),
        ("    a_test.go:12: got 1, want 2", "", "a_test.go", 12),
        ("Failed asserting.\n\n/src/tests/ATest.php:15", "ATest", "/src/tests/ATest.php", 15),
        ("  at A.B() in C:\\src\\A.cs:line 12", "", "C:\\src\\A.cs", 12),
        ("Failure/Error: x\n# ./spec/a_spec.rb:7:in 'block'", "", "./spec/a_spec.rb", 7),
        ("expected 1, got 2", "", "", 0),
        ("see http://example.com:80", "", "", 0),
    ],
)
def test_places(message: str, prefix: str, file: str, line: int) -> None:
    assert find_place(message, prefix) == (file, line)


def test_a_message_that_is_nearly_a_place_everywhere() -> None:
    assert find_place("a." * 2500, "") == ("", 0)
    assert find_place("a.py:" * 1000, "") == ("", 0)
