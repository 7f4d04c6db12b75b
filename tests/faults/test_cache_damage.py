"""Bits that flip, objects that are cut off or change places: found, told, mended by a save."""

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from localbuild.cache.manifest import decode_manifest
from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.verify import verify
from localbuild.ports.cache import CacheOutcome
from tests.faults.conftest import Tally
from tests.faults.counts import short_and_full
from tests.faults.rooms import SCOPE, Came, FolderContainer, Project, directory, make_root
from tests.trees.compare import Facts, describe, differences

SIZES = (0, 1, 30, 700, 5_000, 70_000, 200_000)
KEYS = ("a", "b", "")
Damage = Callable[[random.Random, list[Path]], list[Path]]


def fill(root: Path, key: str) -> None:
    """A few files; some are the same for every key, so that entries share objects."""
    deps = root / "src/deps"
    (deps / "below").mkdir(parents=True, exist_ok=True)
    for number, size in enumerate(SIZES):
        for name in ("same", f"of {key}"):
            data = random.Random(f"{name} {number}").randbytes(size)
            (deps / f"below/{name} {number}").write_bytes(data)
    (deps / "link").symlink_to("below")


def flip(chance: random.Random, objects: list[Path]) -> list[Path]:
    """One bit of one object."""
    path = chance.choice(objects)
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    put(path, bytes(data))
    return [path]


def truncate(chance: random.Random, objects: list[Path]) -> list[Path]:
    """One object loses its end, or all."""
    path = chance.choice(objects)
    data = path.read_bytes()
    put(path, data[: chance.choice((0, len(data) - 1, chance.randrange(len(data))))])
    return [path]


def swap(chance: random.Random, objects: list[Path]) -> list[Path]:
    """Two objects have each other's bytes."""
    one, other = chance.sample(objects, 2)
    mine, its = one.read_bytes(), other.read_bytes()
    put(one, its)
    put(other, mine)
    return [one, other]


