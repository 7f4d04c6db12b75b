"""Questions to a service that may never answer: several at once, and none is waited for long."""

import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")
AT_ONCE = 8


def ask_all(questions: Sequence[Callable[[], T]], patience_s: float) -> list[T | None]:
    """The answer of each question; None for those that are open when none has come for so long.

    What a question raises is raised. Threads with open questions are left to themselves: they keep
    no process from ending, and take up no further question.
    """
    waiting: SimpleQueue[int] = SimpleQueue()
    done: SimpleQueue[tuple[int, T | Exception]] = SimpleQueue()
    given_up = threading.Event()
    for number in range(len(questions)):
        waiting.put(number)

    def work() -> None:
        while not given_up.is_set():
            try:
                number = waiting.get_nowait()
            except Empty:
                return
            done.put((number, _answer(questions[number])))

    for _ in range(min(AT_ONCE, len(questions))):
        threading.Thread(target=work, daemon=True).start()
    try:
        return _collect(done, len(questions), patience_s)
    finally:
        given_up.set()


def _answer(question: Callable[[], T]) -> T | Exception:
    try:
        return question()
    except Exception as error:
        return error


def _collect(
    done: "SimpleQueue[tuple[int, T | Exception]]", count: int, patience_s: float
) -> list[T | None]:
    answers: list[T | None] = [None] * count
    for _ in range(count):
        try:
            number, answer = done.get(timeout=patience_s)
        except Empty:
            break
        if isinstance(answer, Exception):
            raise answer
        answers[number] = answer
    return answers
