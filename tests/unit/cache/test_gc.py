"""What no entry needs goes, in two steps; what anything may need stays."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from localbuild.cache.gc import MIN_GRACE_S, collect, remove_entries
from localbuild.cache.keys import condemned_name, manifest_name
from localbuild.cache.lock import hold_shared, try_alone
from localbuild.cache.packs import write_object
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.uses import note_use, read_uses
from localbuild.ports.store import Stored
from tests.unit.cache.cupboard import DAY, OTHER, SCOPE, VERSION, Cupboard


def test_an_unneeded_object_is_marked_and_goes_a_grace_later() -> None:
    cupboard = Cupboard()
    kept = cupboard.put("a", {"f": b"1"})
    lost = cupboard.loose(b"of a killed build")
    assert collect(cupboard.store, SCOPE, DAY).waiting == 1
    assert cupboard.marks() == set()
    cupboard.clock.move(DAY + 1)
    assert collect(cupboard.store, SCOPE, DAY).freed == 0
    assert cupboard.marks() == {lost}
    cupboard.clock.move(DAY - 1)
    assert collect(cupboard.store, SCOPE, DAY).freed == 0
    cupboard.clock.move(2)
    collected = collect(cupboard.store, SCOPE, DAY)
    assert (collected.freed, collected.freed_bytes) == (1, len(b"of a killed build"))
    assert cupboard.objects() == {o.digest for o in kept.objects}
    assert cupboard.marks() == set()


def test_the_grace_has_a_floor() -> None:
    cupboard = Cupboard()
    cupboard.loose(b"x")
    for _ in range(2):
        cupboard.clock.move(MIN_GRACE_S - 1)
        assert collect(cupboard.store, SCOPE, 0).freed == 0
        cupboard.clock.move(2)
        freed = collect(cupboard.store, SCOPE, 0).freed
    assert freed == 1


def test_an_object_that_was_made_young_again_starts_anew() -> None:
    cupboard = Cupboard()
    digest = cupboard.loose(b"x")
    cupboard.clock.move(DAY + 1)
    collect(cupboard.store, SCOPE, DAY)
    cupboard.clock.move(DAY / 2)
    write_object(cupboard.store, SCOPE, [b"x"])
    cupboard.clock.move(DAY / 2 + 1)
    assert collect(cupboard.store, SCOPE, DAY).freed == 0
    cupboard.clock.move(DAY)
    assert collect(cupboard.store, SCOPE, DAY).freed == 0
    assert cupboard.objects() == {digest}
    cupboard.clock.move(DAY + 1)
    assert collect(cupboard.store, SCOPE, DAY).freed == 1


def test_an_object_that_is_needed_again_loses_its_mark() -> None:
    cupboard = Cupboard()
    manifest = cupboard.put("a", {"f": b"1"})
    remove_entries(cupboard.store, cupboard.entries())
    cupboard.clock.move(DAY + 1)
    collect(cupboard.store, SCOPE, DAY)
    assert cupboard.marks() == {o.digest for o in manifest.objects}
    cupboard.put("b", {"f": b"1"})
    collect(cupboard.store, SCOPE, DAY)
    assert cupboard.marks() == set()


def test_removing_an_entry_gives_its_objects_a_new_grace() -> None:
    cupboard = Cupboard()
    manifest = cupboard.put("a", {"f": b"1"})
    for each in manifest.objects:
        cupboard.store.replace(condemned_name(SCOPE, each.digest), b"")
    cupboard.clock.move(3 * DAY)
    remove_entries(cupboard.store, cupboard.entries())
    assert cupboard.marks() == set()
    assert collect(cupboard.store, SCOPE, DAY).freed == 0
    cupboard.clock.move(DAY + 1)
    assert collect(cupboard.store, SCOPE, DAY).freed == len(manifest.objects)


def test_an_entry_that_was_replaced_meanwhile_stays() -> None:
    cupboard = Cupboard()
    cupboard.put("", {"f": b"1"})
    listed = cupboard.entries()
    cupboard.put("", {"f": b"2"})
    assert remove_entries(cupboard.store, listed) == ()
    assert cupboard.keys() == [""]


def test_scopes_do_not_touch_each_other() -> None:
    cupboard = Cupboard()
    cupboard.loose(b"x", OTHER)
    for _ in range(2):
        cupboard.clock.move(DAY + 1)
        collect(cupboard.store, SCOPE, DAY)
    assert len(cupboard.objects(OTHER)) == 1


def test_marks_of_nothing_go() -> None:
    cupboard = Cupboard()
    cupboard.store.replace(condemned_name(SCOPE, "e" * 64), b"")
    collect(cupboard.store, SCOPE)
    assert cupboard.marks() == set()


def test_marks_of_use_go_with_their_entries() -> None:
    cupboard = Cupboard()
    kept, lost = cupboard.put("a", {"f": b"1"}), cupboard.put("b", {"f": b"2"})
    for manifest in (kept, lost):
        note_use(cupboard.store, manifest.name)
    cupboard.store.remove(lost.name)
    cupboard.clock.move(DAY + 1)
    collect(cupboard.store, SCOPE, DAY)
    assert len(read_uses(cupboard.store, SCOPE)) == 1
    remove_entries(cupboard.store, cupboard.entries())
    assert read_uses(cupboard.store, SCOPE) == {}


def test_nothing_is_collected_where_a_later_version_has_written() -> None:
    cupboard = Cupboard()
    cupboard.loose(b"perhaps theirs")
    document = b'{"format":2}'
    seal = hashlib.sha256(document).hexdigest().encode()
    cupboard.damage(manifest_name(SCOPE, VERSION, "k"), document + b"\n" + seal + b"\n")
    for _ in range(3):
        cupboard.clock.move(DAY + 1)
        assert collect(cupboard.store, SCOPE, DAY).skipped
    assert len(cupboard.objects()) == 1


def test_at_once_only_needs_nobody_else() -> None:
    cupboard = Cupboard()
    kept = cupboard.put("a", {"f": b"1"})
    cupboard.loose(b"x")
    assert collect(cupboard.store, SCOPE, at_once=True).freed == 1
    assert cupboard.objects() == {o.digest for o in kept.objects}


def test_a_clock_that_went_back_makes_nothing_old() -> None:
    cupboard = Cupboard()
    cupboard.loose(b"x")
    cupboard.clock.move(DAY + 1)
    collect(cupboard.store, SCOPE, DAY)
    cupboard.clock.move(-10 * DAY)
    assert collect(cupboard.store, SCOPE, DAY).freed == 0
    assert len(cupboard.objects()) == 1


def test_an_object_that_is_spared_while_it_is_being_removed_stays() -> None:
    class Sparing(MemoryStore):
        """Somebody removes the mark just before it is looked at."""

        def find(self, name: str) -> Stored | None:
            self.remove(name)
            return super().find(name)

    cupboard = Cupboard(Sparing)
    digest = cupboard.loose(b"x")
    for _ in range(2):
        cupboard.clock.move(DAY + 1)
        assert collect(cupboard.store, SCOPE, DAY).freed == 0
    assert cupboard.objects() == {digest}


def test_who_wants_to_be_alone_is_not_while_a_build_runs(tmp_path: Path) -> None:
    with hold_shared(tmp_path) as first, hold_shared(tmp_path) as second:
        assert first
        assert second
        with try_alone(tmp_path) as alone:
            assert not alone
    with try_alone(tmp_path) as alone:
        assert alone


def test_a_build_waits_a_little_for_who_is_alone(tmp_path: Path) -> None:
    waits: list[float] = []
    with (
        try_alone(tmp_path),
        hold_shared(tmp_path, patience_s=0.5, sleep=waits.append) as held,
    ):
        assert not held
    assert sum(waits) >= 0.5


@pytest.mark.parametrize("umask", ["000", "002", "077", "777"])
def test_the_lock_makes_a_root_that_is_its_owner_s_alone(umask: str, tmp_path: Path) -> None:
    program = """
import os, sys
from pathlib import Path
from localbuild.cache.open import CacheOptions, open_tiers
from localbuild.cache.stores.open import StoreSettings
os.umask(int(sys.argv[1], 8))
root = Path(sys.argv[2])
tiers = open_tiers(
    CacheOptions(urls=(str(root),), settings=StoreSettings(), state=root.parent, tool="t")
)
assert tiers.store.create("v1/scopes/s/m/v/k.key", [b"saved"])
assert tiers.store.read("v1/scopes/s/m/v/k.key") == b"saved"
tiers.close()
"""
    root = tmp_path / "above" / "cache"
    done = subprocess.run(
        [sys.executable, "-c", program, umask, root], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    for folder in (root.parent, root, root / "v1"):
        assert folder.stat().st_mode & 0o7777 == 0o700


def test_where_no_lock_can_be_nobody_is_alone(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with hold_shared(file) as held, try_alone(file) as alone:
        assert held
        assert not alone
