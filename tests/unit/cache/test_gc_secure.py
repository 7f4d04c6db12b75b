"""What an entry takes over from one that is gone is made young, or known to be lost."""

from localbuild.cache.gc import collect, remove_entries
from localbuild.cache.keys import object_name
from localbuild.cache.secure import secure
from localbuild.cache.stores.memory import MemoryStore
from localbuild.ports.store import Stored
from tests.unit.cache.cupboard import DAY, SCOPE, Cupboard


class Counting(MemoryStore):
    """Counts what is made young."""

    freshened: int = 0

    def freshen(self, name: str) -> bool:
        self.freshened += 1
        return super().freshen(name)


def test_where_the_base_is_there_nothing_is_to_be_done() -> None:
    cupboard = Cupboard(Counting)
    base = cupboard.put("a", {"f": b"1"})
    assert secure(cupboard.store, base, base)
    assert secure(cupboard.store, None, base)
    assert isinstance(cupboard.store, Counting)
    assert cupboard.store.freshened == 0


def test_without_its_base_what_is_taken_over_is_made_young() -> None:
    cupboard = Cupboard()
    base = cupboard.put("a", {"f": b"1"})
    remove_entries(cupboard.store, cupboard.entries())
    cupboard.clock.move(DAY + 1)
    collect(cupboard.store, SCOPE, DAY)
    cupboard.clock.move(DAY + 1)
    assert secure(cupboard.store, base, base)
    collect(cupboard.store, SCOPE, DAY)
    assert cupboard.objects() == {o.digest for o in base.objects}


def test_a_base_that_was_replaced_is_not_there() -> None:
    cupboard = Cupboard(Counting)
    base = cupboard.put("", {"f": b"1"})
    cupboard.put("", {"f": b"2"})
    assert secure(cupboard.store, base, base)
    assert isinstance(cupboard.store, Counting)
    assert cupboard.store.freshened == len(base.objects)


def test_what_is_lost_is_known_to_be() -> None:
    cupboard = Cupboard()
    base = cupboard.put("a", {"f": b"1"})
    remove_entries(cupboard.store, cupboard.entries())
    collect(cupboard.store, SCOPE, at_once=True)
    assert not secure(cupboard.store, base, base)


def test_a_damaged_base_is_not_there() -> None:
    cupboard = Cupboard()
    base = cupboard.put("a", {"f": b"1"})
    cupboard.damage(base.name)
    found = cupboard.store.find(object_name(SCOPE, base.packs[0].digest))
    cupboard.clock.move(1)
    assert secure(cupboard.store, base, base)
    young: Stored | None = cupboard.store.find(object_name(SCOPE, base.packs[0].digest))
    assert found
    assert young
    assert young.modified_s > found.modified_s
