"""Entries come whole from one store to another, and only what is missing goes over the wire."""

from collections.abc import Sequence

import pytest

from localbuild.cache.entries import Listed, list_entries
from localbuild.cache.gc import GRACE_S, collect
from localbuild.cache.keys import condemned_name, manifest_name, object_name
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.transfer import Moved, Outcome, Transfer
from localbuild.cache.verify import verify
from localbuild.ports.store import Fault, StoreError
from tests.unit.cache.cupboard import OTHER, SCOPE, VERSION, Cupboard, object_of


def move(source: Cupboard, target: Cupboard) -> tuple[Moved, ...]:
    return Transfer(source.store, target.store, SCOPE).run(source.entries())


def outcomes(moved: Sequence[Moved]) -> dict[str, str]:
    return {m.entry.key: m.outcome.value for m in moved}


def test_entries_arrive_whole() -> None:
    here, there = Cupboard(), Cupboard()
    one = here.put("a", {"f": b"1" * 1000})
    here.put("", {"f": b"2", "g": b"1" * 1000})
    here.put("x", {"f": b"3"}, scope=OTHER)
    moved = move(here, there)
    assert outcomes(moved) == {"a": "copied", "": "copied"}
    assert there.keys() == ["", "a"]
    assert there.store.read(one.name) == here.store.read(one.name)
    assert verify(there.store, SCOPE).damage == ()
    assert there.objects() == here.objects()
    assert there.objects(OTHER) == set()


def test_only_what_is_missing_is_written() -> None:
    here, there = Cupboard(), Cupboard()
    here.put("a", {"f": b"1" * 1000})
    move(here, there)
    here.clock.move(60)
    here.put("b", {"f": b"1" * 1000, "g": b"new"})
    moved = move(here, there)
    assert outcomes(moved) == {"a": "there already", "b": "copied"}
    (copied,) = [m for m in moved if m.outcome is Outcome.COPIED]
    assert copied.objects == len(there.objects()) - 2
    assert move(here, there)[0].size_bytes == 0


def test_progress_goes_up_to_all_there_is() -> None:
    here, there = Cupboard(), Cupboard()
    here.put("a", {"f": b"1" * 1000})
    here.put("b", {"f": b"2" * 1000})
    seen: list[tuple[int, int]] = []
    Transfer(here.store, there.store, SCOPE, lambda *numbers: seen.append(numbers)).run(
        here.entries()
    )
    total = sum(o.size_bytes for o in here.store.list(object_name(SCOPE, "")[:-2]))
    assert seen[-1] == (total, total)
    assert seen == sorted(seen)


def test_a_key_that_is_taken_stays_as_it_is() -> None:
    here, there = Cupboard(), Cupboard()
    here.put("a", {"f": b"mine"})
    theirs = there.put("a", {"f": b"theirs"})
    assert outcomes(move(here, there)) == {"a": "another entry has its key there"}
    (entry,) = there.entries()
    assert entry.manifest == theirs


def test_the_entry_without_a_key_is_replaced() -> None:
    here, there = Cupboard(), Cupboard()
    mine = here.put("", {"f": b"mine"})
    there.put("", {"f": b"theirs"})
    assert outcomes(move(here, there)) == {"": "copied"}
    assert there.entries()[0].manifest == mine
    assert outcomes(move(here, there)) == {"": "there already"}


@pytest.mark.parametrize("which", ["packs", "segments"])
@pytest.mark.parametrize("lost", [True, False])
def test_damage_does_not_spread(which: str, lost: bool) -> None:
    here, there = Cupboard(), Cupboard()
    hurt = here.put("a", {"f": b"1"})
    here.put("b", {"f": b"2"})
    if lost:
        here.store.remove(object_of(hurt, which))
    else:
        here.damage(object_of(hurt, which))
    moved = move(here, there)
    assert outcomes(moved) == {"a": "damaged", "b": "copied"}
    assert [bool(m.problem) for m in moved if m.entry.key == "a"] == [True]
    assert there.keys() == ["b"]
    assert verify(there.store, SCOPE).damage == ()


def test_an_entry_that_went_meanwhile_is_no_fault() -> None:
    here, there = Cupboard(), Cupboard()
    here.put("a", {"f": b"1"})
    entries = here.entries()
    here.store.remove(entries[0].name)
    (moved,) = Transfer(here.store, there.store, SCOPE).run(entries)
    assert moved.outcome is Outcome.GONE


def test_a_manifest_that_cannot_be_read_is_left_out_and_told() -> None:
    here, there = Cupboard(), Cupboard()
    here.damage(manifest_name(SCOPE, VERSION, "a"))
    (moved,) = move(here, there)
    assert (moved.outcome, moved.problem) == (Outcome.DAMAGED, "its checksum does not fit")
    assert there.entries() == ()


def test_a_cut_object_over_there_is_written_anew() -> None:
    here, there = Cupboard(), Cupboard()
    manifest = here.put("a", {"f": b"1" * 1000})
    there.damage(object_of(manifest), b"cut")
    move(here, there)
    assert verify(there.store, SCOPE).damage == ()


def test_a_condemned_object_over_there_is_spared() -> None:
    here, there = Cupboard(), Cupboard()
    manifest = here.put("a", {"f": b"1"})
    there.put("old", {"f": b"1"})
    there.store.remove(manifest_name(SCOPE, VERSION, "old"))
    there.clock.move(GRACE_S + 1)
    collect(there.store, SCOPE)
    there.clock.move(GRACE_S + 1)
    mark = there.store.find(condemned_name(SCOPE, manifest.packs[0].digest))
    assert mark
    entries: tuple[Listed, ...] = list_entries(here.store, SCOPE)
    Transfer(here.store, there.store, SCOPE).run(entries)
    there.store.remove(manifest.name)
    collect(there.store, SCOPE)
    assert there.objects() == here.objects()


def test_the_manifest_comes_last() -> None:
    written: list[str] = []

    class Watched(MemoryStore):
        def create(self, name: str, pieces: Sequence[bytes]) -> bool:
            written.append(name)
            return super().create(name, pieces)

    here, there = Cupboard(), Cupboard(Watched)
    manifest = here.put("a", {"f": b"1"})
    move(here, there)
    assert written[-1] == manifest.name
    assert len(written) == 1 + len(manifest.objects)


def test_what_was_copied_lasts() -> None:
    class Settling(MemoryStore):
        settled = 0

        def settle(self) -> None:
            self.settled = len(list(self.list("v1/")))

    here, there = Cupboard(), Cupboard(Settling)
    manifest = here.put("a", {"f": b"1"})
    move(here, there)
    assert isinstance(there.store, Settling)
    assert there.store.settled == 1 + len(manifest.objects)


def test_a_store_that_refuses_is_said_so() -> None:
    class Full(MemoryStore):
        def create(self, name: str, pieces: Sequence[bytes]) -> bool:
            raise StoreError(Fault.FULL, "it is full")

    here = Cupboard()
    here.put("a", {"f": b"1"})
    with pytest.raises(StoreError, match="full"):
        move(here, Cupboard(Full))
