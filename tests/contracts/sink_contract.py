"""What every sink promises: one suite for all of them (`ports/sink.py`)."""

import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from localbuild.events.model import Event
from localbuild.ports.sink import Sink
from tests.unit.events.histories import histories

SHARED = settings(suppress_health_check=[HealthCheck.differing_executors])
"""One suite for many classes, on purpose."""


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder, a new one for each example."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def contents(place: Path) -> dict[str, bytes]:
    """The files of a folder."""
    return {path.name: path.read_bytes() for path in place.iterdir()}


def play(sink: Sink, history: Iterable[Event]) -> None:
    """A history from its first event to the sink's end."""
    for event in history:
        sink.accept(event)
    sink.close()


class SinkContract(ABC):
    """A subclass says how the sink is opened, on a folder that it may use."""

    @abstractmethod
    def opened(self, place: Path) -> AbstractContextManager[Sink]:
        """The sink; what it writes is below the folder."""

    @abstractmethod
    def opened_full(self, place: Path) -> AbstractContextManager[Sink]:
        """The sink on a disk that is full."""

    def written(self, history: Iterable[Event]) -> dict[str, bytes]:
        """What the sink makes of a history: file by file."""
        with folder() as place, self.opened(place) as sink:
            play(sink, history)
            return contents(place)

    @SHARED
    @given(histories())
    def test_the_same_history_gives_the_same_bytes(self, history: tuple[Event, ...]) -> None:
        written = self.written(history)
        assert written
        assert self.written(history) == written

    @SHARED
    @given(histories())
    def test_everything_is_written_before_the_end(self, history: tuple[Event, ...]) -> None:
        """Another process can follow; a kill loses nothing but the words after the end."""
        with folder() as place, self.opened(place) as sink:
            for event in history:
                sink.accept(event)
            before = contents(place)
            sink.close()
            after = contents(place)
        assert before.keys() == after.keys()
        assert self.followed(before, after)

    def followed(self, before: dict[str, bytes], after: dict[str, bytes]) -> bool:
        """Whether what was there before the end still is: a sink that appends adds to it."""
        return all(after[name].startswith(data) for name, data in before.items())

    @SHARED
    @given(histories())
    def test_closing_twice_is_closing_once(self, history: tuple[Event, ...]) -> None:
        with folder() as place, self.opened(place) as sink:
            play(sink, history)
            once = contents(place)
            sink.close()
            assert contents(place) == once

    def test_closing_without_events_is_safe(self) -> None:
        with folder() as place, self.opened(place) as sink:
            sink.close()

    @SHARED
    @given(histories())
    def test_a_full_disk_does_not_stop_the_build(self, history: tuple[Event, ...]) -> None:
        with folder() as place, self.opened_full(place) as sink:
            play(sink, history)
            sink.close()

    @SHARED
    @given(histories())
    def test_events_after_the_end_change_nothing(self, history: tuple[Event, ...]) -> None:
        with folder() as place, self.opened(place) as sink:
            play(sink, history[:1])
            once = contents(place)
            play(sink, history[1:])
            assert contents(place) == once