def put(path: Path, data: bytes) -> None:
    """Write an object past the store."""
    path.unlink()
    path.write_bytes(data)
    path.chmod(0o400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A good store with entries that share objects, and what each of them holds."""

    folder: Path
    trees: dict[str, dict[bytes, Facts]]
    needed: dict[str, set[str]]

    @property
    def store(self) -> Path:
        """The one that is damaged."""
        return self.folder / "store"

    def renew(self) -> list[Path]:
        """A good store again; the objects and manifests in it."""
        shutil.rmtree(self.store, ignore_errors=True)
        shutil.copytree(self.folder / "good", self.store)
        found = [p for p in (self.store / "v1").rglob("*") if p.is_file()]
        return sorted(p for p in found if "/o/" in str(p) or "/m/" in str(p))

    def needs(self, key: str, path: Path) -> bool:
        """Whether an entry needs an object or manifest of the store."""
        name = str(path.relative_to(self.store))
        return bool({name, path.name} & self.needed[key])

    def build(self, key: str) -> tuple[Came, dict[bytes, Facts]]:
        """A build of that key in an empty container; what its restore brought there."""
        return build(self.store, self.folder / "root", key)


def build(store: Path, root: Path, key: str) -> tuple[Came, dict[bytes, Facts]]:
    """A build with that key, which makes its files where it has none; what was restored."""
    shutil.rmtree(root, ignore_errors=True)
    make_root(root)
    deps = root / "src/deps"
    brought: dict[bytes, Facts] = {}

    def commands() -> None:
        if deps.exists():
            brought.update(describe(deps))
        for path in deps.rglob("of *"):
            path.unlink()
        (deps / "link").unlink(missing_ok=True)
        fill(root, key)

    came = Project(key=key).build(directory(store), FolderContainer(root=root), commands)
    return came, brought


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    folder = tmp_path_factory.mktemp("shelf")
    good = folder / "good"
    trees: dict[str, dict[bytes, Facts]] = {}
    for key in KEYS:
        assert build(good, folder / "root", key)[0].saved.saved
        trees[key] = describe(folder / "root/src/deps")
    store = DirectoryStore(good)
    needed = {}
    for key in KEYS:
        name = Project(key=key).manifest
        data = store.read(name)
        assert data is not None
        needed[key] = {name, *(o.digest for o in decode_manifest(data).objects)}
    yield Shelf(folder=folder, trees=trees, needed=needed)
    shutil.rmtree(folder)


def test_entries_share_objects_and_each_has_its_own(shelf: Shelf) -> None:
    a, b, unkeyed = (shelf.needed[key] for key in KEYS)
    assert a & b
    assert b & unkeyed
    assert a - b
    assert b - a


def check_one(shelf: Shelf, chance: random.Random, damage: Damage) -> bool:
    """Damage the store and build with one of its keys; whether it was a miss."""
    key = chance.choice(KEYS)
    objects = shelf.renew()
    if chance.random() < 0.8:
        objects = [p for p in objects if shelf.needs(key, p)]
    damaged = damage(chance, objects)
    names = {str(path.relative_to(shelf.store)) for path in damaged}
    mine = {name for name in names if shelf.needs(key, shelf.store / name)}
    came, brought = shelf.build(key)
    hit = came.restored.outcome is CacheOutcome.HIT
    if hit:
        assert differences(shelf.trees[key], brought) == []
        assert all(is_pack(shelf, name) for name in mine), f"{mine} were believed"
    else:
        assert brought == {}
        assert mine
        assert any("is damaged" in line for line in came.warnings), came.warnings
        assert any(name in line for line in came.details for name in mine), came.details
        assert came.saved.saved, came
    for name in names - mine:
        assert not any(name in line for line in came.details)
    check_mended(shelf, key, mended=not hit)
    return not hit


def is_pack(shelf: Shelf, name: str) -> bool:
    """Whether it is an object of which an entry may need only a part."""
    return "/o/" in name and (shelf.folder / "good" / name).read_bytes()[:4] != b"\x28\xb5\x2f\xfd"


def check_mended(shelf: Shelf, key: str, *, mended: bool) -> None:
    """The next build has all of it, and hears of nothing any more."""
    came, brought = shelf.build(key)
    assert came.restored.outcome is CacheOutcome.HIT
    assert set(brought) == set(shelf.trees[key])
    drops = [d for d in differences(shelf.trees[key], brought) if "mtime_ns" not in d]
    assert drops == []
    if mended:
        assert came.warnings == ()
        spoiled = verify(DirectoryStore(shelf.store), SCOPE).spoiled
        assert key not in {entry.key for entry in spoiled if entry.manifest}


@short_and_full(50, 1000)
def test_flipped_bits(shelf: Shelf, chance: random.Random, tally: Tally, count: int) -> None:
    check_all(shelf, chance, flip, count)
    tally("flipped bits that did harm", count)


@short_and_full(10, 200)
def test_truncations(shelf: Shelf, chance: random.Random, tally: Tally, count: int) -> None:
    check_all(shelf, chance, truncate, count)
    tally("truncations that did harm", count)


@short_and_full(10, 200)
def test_swapped_objects(shelf: Shelf, chance: random.Random, tally: Tally, count: int) -> None:
    check_all(shelf, chance, swap, count)
    tally("swapped objects that did harm", count)


@short_and_full(5, 100)
def test_other_entries_mend_themselves_too(
    shelf: Shelf, chance: random.Random, tally: Tally, count: int
) -> None:
    """Also one that was saved upon what nobody knew to be damaged: one more miss at most."""
    for _ in range(count):
        chance.choice((flip, truncate, swap))(chance, shelf.renew())
        for key in ("new", *KEYS):
            shelf.build(key)
            shelf.build(key)
        for key in ("new", *KEYS):
            came, _ = shelf.build(key)
            assert came.restored.outcome is CacheOutcome.HIT, key
            assert came.warnings == ()
        assert verify(DirectoryStore(shelf.store), SCOPE).spoiled == ()
    tally("damaged stores that did not mend", count)


def check_all(shelf: Shelf, chance: random.Random, damage: Damage, count: int) -> None:
    """So many times; some of them are misses."""
    assert sum(check_one(shelf, chance, damage) for _ in range(count)) > 0
