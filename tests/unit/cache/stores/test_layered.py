"""Which of two stores is asked, what is kept above, and in which order things arrive below."""

import hashlib
import threading
from collections.abc import Iterable

import pytest

from localbuild.cache.stores.layered import LayeredStore
from localbuild.ports.store import Fault, StoreError
from tests.contracts.store_contract import faults, race
from tests.unit.cache.stores.doubles import ScriptedStore, always

DATA = b"some bytes of an object"
OBJECT = f"v1/scopes/s/o/ab/{hashlib.sha256(DATA).hexdigest()}"
MANIFEST = "v1/scopes/s/m/v/k.key"


class Pair:
    """Two stores and the layered one over them."""

    def __init__(self) -> None:
        self.upper = ScriptedStore(url="upper:")
        self.lower = ScriptedStore(url="lower:")
        self.store = LayeredStore(self.upper, self.lower, needs=self.needs)
        self.needed: dict[str, tuple[str, ...]] = {}

    def needs(self, name: str, data: bytes) -> Iterable[str]:
        return self.needed.get(name, ())

    def verbs(self, store: ScriptedStore) -> list[str]:
        return [call.split(" ")[0] for call in store.calls]


@pytest.fixture
def pair() -> Pair:
    return Pair()


# --- reading -----------------------------------------------------------------------------------


def test_what_the_upper_has_is_not_asked_of_the_lower(pair: Pair) -> None:
    for name in (OBJECT, MANIFEST):
        pair.upper.create(name, [DATA])
        assert pair.store.read(name) == DATA
        assert pair.store.read_range(name, 5, 5) == DATA[5:10]
        assert pair.store.find(name) is not None
    assert pair.lower.calls == []


@pytest.mark.parametrize("verb", ["read", "read_range"])
def test_an_object_of_the_lower_stays_in_the_upper(pair: Pair, verb: str) -> None:
    pair.lower.create(OBJECT, [DATA])
    for _ in range(3):
        if verb == "read":
            assert pair.store.read(OBJECT) == DATA
        else:
            assert pair.store.read_range(OBJECT, 5, 5) == DATA[5:10]
    assert pair.verbs(pair.lower) == ["create", "read"]
    assert pair.upper.read(OBJECT) == DATA


def test_of_many_who_ask_one_fetches(pair: Pair) -> None:
    pair.lower.create(OBJECT, [DATA])
    read = race(16, lambda n: pair.store.read_range(OBJECT, n, 3) == DATA[n : n + 3])
    assert read == [True] * 16
    assert pair.verbs(pair.lower) == ["create", "read"]


def test_a_manifest_is_kept_only_when_it_is_asked_for(pair: Pair) -> None:
    pair.lower.create(MANIFEST, [b"{}"])
    assert pair.store.read(MANIFEST) == b"{}"
    assert pair.upper.written() == []
    pair.store.keep(MANIFEST, b"{}")
    pair.store.keep(MANIFEST, b"{}")
    assert pair.upper.written() == [MANIFEST]
    assert pair.store.finish() == ()
    assert pair.lower.written() == [MANIFEST]


def test_what_another_build_has_saved_meanwhile_is_not_overwritten(pair: Pair) -> None:
    pair.upper.create(MANIFEST, [b"another's"])
    pair.store.keep(MANIFEST, b"{}")
    assert pair.upper.read(MANIFEST) == b"another's"
    assert pair.store.warnings == ()


def test_an_object_that_is_not_what_its_name_says_is_not_kept(pair: Pair) -> None:
    pair.lower.create(OBJECT, [b"other bytes"])
    assert faults(lambda: pair.store.read(OBJECT)) is Fault.CORRUPT
    assert faults(lambda: pair.store.read_range(OBJECT, 0, 2)) is Fault.CORRUPT
    assert pair.upper.written() == []


def test_an_object_that_is_too_short_is_told(pair: Pair) -> None:
    pair.lower.create(OBJECT, [DATA])
    assert faults(lambda: pair.store.read_range(OBJECT, 20, 50)) is Fault.CORRUPT


@pytest.mark.parametrize("fault", [Fault.FULL, Fault.READ_ONLY, Fault.DENIED])
def test_an_upper_that_takes_nothing_costs_a_warning(pair: Pair, fault: Fault) -> None:
    pair.lower.create(OBJECT, [DATA])
    pair.upper.sick = lambda verb, _name: fault if verb == "create" else None
    for _ in range(3):
        assert pair.store.read_range(OBJECT, 5, 5) == DATA[5:10]
    assert pair.store.warnings == (f"upper: is sick: {fault}",)
    assert pair.verbs(pair.lower) == ["create", "read", "read_range", "read_range"]


def test_a_sick_upper_is_helped_out(pair: Pair) -> None:
    pair.lower.create(OBJECT, [DATA])
    pair.upper.sick = always(Fault.UNAVAILABLE)
    assert pair.store.read(OBJECT) == DATA
    assert pair.store.warnings == ("upper: is sick: unavailable",)


