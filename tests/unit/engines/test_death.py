"""A container is removed though the engine refuses at first; nobody waits for one that never is."""

from collections.abc import Iterable, Iterator

import pytest
from docker.errors import APIError, NotFound
from requests import Response

from localbuild.engines.docker.death import remove
from localbuild.errors import EngineLostError


class Engine:
    """An engine's API that answers one removal after the other, the last one for ever."""

    def __init__(self, answers: Iterable[Exception | None]) -> None:
        self._answers: Iterator[Exception | None] = iter(answers)
        self._last: Exception | None = None
        self.asked = 0

    def remove_container(self, container: str, *, force: bool, v: bool) -> None:
        assert (container, force, v) == ("c", True, True)
        self.asked += 1
        self._last = next(self._answers, self._last)
        if self._last is not None:
            raise self._last


def refusal(status: int) -> APIError:
    response = Response()
    response.status_code = status
    return (NotFound if status == 404 else APIError)("no", response=response)


def test_a_container_that_ends_by_itself_is_asked_for_again() -> None:
    engine = Engine([refusal(500), refusal(500), None])
    assert remove(engine, "c")
    assert engine.asked == 3


@pytest.mark.parametrize("status", [404, 409])
def test_what_is_gone_or_going_is_somebody_elses(status: int) -> None:
    engine = Engine([refusal(status)])
    assert not remove(engine, "c")
    assert engine.asked == 1


def test_patience_has_an_end() -> None:
    engine = Engine([refusal(500)])
    assert not remove(engine, "c", patience_s=0)
    assert engine.asked == 1


def test_an_engine_that_has_gone_is_lost() -> None:
    with pytest.raises(EngineLostError):
        remove(Engine([ConnectionError("gone")]), "c")
