"""Questions that are asked at once, and are not waited for without end."""

import threading

import pytest

from localbuild.secrets.asking import AT_ONCE, ask_all

LONG_S = 60.0


def test_answers_come_in_the_order_of_the_questions() -> None:
    questions = [lambda n=n: n * n for n in range(50)]
    assert ask_all(questions, LONG_S) == [n * n for n in range(50)]
    assert ask_all([], LONG_S) == []


def test_several_are_asked_at_once() -> None:
    together = threading.Barrier(AT_ONCE)
    assert ask_all([lambda: together.wait(LONG_S) >= 0] * AT_ONCE, LONG_S) == [True] * AT_ONCE


def test_what_a_question_raises_is_raised() -> None:
    def bug() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask_all([bug, lambda: 1], LONG_S)


def test_who_does_not_answer_is_left_to_itself() -> None:
    over = threading.Event()
    asked: list[int] = []

    def hang() -> int:
        asked.append(1)
        over.wait()
        return 1

    assert ask_all([lambda: 0, *[hang] * 20], 0.2) == [0, *[None] * 20]
    over.set()
    assert len(asked) <= AT_ONCE
