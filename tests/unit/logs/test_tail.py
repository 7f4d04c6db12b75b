"""The last lines of a stream."""

from hypothesis import given
from hypothesis import strategies as st

from localbuild.logs.tail import Tail


def tail(*pieces: bytes) -> tuple[str, ...]:
    kept = Tail()
    for piece in pieces:
        kept.add(piece)
    return kept.lines()


def test_the_last_ten_lines() -> None:
    text = b"".join(b"line %d\n" % number for number in range(100))
    assert tail(text) == tuple(f"line {number}" for number in range(90, 100))


def test_lines_that_say_nothing_are_passed_over() -> None:
    assert tail(b"a\n\n  \n\x1b[0m\nb") == ("a", "b")


def test_a_long_line_is_its_end() -> None:
    assert tail(b"x" * 10_000_000 + b"end\nlast\n") == ("x" * 2045 + "end", "last")


def test_a_progress_bar_is_its_last_state() -> None:
    assert tail(b"10%\r20%\r100%\r\n") == ("100%",)


def test_control_sequences_and_broken_characters() -> None:
    assert tail(b"\x1b[31mred\x1b[0m \x1b]0;t\x07\xff\n") == ("red \ufffd",)


def test_clear_forgets() -> None:
    kept = Tail()
    kept.add(b"a\n")
    kept.clear()
    assert kept.lines() == ()


@given(st.lists(st.binary(max_size=50)))
def test_pieces_do_not_matter(pieces: list[bytes]) -> None:
    assert tail(*pieces) == tail(b"".join(pieces))