def test_a_sick_upper_without_help_is_a_fault(pair: Pair) -> None:
    pair.upper.sick = always(Fault.DENIED)
    assert faults(lambda: pair.store.read(OBJECT)) is Fault.DENIED


@pytest.mark.parametrize("fault", [Fault.UNAVAILABLE, Fault.DENIED, Fault.WRONG])
def test_a_sick_lower_costs_a_warning(pair: Pair, fault: Fault) -> None:
    pair.upper.create(MANIFEST, [DATA])
    pair.lower.sick = always(fault)
    assert pair.store.read(OBJECT) is None
    assert pair.store.read_range(OBJECT, 0, 1) is None
    assert pair.store.find(OBJECT) is None
    assert [found.name for found in pair.store.list("v1/")] == [MANIFEST]
    assert pair.store.freshen(OBJECT) is False
    assert pair.store.create(OBJECT, [DATA]) is True
    pair.store.replace("v1/scopes/s/m/v/u", DATA)
    assert pair.store.remove(MANIFEST) is True
    assert pair.store.sweep(0) == 7
    assert pair.store.finish() == (f"lower: is sick: {fault}",)


def test_a_list_has_what_both_have(pair: Pair) -> None:
    for name in ("v1/b", "v1/d"):
        pair.upper.create(name, [b"1"])
    for name in ("v1/a", "v1/b", "v1/c"):
        pair.lower.create(name, [b"22"])
    found = {stored.name: stored.size_bytes for stored in pair.store.list("v1/")}
    assert list(found.items()) == [("v1/a", 2), ("v1/b", 1), ("v1/c", 2), ("v1/d", 1)]


def test_what_was_seen_in_one_is_removed_from_that_one(pair: Pair) -> None:
    pair.upper.create("v1/b", [b"1"])
    pair.lower.create("v1/b", [b"1"])
    seen = pair.store.find("v1/b")
    assert pair.store.remove("v1/b", seen) is True
    assert pair.upper.read("v1/b") is None
    assert pair.lower.read("v1/b") is not None


# --- writing -----------------------------------------------------------------------------------


def test_objects_arrive_before_the_manifest_that_follows_them(pair: Pair) -> None:
    names = [f"v1/scopes/s/o/ab/{number}" for number in range(20)]
    pair.lower.gate.clear()
    for name in names:
        assert pair.store.create(name, [name.encode()]) is True
    assert pair.store.create(MANIFEST, [b"{}"]) is True
    assert pair.upper.written() == [*names, MANIFEST]
    assert pair.lower.written() == []
    pair.lower.gate.set()
    assert pair.store.finish() == ()
    assert sorted(pair.lower.written()) == sorted([*names, MANIFEST])
    assert pair.lower.written()[-1] == MANIFEST


@pytest.mark.parametrize("keyed", [True, False])
def test_a_manifest_without_its_objects_does_not_arrive(pair: Pair, keyed: bool) -> None:
    pair.lower.sick = lambda verb, name: Fault.FULL if (verb, name) == ("create", OBJECT) else None
    pair.store.create("v1/scopes/s/o/cd/other", [b"x"])
    pair.store.create(OBJECT, [DATA])
    if keyed:
        pair.store.create(MANIFEST, [b"{}"])
    else:
        pair.store.replace(MANIFEST, b"{}")
    pair.store.replace("v1/scopes/s/uses/1", b"")
    assert pair.store.finish() == ("lower: is sick: full",)
    assert pair.upper.read(MANIFEST) == b"{}"
    assert pair.lower.read(MANIFEST) is None
    assert pair.lower.read("v1/scopes/s/uses/1") == b""


def test_what_a_manifest_needs_is_brought_though_nobody_wrote_it_now(pair: Pair) -> None:
    pair.upper.create(OBJECT, [DATA])
    pair.needed[MANIFEST] = (OBJECT,)
    pair.store.create(MANIFEST, [b"{}"])
    assert pair.store.finish() == ()
    assert pair.lower.written() == [OBJECT, MANIFEST]


def test_a_manifest_that_needs_what_is_gone_does_not_arrive(pair: Pair) -> None:
    pair.needed[MANIFEST] = (OBJECT,)
    pair.store.create(MANIFEST, [b"{}"])
    assert pair.store.finish() == (f"upper:/{OBJECT}: it was removed",)
    assert pair.lower.written() == []


@pytest.mark.parametrize(("age_s", "freshened"), [(60, False), (20 * 3600, True)])
def test_what_is_there_already_is_made_young(pair: Pair, age_s: float, freshened: bool) -> None:
    pair.lower.create(OBJECT, [DATA])
    pair.lower.time.seconds += age_s
    pair.store.create(OBJECT, [DATA])
    assert pair.store.finish() == ()
    assert ("freshen" in pair.verbs(pair.lower)) is freshened


