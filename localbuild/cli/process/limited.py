"""A question to the world that may never be answered: asked with a time limit."""

from collections.abc import Callable
from typing import TypeVar

from localbuild.run.deadline import Deadline, SystemClock
from localbuild.run.waiting import wait_for

T = TypeVar("T")


def ask_within(seconds: float, question: Callable[[], T]) -> T:
    """The answer, or what it raised. Raises TimeoutError; the question is then left to itself."""
    is_over = Deadline(SystemClock(), seconds, lambda: None)

    def check() -> None:
        if is_over() is not None:
            raise TimeoutError(f"no answer within {seconds:g} s")

    return wait_for(question, check)
