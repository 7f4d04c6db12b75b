"""Ends long work where somebody wants the build to end: looked at between two pieces of it."""

from collections.abc import Callable, Iterable, Iterator
from typing import ParamSpec, TypeVar

from localbuild.errors import LocalbuildError
from localbuild.ports.engine import Interrupted

Given = ParamSpec("Given")
Result = TypeVar("Result")
_EVERY = 64


class WorkStoppedError(LocalbuildError):
    """The build must end: the rest of the work is not done."""

    def __init__(self) -> None:
        super().__init__("stopped before it was whole")


def stopping(work: Callable[Given, Result], interrupted: Interrupted) -> Callable[Given, Result]:
    """The same work, which raises WorkStoppedError once the build must end; not at every call."""
    calls = 0

    def checked(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        nonlocal calls
        calls += 1
        if calls % _EVERY == 1 and interrupted() is not None:
            raise WorkStoppedError
        return work(*args, **kwargs)

    return checked


def stopping_pieces(pieces: Iterable[bytes], interrupted: Interrupted) -> Iterator[bytes]:
    """The same pieces, until the build must end: WorkStoppedError then."""
    for piece in pieces:
        if interrupted() is not None:
            raise WorkStoppedError
        yield piece
