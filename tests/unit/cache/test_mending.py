"""What is damaged is thrown out where it is known to be, and only there."""

import pytest

from localbuild.cache.keys import object_name
from localbuild.cache.manifest import Manifest
from localbuild.cache.mending import is_good, throw_out
from localbuild.cache.stores.checked import CheckedStore
from localbuild.cache.stores.memory import MemoryStore
from localbuild.ports.store import ByteStore, Fault, StoreError
from tests.unit.cache.cupboard import SCOPE, HandClock, object_of, put_entry

FILES = {"deps/f": b"1" * 5000}


class Sick(MemoryStore):
    """Answers nothing that is read."""

    sick = False

    def read(self, name: str) -> bytes | None:
        if self.sick:
            raise StoreError(Fault.UNAVAILABLE, "memory: it is sick")
        return super().read(name)


def filled() -> tuple[Sick, Manifest]:
    store = Sick(HandClock())
    return store, put_entry(store, "a", FILES)


def names(store: ByteStore) -> set[str]:
    return {found.name for found in store.list("v1/")}


def test_without_a_good_copy_every_entry_that_needs_it_goes() -> None:
    store, manifest = filled()
    other = put_entry(store, "b", FILES)
    alone = put_entry(store, "c", {"deps/g": b"2" * 700})
    damaged = object_of(manifest)
    store.replace(damaged, b"damaged")
    throw_out([store], damaged, manifest.name)
    assert not names(store) & {damaged, manifest.name, other.name}
    assert names(store) >= {alone.name, object_of(alone)}


@pytest.mark.parametrize("sick", [False, True])
def test_a_good_copy_or_none_that_is_known_keeps_the_lower_entry(sick: bool) -> None:
    (upper, manifest), (lower, _) = filled(), filled()
    damaged = object_of(manifest)
    upper.replace(damaged, b"damaged")
    lower.sick = sick
    throw_out([upper, lower], damaged, manifest.name)
    assert damaged not in names(upper)
    assert (manifest.name in names(upper)) is not sick
    assert {damaged, manifest.name} <= names(lower)


def test_what_makes_sense_stays_and_what_does_not_costs_its_entry_alone() -> None:
    store, manifest = filled()
    other = put_entry(store, "b", {"deps/g": b"3"})
    throw_out([store], object_of(other), other.name)
    assert {manifest.name, other.name} <= names(store)
    store.replace(other.name, b"no manifest")
    throw_out([store], other.name, other.name)
    assert other.name not in names(store)
    assert manifest.name in names(store)


def test_a_manifest_in_another_ones_place_goes() -> None:
    store, manifest = filled()
    other = put_entry(store, "b", FILES)
    store.replace(other.name, store.read(manifest.name) or b"")
    throw_out([store], other.name, other.name)
    assert other.name not in names(store)
    assert manifest.name in names(store)


def test_a_checked_store_writes_anew_what_is_not_as_its_name_says() -> None:
    store, manifest = filled()
    checked = CheckedStore(store, is_good)
    name = object_of(manifest)
    data = store.read(name)
    assert data is not None
    assert not checked.create(name, [data])
    store.replace(name, b"damaged")
    assert checked.create(name, [data])
    assert checked.read(name) == data
    assert not checked.create(manifest.name, [b"x"])
    assert checked.create(object_name(SCOPE, "0" * 64), [b"new"])


def test_what_cannot_be_read_now_is_not_bad() -> None:
    store, manifest = filled()
    name = object_of(manifest)
    store.sick = True
    assert is_good(store, name) is None
    store.sick = False
    assert is_good(store, name) is True
