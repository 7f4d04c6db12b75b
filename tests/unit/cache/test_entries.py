"""What there is in a store, who is meant, what it takes up, when it was used."""

import hashlib

from localbuild.cache.entries import (
    find_entries,
    list_entries,
    list_scopes,
    own_bytes,
    stored_bytes,
)
from localbuild.cache.keys import manifest_name
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.uses import last_used, note_use, read_uses, use_name
from localbuild.ports.store import Fault, Stored, StoreError
from tests.unit.cache.cupboard import DAY, HOUR, OTHER, SCOPE, VERSION, Cupboard


def test_entries_are_listed_newest_first() -> None:
    cupboard = Cupboard()
    for key in ("a", "c", "b"):
        cupboard.put(key, {"f": key.encode()})
        cupboard.clock.move(60)
    cupboard.put("x", {"f": b"other"}, scope=OTHER)
    assert [e.key for e in cupboard.entries()] == ["b", "c", "a"]
    assert set(list_scopes(cupboard.store)) == {SCOPE, OTHER}


def test_a_version_can_be_asked_for() -> None:
    cupboard = Cupboard()
    cupboard.put("a", {"f": b"1"})
    cupboard.put("b", {"f": b"2"}, paths=("elsewhere/",))
    assert [e.key for e in list_entries(cupboard.store, SCOPE, VERSION)] == ["a"]


def test_what_cannot_be_read_is_listed_as_such() -> None:
    cupboard = Cupboard()
    whole = cupboard.put("a", {"f": b"1"})
    data = cupboard.store.read(whole.name)
    assert data
    places = {"cut": data[:-1], "flipped": b"~" + data[1:], "other": data, "empty": b""}
    for key, stored in places.items():
        cupboard.damage(manifest_name(SCOPE, VERSION, key), stored)
    found = {e.name.rpartition(".")[2]: e for e in cupboard.entries()}
    assert {key for key, e in found.items() if e.problem} == set(places)
    assert found["other"].problem == "it is another entry's manifest"
    assert not any(e.foreign or e.objects for key, e in found.items() if key != "a")


def test_a_later_version_s_entry_is_no_damage() -> None:
    cupboard = Cupboard()
    document = b'{"format":2}'
    seal = hashlib.sha256(document).hexdigest().encode()
    cupboard.damage(manifest_name(SCOPE, VERSION, "k"), document + b"\n" + seal + b"\n")
    (entry,) = cupboard.entries()
    assert entry.foreign
    assert "another version" in entry.problem
    assert entry.key == "k"


def test_an_entry_is_found_by_key_then_beginning_then_content() -> None:
    cupboard = Cupboard()
    one = cupboard.put("npm-1", {"f": b"1"})
    cupboard.put("npm-12", {"f": b"2"})
    cupboard.put("pip", {"f": b"3"})
    entries = cupboard.entries()

    def found(asked: str) -> list[str]:
        return sorted(e.key for e in find_entries(entries, asked))

    assert found("npm-1") == ["npm-1"]
    assert found("npm") == ["npm-1", "npm-12"]
    assert found(one.content[:12].upper()) == ["npm-1"]
    assert found("nobody") == found("") == found(one.content[:3]) == []


def test_the_entry_without_a_key_is_asked_for_by_nothing() -> None:
    cupboard = Cupboard()
    cupboard.put("", {"f": b"1"})
    cupboard.put("k", {"f": b"2"})
    assert [e.key for e in find_entries(cupboard.entries(), "")] == [""]


def test_shared_objects_count_once_and_for_nobody_alone() -> None:
    cupboard = Cupboard()
    cupboard.put("a", {"f": b"same"})
    alike = cupboard.put("b", {"f": b"same"})
    alone = cupboard.put("c", {"f": b"alone" * 1000})
    entries = cupboard.entries()
    own = own_bytes(entries)
    assert own[alike.name] == 0
    assert own[alone.name] == alone.stored_bytes
    manifests = sum(e.stored.size_bytes for e in entries)
    assert stored_bytes(entries) == alike.stored_bytes + alone.stored_bytes + manifests


def test_use_is_noted_once_an_hour() -> None:
    cupboard = Cupboard()
    name = cupboard.put("a", {"f": b"1"}).name
    cupboard.clock.move(DAY)
    note_use(cupboard.store, name)
    (entry,) = cupboard.entries()
    assert entry.used_s - entry.stored.modified_s == DAY
    mark = cupboard.store.find(use_name(name))
    cupboard.clock.move(HOUR)
    note_use(cupboard.store, name)
    assert cupboard.store.find(use_name(name)) == mark
    cupboard.clock.move(1)
    note_use(cupboard.store, name)
    assert cupboard.entries()[0].used_s == cupboard.store.now()


def test_without_a_mark_an_entry_was_used_when_it_was_written() -> None:
    cupboard = Cupboard()
    name = cupboard.put("a", {"f": b"1"}).name
    stored = cupboard.store.find(name)
    assert stored
    assert last_used(stored, read_uses(cupboard.store, SCOPE)) == stored.modified_s


def test_noting_a_use_never_fails() -> None:
    class Sick(MemoryStore):
        def find(self, name: str) -> Stored | None:
            raise StoreError(Fault.UNAVAILABLE, "it is away")

    cupboard = Cupboard(Sick)
    note_use(cupboard.store, manifest_name(SCOPE, VERSION, "a"))
    assert list(cupboard.store.list("v1/")) == []
