"""Which entries a store lets go of."""

import random
from pathlib import Path

from localbuild.cache.gc import GRACE_S
from localbuild.cache.keys import manifest_name
from localbuild.cache.prune import COLLECTED, Policy, choose, is_due, plan_prune, prune
from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.uses import note_use
from localbuild.ports.store import Fault, StoreError
from tests.unit.cache.cupboard import DAY, OTHER, SCOPE, VERSION, Cupboard, put_entry


def doomed(cupboard: Cupboard, policy: Policy) -> list[str]:
    return [d.entry.key for d in choose(cupboard.entries(), policy, cupboard.store.now())]


def filled(*keys: str, size: int = 1000) -> Cupboard:
    """An entry a day, the first the oldest; each of some thousand bytes that do not compress."""

    cupboard = Cupboard()
    for number, key in enumerate(keys):
        cupboard.put(key, {"f": random.Random(number).randbytes(size)})
        cupboard.clock.move(DAY)
    return cupboard


def test_old_entries_go_the_oldest_first() -> None:
    cupboard = filled("a", "b", "c", "d")
    assert doomed(cupboard, Policy(older_than_s=2.5 * DAY)) == ["a", "b"]


def test_age_counts_from_the_last_use() -> None:
    cupboard = filled("a", "b", "c", "d")
    note_use(cupboard.store, manifest_name(SCOPE, VERSION, "a"))
    assert doomed(cupboard, Policy(older_than_s=2.5 * DAY)) == ["b"]


def test_too_much_goes_until_the_rest_fits() -> None:
    cupboard = filled("a", "b", "c", "d")
    size = max(
        e.stored.size_bytes + e.manifest.stored_bytes for e in cupboard.entries() if e.manifest
    )
    assert doomed(cupboard, Policy(max_bytes=2 * size)) == ["a", "b"]
    note_use(cupboard.store, manifest_name(SCOPE, VERSION, "a"))
    assert doomed(cupboard, Policy(max_bytes=2 * size)) == ["b", "c"]
    assert doomed(cupboard, Policy(max_bytes=4 * size)) == []


def test_what_is_shared_frees_nothing_until_its_last_user_goes() -> None:
    cupboard = Cupboard()
    for key in ("a", "b"):
        cupboard.put(key, {"f": bytes(range(256)) * 40})
        cupboard.clock.move(2 * DAY)
    entries = cupboard.entries()
    alone = max(e.manifest.stored_bytes for e in entries if e.manifest)
    manifests = sum(e.stored.size_bytes for e in entries)
    assert doomed(cupboard, Policy(max_bytes=alone + manifests, keep_last=0)) == []
    assert doomed(cupboard, Policy(max_bytes=alone, keep_last=0)) == ["a", "b"]


def test_the_last_used_ones_stay_whatever_is_asked() -> None:
    cupboard = filled("a", "b", "c", "d")
    harsh = Policy(older_than_s=0, max_bytes=0)
    assert doomed(cupboard, harsh) == ["a", "b", "c"]
    assert doomed(cupboard, Policy(older_than_s=0, max_bytes=0, keep_last=3)) == ["a"]


def test_each_scope_keeps_its_own_last_ones() -> None:
    cupboard = filled("a", "b")
    put_entry(cupboard.store, "x", {"f": b"1"}, scope=OTHER)
    cupboard.clock.move(10 * DAY)
    entries = cupboard.entries() + cupboard.entries(OTHER)
    gone = choose(entries, Policy(older_than_s=0), cupboard.store.now())
    assert [d.entry.key for d in gone] == ["a"]


def test_what_was_used_within_the_grace_stays() -> None:
    cupboard = filled("a", "b", "c")
    cupboard.clock.move(-1)
    assert doomed(cupboard, Policy(older_than_s=0, keep_last=0)) == ["a", "b"]
    assert doomed(cupboard, Policy(older_than_s=0, keep_last=0, grace_s=10 * DAY)) == []


def test_what_is_damaged_goes_after_the_grace() -> None:
    cupboard = filled("a")
    cupboard.damage(manifest_name(SCOPE, VERSION, "b"))
    assert doomed(cupboard, Policy()) == []
    cupboard.clock.move(GRACE_S + 1)
    (gone,) = choose(cupboard.entries(), Policy(), cupboard.store.now())
    assert gone.reason.startswith("damaged: ")


def test_without_a_limit_nothing_goes() -> None:
    assert doomed(filled("a", "b"), Policy(keep_last=0)) == []


def test_a_pruning_removes_and_two_more_free_the_bytes() -> None:
    cupboard = filled("a", "b")
    policy = Policy(older_than_s=1.5 * DAY)
    planned = plan_prune(cupboard.store, [SCOPE], policy)
    assert cupboard.keys() == ["a", "b"]
    pruned = prune(cupboard.store, [SCOPE], policy)
    assert [d.entry.key for d in pruned.removed] == [d.entry.key for d in planned.removed] == ["a"]
    assert (pruned.kept, pruned.kept_bytes) == (planned.kept, planned.kept_bytes)
    assert pruned.collected.waiting == 2
    cupboard.clock.move(DAY + 1)
    assert prune(cupboard.store, [SCOPE], policy).collected.freed == 2
    assert cupboard.keys() == ["b"]


def test_at_once_frees_the_bytes_at_once(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    put_entry(store, "a", {"f": b"1"})
    policy = Policy(older_than_s=-1, keep_last=0, grace_s=-1)
    assert prune(store, [SCOPE], policy, at_once=True).collected.freed == 2
    assert list(store.list("v1/scopes/")) == []


def test_a_store_is_cleaned_up_once_a_day() -> None:
    cupboard = Cupboard()
    assert [is_due(cupboard.store), is_due(cupboard.store)] == [True, False]
    cupboard.clock.move(DAY + 1)
    assert [is_due(cupboard.store), is_due(cupboard.store)] == [True, False]
    assert cupboard.store.find(COLLECTED)


def test_who_may_not_write_is_not_told_to_clean_up() -> None:
    class ReadOnly(MemoryStore):
        def replace(self, name: str, data: bytes) -> None:
            raise StoreError(Fault.READ_ONLY, "it may only be read")

    assert not is_due(Cupboard(ReadOnly).store)
