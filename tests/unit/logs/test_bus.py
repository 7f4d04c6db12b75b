"""One event in, every sink gets it, in order."""

from dataclasses import dataclass, field

import pytest

from localbuild.events.model import Event
from localbuild.logs.bus import Bus
from localbuild.terms import PhaseType
from tests.unit.logs.samples import failing_build, phase_started


@dataclass
class Heard:
    """A sink that writes down what it hears, in a book that others write in too."""

    name: str
    book: list[tuple[str, object]]

    def accept(self, event: Event) -> None:
        self.book.append((self.name, event))

    def close(self) -> None:
        self.book.append((self.name, "closed"))


@dataclass
class Broken:
    """A sink that raises from its second event on, and when it is closed."""

    events: list[Event] = field(default_factory=list)
    closed: int = 0

    def accept(self, event: Event) -> None:
        self.events.append(event)
        if len(self.events) > 1:
            raise RuntimeError("broken sink")

    def close(self) -> None:
        self.closed += 1
        raise RuntimeError("cannot even close")


@dataclass
class Quiet(Heard):
    """A sink whose disk is full."""

    fault: str | None = None


def test_events_reach_every_sink_in_order() -> None:
    book: list[tuple[str, object]] = []
    bus = Bus([Heard("a", book), Heard("b", book)])
    first, second = failing_build()[:2]
    bus.emit(first)
    bus.emit(second)
    bus.close()
    events = [("a", first), ("b", first), ("a", second), ("b", second)]
    assert book == [*events, ("a", "closed"), ("b", "closed")]


def test_a_broken_sink_is_left_out_and_its_error_comes_at_the_end() -> None:
    book: list[tuple[str, object]] = []
    broken = Broken()
    bus = Bus([broken, Heard("a", book)])
    events = failing_build()
    for event in events:
        bus.emit(event)
    with pytest.raises(RuntimeError, match="broken sink"):
        bus.close()
    assert book == [*(("a", event) for event in events), ("a", "closed")]
    assert (broken.events, broken.closed) == (events[:2], 1)


def test_closing_goes_on_where_one_fails() -> None:
    book: list[tuple[str, object]] = []
    bus = Bus([Broken(), Heard("a", book)])
    with pytest.raises(RuntimeError, match="cannot even close"):
        bus.close()
    assert book == [("a", "closed")]


def test_closing_twice_and_emitting_afterwards_do_nothing() -> None:
    book: list[tuple[str, object]] = []
    bus = Bus([Heard("a", book)])
    bus.close()
    bus.close()
    bus.emit(phase_started(1, PhaseType.BUILD))
    assert book == [("a", "closed")]


def test_faults_are_told_in_order() -> None:
    full, well = Quiet("a", []), Quiet("b", [])
    bus = Bus([full, Heard("c", []), well])
    assert not bus.faults
    full.fault = "cannot write build.log: No space left on device"
    bus.close()
    assert bus.faults == ("cannot write build.log: No space left on device",)