def test_an_object_that_the_upper_had_is_brought_once(pair: Pair) -> None:
    pair.upper.create(OBJECT, [DATA])
    for _ in range(3):
        assert pair.store.create(OBJECT, [DATA]) is False
        assert pair.store.freshen(OBJECT) is True
    assert pair.store.finish() == ()
    assert pair.lower.written() == [OBJECT]


def test_a_manifest_of_another_build_is_not_ours_to_bring(pair: Pair) -> None:
    pair.upper.create(MANIFEST, [b"theirs"])
    assert pair.store.create(MANIFEST, [b"ours"]) is False
    assert pair.store.finish() == ()
    assert pair.lower.written() == []


def test_one_that_the_lower_has_stays(pair: Pair) -> None:
    pair.lower.create(MANIFEST, [b"theirs"])
    assert pair.store.create(MANIFEST, [b"ours"]) is True
    assert pair.store.finish() == ()
    assert pair.lower.read(MANIFEST) == b"theirs"


def test_progress_is_told_to_its_end(pair: Pair) -> None:
    said: list[tuple[int, int]] = []
    for number in range(5):
        pair.store.create(f"v1/scopes/s/o/ab/{number}", [bytes(1000)])
    pair.store.finish(lambda done, whole: said.append((done, whole)))
    assert said[-1] == (5000, 5000)
    assert [done for done, _ in said] == sorted(done for done, _ in said)


def test_a_fault_of_the_upper_is_one_of_the_save(pair: Pair) -> None:
    pair.upper.sick = always(Fault.FULL)
    with pytest.raises(StoreError):
        pair.store.create(OBJECT, [DATA])
    assert pair.store.finish() == ()
    assert pair.lower.written() == []


def test_what_has_not_begun_is_given_up_at_the_end(pair: Pair) -> None:
    names = [f"v1/scopes/s/o/ab/{number}" for number in range(100)]
    pair.lower.gate.clear()
    for name in names:
        pair.store.create(name, [b"x"])
    pair.store.create(MANIFEST, [b"{}"])
    closing = threading.Thread(target=pair.store.close)
    closing.start()
    pair.lower.gate.set()
    closing.join()
    pair.store.close()
    assert len(pair.lower.written()) < len(names)
    assert pair.lower.read(MANIFEST) is None


# --- each store is whole by itself ----------------------------------------------------------------


@pytest.mark.parametrize("keyed", [True, False])
def test_a_manifest_stays_out_of_an_upper_that_lacks_its_objects(pair: Pair, keyed: bool) -> None:
    """As after a build that began with a layer: it never fetched what it did not change."""
    pair.lower.create(OBJECT, [DATA])
    pair.needed[MANIFEST] = (OBJECT,)
    if keyed:
        assert pair.store.create(MANIFEST, [b"new"]) is True
    else:
        pair.store.replace(MANIFEST, b"new")
    assert pair.store.finish() == ()
    assert pair.upper.written() == []
    assert pair.lower.read(MANIFEST) == b"new"
    assert pair.store.read(MANIFEST) == b"new"


def test_what_an_upper_cannot_hold_whole_leaves_nothing_old_there(pair: Pair) -> None:
    pair.lower.create(OBJECT, [DATA])
    pair.upper.replace(MANIFEST, b"old")
    pair.needed[MANIFEST] = (OBJECT,)
    pair.store.replace(MANIFEST, b"new")
    assert pair.store.finish() == ()
    assert pair.store.read(MANIFEST) == b"new"


def test_where_the_lower_takes_nothing_the_old_one_stays(pair: Pair) -> None:
    pair.lower.create(OBJECT, [DATA])
    pair.upper.replace(MANIFEST, b"old")
    pair.needed[MANIFEST] = (OBJECT,)
    pair.lower.sick = lambda verb, _name: Fault.DENIED if verb == "replace" else None
    pair.store.replace(MANIFEST, b"new")
    assert pair.store.finish() == ("lower: is sick: denied",)
    assert pair.store.read(MANIFEST) == b"old"


def test_an_entry_is_kept_above_only_when_it_is_whole_there(pair: Pair) -> None:
    pair.lower.create(OBJECT, [DATA])
    pair.needed[MANIFEST] = (OBJECT,)
    pair.store.keep(MANIFEST, b"{}")
    assert pair.upper.written() == []
    pair.store.read(OBJECT)
    pair.store.keep(MANIFEST, b"{}")
    assert pair.upper.written() == [OBJECT, MANIFEST]


def test_one_that_keeps_nothing_only_reads(pair: Pair) -> None:
    pair.lower.create(OBJECT, [DATA])
    pair.lower.create(MANIFEST, [b"{}"])
    store = LayeredStore(pair.upper, pair.lower, keeps=False)
    assert store.read(OBJECT) == DATA
    assert store.read_range(OBJECT, 5, 5) == DATA[5:10]
    store.keep(MANIFEST, b"{}")
    assert store.finish() == ()
    assert pair.upper.written() == []
