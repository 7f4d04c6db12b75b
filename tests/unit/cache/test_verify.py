"""What is damaged is found, told, and gone after a repair; what is whole stays."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from localbuild.cache.gc import remove_entries
from localbuild.cache.index import FILE, Entry, Index, Segment
from localbuild.cache.keys import manifest_name, object_name
from localbuild.cache.manifest import Manifest, ObjectRef, encode_manifest
from localbuild.cache.packing import Packing
from localbuild.cache.packs import write_object
from localbuild.cache.segments import decode_segment, encode_segment
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.verify import BLOCK_BYTES, Verified, check_object, repair, verify
from localbuild.ports.store import Fault, StoreError
from tests.unit.cache.cupboard import SCOPE, VERSION, Cupboard, object_of


def problems(verified: Verified) -> dict[str, str]:
    return {d.name: d.problem for d in verified.damage}


def test_a_sound_store_has_no_damage() -> None:
    cupboard = Cupboard()
    cupboard.put("a", {"f": b"1", "g": b"22" * 5000})
    cupboard.put("", {"f": b"1"})
    cupboard.loose(b"of a killed build")
    seen: list[tuple[int, int]] = []
    verified = verify(cupboard.store, SCOPE, lambda done, total: seen.append((done, total)))
    assert verified.damage == ()
    assert verified.spoiled == ()
    assert len(verified.entries) == 2
    assert verified.objects == len(cupboard.objects())
    assert seen[-1] == (verified.size_bytes, verified.size_bytes)


@pytest.mark.parametrize("which", ["packs", "segments"])
@pytest.mark.parametrize("how", ["flip", "cut", "swap", "empty", "lose"])
def test_damage_is_found_and_repaired(which: str, how: str) -> None:
    cupboard = Cupboard()
    hurt = cupboard.put("a", {"f": b"abc" * 1000})
    cupboard.put("b", {"f": b"whole"})
    name = object_of(hurt, which)
    data = cupboard.store.read(name)
    assert data
    if how == "lose":
        cupboard.store.remove(name)
    else:
        other = {"flip": bytes([data[0] ^ 1]) + data[1:], "cut": data[:-1], "empty": b""}
        cupboard.damage(name, other.get(how, b"x" * len(data)))
    verified = verify(cupboard.store, SCOPE)
    (damage,) = verified.damage
    assert damage.name == name
    assert damage.keys == ("a",)
    assert [e.key for e in verified.spoiled] == ["a"]
    removed = repair(cupboard.store, verified)
    assert set(removed) == {hurt.name} | ({name} if how != "lose" else set())
    assert verify(cupboard.store, SCOPE).damage == ()
    assert cupboard.keys() == ["b"]
    cupboard.put("a", {"f": b"abc" * 1000})
    assert verify(cupboard.store, SCOPE).spoiled == ()
    assert cupboard.keys() == ["a", "b"]


def test_a_damaged_manifest_is_removed_and_its_objects_stay() -> None:
    cupboard = Cupboard()
    manifest = cupboard.put("a", {"f": b"1"})
    cupboard.damage(manifest.name)
    verified = verify(cupboard.store, SCOPE)
    assert problems(verified) == {manifest.name: "its checksum does not fit"}
    assert repair(cupboard.store, verified) == (manifest.name,)
    assert cupboard.objects() == {o.digest for o in manifest.objects}


def test_one_damaged_object_spoils_all_that_need_it() -> None:
    cupboard = Cupboard()
    for key in ("a", "b"):
        manifest = cupboard.put(key, {"f": b"same"})
    cupboard.put("c", {"f": b"other"})
    cupboard.damage(object_of(manifest))
    (damage,) = verify(cupboard.store, SCOPE).damage
    assert sorted(damage.keys) == ["a", "b"]


def test_a_damaged_object_that_nobody_needs_is_found_too() -> None:
    cupboard = Cupboard()
    name = object_name(SCOPE, cupboard.loose(b"of a killed build"))
    cupboard.damage(name)
    verified = verify(cupboard.store, SCOPE)
    assert verified.spoiled == ()
    assert repair(cupboard.store, verified) == (name,)


def test_a_later_version_s_entry_is_left_alone() -> None:
    cupboard = Cupboard()
    document = b'{"format":2}'
    seal = hashlib.sha256(document).hexdigest().encode()
    name = manifest_name(SCOPE, VERSION, "k")
    cupboard.damage(name, document + b"\n" + seal + b"\n")
    verified = verify(cupboard.store, SCOPE)
    assert [e.name for e in verified.foreign] == [name]
    assert verified.damage == ()
    assert repair(cupboard.store, verified) == ()


def test_what_has_changed_since_is_not_removed() -> None:
    cupboard = Cupboard()
    manifest = cupboard.put("a", {"f": b"1"})
    cupboard.damage(manifest.name)
    verified = verify(cupboard.store, SCOPE)
    cupboard.store.remove(manifest.name)
    cupboard.put("a", {"f": b"1"})
    assert repair(cupboard.store, verified) == ()
    assert cupboard.keys() == ["a"]


def lying(cupboard: Cupboard, segment: Segment, packs: Sequence[ObjectRef]) -> Manifest:
    """An entry whose index is that segment."""
    written = write_object(cupboard.store, SCOPE, [encode_segment(segment, 1)])
    reference = ObjectRef(digest=written.digest, size_bytes=written.size)
    sizes = [entry.size for entry in segment.entries]
    manifest = Manifest(
        scope=SCOPE, version=VERSION, key="liar", segments=(reference,), packs=tuple(packs),
        files=len(sizes), entries=len(sizes), size_bytes=sum(sizes),
    )  # fmt: skip
    cupboard.store.create(manifest.name, [encode_manifest(manifest)])
    return manifest


def test_an_index_that_sees_what_is_not_there_spoils_its_entry_alone() -> None:
    cupboard = Cupboard()
    honest = cupboard.put("honest", {"f": b"abc"})
    data = cupboard.store.read(object_of(honest, "segments"))
    assert data
    segment = decode_segment(data)
    frame = segment.frames[0]._replace(digest=bytes(32))
    liar = lying(cupboard, replace(segment, frames=(frame,)), honest.packs)
    verified = verify(cupboard.store, SCOPE)
    assert problems(verified) == {liar.name: "its index does not fit its packs"}
    repair(cupboard.store, verified)
    assert cupboard.keys() == ["honest"]


def test_an_index_that_is_not_to_be_believed_spoils_its_entry() -> None:
    cupboard = Cupboard()
    liar = lying(cupboard, Segment(entries=(Entry(b"../x", FILE),)), ())
    verified = verify(cupboard.store, SCOPE)
    assert list(problems(verified)) == [liar.name]
    assert "leads elsewhere" in verified.damage[0].problem


def test_frames_across_blocks_are_checked() -> None:
    cupboard = Cupboard()
    packer = Packing(cupboard.store, SCOPE, Index())
    chance = random.Random(1)
    for _ in range(7):
        packer.add(chance.randbytes(1_500_000))
    packer.finish()
    packer.writer.wait()
    name = object_name(SCOPE, packer.writer.packs[0].digest)
    thing = cupboard.store.find(name)
    assert thing
    assert thing.size_bytes > BLOCK_BYTES
    frames = [f for f in packer.writer.frames if f.pack == 0]
    assert len(frames) > 3
    assert check_object(cupboard.store, thing, frames) == ("", ())
    wrong = frames[3]._replace(digest=bytes(32))
    assert check_object(cupboard.store, thing, [*frames[:3], wrong]) == ("", (wrong,))
    beyond = frames[-1]._replace(offset=thing.size_bytes)
    assert check_object(cupboard.store, thing, [beyond]) == ("", (beyond,))


def test_a_store_that_is_away_is_no_damage() -> None:
    class Away(MemoryStore):
        def read_range(self, name: str, offset: int, length: int) -> bytes | None:
            raise StoreError(Fault.UNAVAILABLE, "it is away")

    cupboard = Cupboard(Away)
    cupboard.put("a", {"f": b"1"})
    with pytest.raises(StoreError) as caught:
        verify(cupboard.store, SCOPE)
    assert caught.value.fault is Fault.UNAVAILABLE
    remove_entries(cupboard.store, cupboard.entries())


def test_every_bit_counts() -> None:
    cupboard = Cupboard()
    manifest = cupboard.put("a", {"f": b"some content of a file", "g": b"and another"})
    chance = random.Random(7)
    names = [manifest.name, object_of(manifest), object_of(manifest, "segments")]
    for _ in range(200):
        name = chance.choice(names)
        data = cupboard.store.read(name)
        assert data
        at = chance.randrange(8 * len(data))
        flipped = bytearray(data)
        flipped[at // 8] ^= 1 << at % 8
        cupboard.damage(name, bytes(flipped))
        assert [e.name for e in verify(cupboard.store, SCOPE).spoiled] == [manifest.name]
        cupboard.damage(name, data)
    assert verify(cupboard.store, SCOPE).damage == ()
