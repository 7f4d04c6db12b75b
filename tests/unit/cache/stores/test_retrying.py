"""What is tried again, how long, and when a store is given up."""

from collections.abc import Callable, Sequence

import pytest

from localbuild.cache.stores.read_only import ReadOnlyStore
from localbuild.cache.stores.retrying import Patience, RetryingStore
from localbuild.ports.store import ByteStore, Fault, StoreError
from tests.contracts.store_contract import faults
from tests.unit.cache.stores.doubles import FakeTime, ScriptedStore, always

NAME = "v1/o/ab/cd"
VERBS: dict[str, Callable[[ByteStore], object]] = {
    "read": lambda store: store.read(NAME),
    "read_range": lambda store: store.read_range(NAME, 0, 1),
    "create": lambda store: store.create(NAME, [b"x"]),
    "replace": lambda store: store.replace(NAME, b"x"),
    "find": lambda store: store.find(NAME),
    "list": lambda store: list(store.list("v1/")),
    "freshen": lambda store: store.freshen(NAME),
    "remove": lambda store: store.remove(NAME),
    "sweep": lambda store: store.sweep(0),
}


def retrying(store: ScriptedStore, patience: Patience | None = None) -> RetryingStore:
    time = store.time
    return RetryingStore(
        store, patience=patience, monotonic=time.monotonic, sleep=time.sleep, random=lambda: 0.5
    )


def first(count: int, fault: Fault) -> Callable[[str, str], Fault | None]:
    """The first calls end in it, the others do not."""
    left = [fault] * count
    return lambda _verb, _name: left.pop() if left else None


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_tried_three_times(verb: str) -> None:
    store = ScriptedStore()
    store.sick = first(2, Fault.UNAVAILABLE)
    VERBS[verb](retrying(store))
    assert [call.split(" ")[0] for call in store.calls][:3] == [verb] * 3
    assert store.time.waits == [0.25, 0.5]


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.UNAVAILABLE])
def test_what_does_not_go_away_is_not_tried_again(fault: Fault) -> None:
    store = ScriptedStore()
    asked = retrying(store)
    store.sick = always(fault)
    assert faults(lambda: asked.read(NAME)) is fault
    assert len(store.calls) == 1
    store.sick = lambda _verb, _name: None
    assert asked.read(NAME) is None


def test_a_store_that_stays_sick_is_not_asked_again() -> None:
    store = ScriptedStore()
    asked = retrying(store)
    store.sick = always(Fault.UNAVAILABLE)
    messages = set()
    for act in VERBS.values():
        with pytest.raises(StoreError) as caught:
            act(asked)
        messages.add((caught.value.fault, caught.value.message))
    assert len(store.calls) == 3
    assert messages == {(Fault.UNAVAILABLE, "scripted: is sick: unavailable")}


@pytest.mark.parametrize("takes_s", [0.1, 1, 2.9, 4, 6, 9.9])
def test_no_attempt_begins_that_would_end_beyond_the_budget(takes_s: float) -> None:
    store = ScriptedStore()
    store.sick, store.takes_s = always(Fault.UNAVAILABLE), takes_s
    asked = retrying(store)
    for act in VERBS.values():
        assert faults(lambda act=act: act(asked)) is Fault.UNAVAILABLE  # type: ignore[misc]
    assert store.time.seconds <= 10


def test_sickness_adds_up_over_verbs_until_one_succeeds() -> None:
    store = ScriptedStore()
    store.takes_s = 3
    asked = retrying(store, Patience(attempts=2, budget_s=10))
    for _ in range(10):
        store.sick = first(1, Fault.UNAVAILABLE)
        assert asked.read(NAME) is None
    store.sick = always(Fault.UNAVAILABLE)
    assert faults(lambda: asked.read(NAME)) is Fault.UNAVAILABLE


class Forgetful(ScriptedStore):
    """It writes, and the answer is lost."""

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        super().create(name, pieces)
        if len(self.calls) == 1:
            raise StoreError(Fault.UNAVAILABLE, "lost")
        return False


def test_what_we_wrote_ourselves_is_ours() -> None:
    assert retrying(Forgetful()).create(NAME, [b"mi", b"ne"]) is True


def test_what_another_wrote_meanwhile_is_not() -> None:
    store = Forgetful()
    store.replace(NAME, b"another's")
    store.calls.clear()
    assert retrying(store).create(NAME, [b"mine"]) is False


def test_a_large_one_is_not_read_again() -> None:
    store = Forgetful()
    assert retrying(store).create(NAME, [bytes(2 << 20)]) is False
    assert "read" not in {call.split(" ")[0] for call in store.calls}


# --- read-only ---------------------------------------------------------------------------------

WRITING = {"create", "replace", "freshen", "remove", "sweep"}


@pytest.mark.parametrize("verb", VERBS)
def test_a_read_only_store_is_read(verb: str) -> None:
    store = ScriptedStore(FakeTime())
    guarded = ReadOnlyStore(store)
    assert faults(lambda: VERBS[verb](guarded)) is (Fault.READ_ONLY if verb in WRITING else None)
    assert len(store.calls) == (0 if verb in WRITING else 1)
    assert (guarded.url, guarded.level) == (store.url, store.level)
    assert guarded.now() == store.now()
