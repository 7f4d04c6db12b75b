"""A question to the world that may never be answered: asked with a time limit."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def ask_within(seconds: float, question: Callable[[], T]) -> T:
    """The answer, or what it raised. Raises TimeoutError; the question is then left to itself."""
    answers: list[T] = []
    errors: list[Exception] = []

    def ask() -> None:
        try:
            answers.append(question())
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not answers:
        raise TimeoutError(f"no answer within {seconds:g} s")
    return answers[0]
