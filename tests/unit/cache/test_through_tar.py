"""Entries as tars and tars as entries: GNU's, busybox's, Python's, and what is none."""

import io
import os
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

import pytest

from localbuild.cache.index import FILE, LINK
from localbuild.cache.scan import Scanned
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.through_tar import take_entries
from localbuild.engines.scripted import Answer, ScriptedContainer
from localbuild.errors import EngineError
from localbuild.ports.engine import ContainerSpec, Image
from localbuild.ports.store import Fault, StoreError
from tests.contracts.busybox import busybox_program
from tests.trees.compare import Drop, describe, differences
from tests.trees.zoo import make_zoo, open_up
from tests.unit.cache.cupboard import HandClock
from tests.unit.cache.workshop import SOURCE, new_root, parsed, restore, save, save_scan

ZOO = ("zoo/**/*",)
GNU = ("tar", "-c", "--format=posix", "--pax-option=delete=atime,delete=ctime", "-f", "-", "--")
OTHERS = ("tar", "-c", "--format=gnu", "-f", "-", "--")
BUSYBOX = ("busybox", "tar", "-c", "-f", "-", "--")
TARS = {"posix": GNU, "gnu": OTHERS, "busybox": BUSYBOX}
IMAGE = Image(id="i", reference="i")


class Taker(ScriptedContainer):
    """A container whose tar is what somebody wants. `closed` counts trees that were let go of."""

    def __init__(self, pieces: Callable[[Sequence[str]], Iterator[bytes]]) -> None:
        super().__init__(ContainerSpec(name="c", image=IMAGE), lambda _: Answer())
        self._pieces = pieces
        self.closed = 0

    def take_tree(self, paths: Sequence[str]) -> Iterator[bytes]:
        try:
            yield from self._pieces(paths)
        finally:
            self.closed += 1


def packed(root: Path, command: Sequence[str]) -> Taker:
    """A container with that root and that tar."""
    if command[0] == "busybox":
        command = (busybox_program(), *command[1:])

    def pieces(paths: Sequence[str]) -> Iterator[bytes]:
        there = [p.lstrip("/") for p in paths if os.path.lexists(root / p.lstrip("/"))]
        if not there:
            yield bytes(1024)
            return
        with subprocess.Popen([*command, *there], cwd=root, stdout=subprocess.PIPE) as tar:
            assert tar.stdout is not None
            while piece := tar.stdout.read(Random(root.name).randrange(1, 1 << 20)):
                yield piece
        assert tar.returncode == 0

    return Taker(pieces)


def bytes_of(data: bytes) -> Taker:
    return Taker(lambda _: iter([data[at : at + 1000] for at in range(0, len(data), 1000)]))


def taken(container: Taker, paths: Sequence[str] = ZOO) -> Scanned:
    """What is taken out; contents are numbered in their order."""
    found: list[bytes] = []

    def add(data: bytes) -> int:
        found.append(data)
        return len(found) - 1

    return take_entries(container, parsed(paths), add, SOURCE)


@pytest.mark.parametrize("tar", TARS)
def test_a_zoo_comes_out_of_a_container_and_back(tar: str, tmp_path: Path) -> None:
    store = MemoryStore(HandClock())
    old, new = new_root(tmp_path, "old"), new_root(tmp_path, "new")
    zoo = make_zoo(old / "src/zoo")
    container = packed(old, TARS[tar])
    kept = save_scan(lambda add, _: take_entries(container, parsed(ZOO), add, SOURCE), ZOO, store)
    assert set(dict(kept.files.skipped)) <= {"special"}
    restore(kept.manifest, new, store)
    drops = {Drop.OWNER, Drop.SPECIAL_BITS, Drop.SPECIALS, Drop.XATTRS}
    if tar != "posix":
        drops.add(Drop.NANOSECONDS)
    lost = differences(describe(zoo), describe(new / "src/zoo"), frozenset(drops))
    lost = [line for line in lost if "are allocated" not in line]  # tar knows no holes
    if tar == "busybox":  # nor does this one know times that octal digits cannot hold
        lost = [line for line in lost if "b'times/" not in line]
    assert len(lost) == 1  # of a link with two names each is one
    assert "hard/link too" in lost[0]
    assert container.closed == 1
    open_up(zoo)
    open_up(new / "src/zoo")


@pytest.mark.parametrize("tar", TARS)
def test_what_is_taken_is_what_a_scan_finds(tar: str, tmp_path: Path) -> None:
    """Paths of all kinds; one base in another, whose files tar gives twice."""
    paths = ("d/**/*", "d/sub/**/*", "/opt/**/*.txt", "*.lock", "none/**/*", "**/*.all")
    root = new_root(tmp_path)
    for name in ("src/d/a", "src/d/sub/b", "opt/x/c.txt", "opt/x/c", "src/e.lock", "src/f/g.all"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
        os.utime(root / name, ns=(5_000_000_000, 5_000_000_000))
    os.link(root / "src/d/sub/b", root / "src/d/sub/c")
    for name in (".git/x.all", ".localbuild/x.all"):
        (root / "src" / name).parent.mkdir()
        (root / "src" / name).write_text("no")
    for folder in ("src/d/sub", "src/d"):
        os.utime(root / folder, ns=(6_000_000_000, 6_000_000_000))
    scanned = save(root, paths, MemoryStore(HandClock())).files.index.entries
    found = taken(packed(root, TARS[tar]), paths).entries
    assert {p: e._replace(contents=()) for p, e in found.items()} == {
        p: e._replace(contents=()) for p, e in scanned.items()
    }


def test_a_link_to_a_file_that_is_not_cached_is_told(tmp_path: Path) -> None:
    root = new_root(tmp_path)
    (root / "src/a").write_text("x")
    os.link(root / "src/a", root / "src/b.lock")
    found = taken(packed(root, GNU), ("*.lock",))
    assert (dict(found.entries), dict(found.skipped)) in (
        ({}, {"link to a file that is not cached": 1}),
        ({b"b.lock": found.entries.get(b"b.lock")}, {}),
    )


def archive_of(*members: tuple[str, bytes, str], data: bytes = b"") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:", format=tarfile.PAX_FORMAT) as archive:
        for name, kind, link in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, link, len(data) if kind == b"0" else 0
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def test_a_container_may_say_what_it_wants() -> None:
    """Its tar may be the build's own: what leads elsewhere is not of the cache's paths."""
    data = archive_of(
        ("src/zoo/../../etc/passwd", b"0", ""),
        ("/etc/passwd", b"0", ""),
        ("src/zoo/hard", b"1", "etc/shadow"),
        ("src/zoo/self", b"1", "src/zoo/self"),
        ("src/zoo/link", b"2", "/etc"),
        ("src/zoo/hard to it", b"1", "src/zoo/link"),
        ("src/zoo/null", b"3", ""),
        ("src/zoo/" + "d/" * 300 + "f", b"0", ""),
        ("src/zoo/fine", b"0", ""),
        ("src/zoo/fine", b"2", "/etc"),
    )
    found = taken(bytes_of(data))
    kinds = {path: entry.kind for path, entry in found.entries.items()}
    assert kinds.pop(b"zoo/../../etc/passwd", FILE) == FILE  # no index with it is believed
    assert kinds == {b"zoo/link": LINK, b"zoo/hard to it": LINK, b"zoo/fine": FILE}
    assert found.skipped == {
        "link to a file that is not cached": 2,
        "special": 1,
        "too deep": 1,
    }


GOOD = archive_of(("src/zoo/a", b"0", ""), ("src/zoo/b", b"0", ""), data=b"x" * 5000)


@pytest.mark.parametrize("length", [1, 511, 513, 1024, 5000, 6000, 8000])
def test_an_archive_that_is_cut_off_is_a_fault(length: int) -> None:
    container = bytes_of(GOOD[:length])
    with pytest.raises(EngineError, match="no archive"):
        taken(container)
    assert container.closed == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"no tar at all", b"\xff" * 2048, GOOD[:512].replace(b"ustar", b"xxxxx") + GOOD[512:]],
)
def test_what_is_no_archive_is_a_fault(data: bytes) -> None:
    with pytest.raises(EngineError, match="no archive"):
        taken(bytes_of(data))


@pytest.mark.parametrize("seed", range(60))
def test_an_archive_of_nonsense_is_a_fault_or_has_other_members(seed: int) -> None:
    random = Random(seed)
    data = bytearray(GOOD)
    for _ in range(seed % 20 + 1):
        data[random.randrange(len(data))] = random.randrange(256)
    try:
        found = taken(bytes_of(bytes(data)))
    except EngineError:
        return
    assert found.entries.keys() <= {p for p in found.entries if p.startswith(b"zoo/")} | {b"zoo"}


def test_a_tar_that_fails_at_its_end_is_a_fault() -> None:
    """All members are there, and then it says that it could not read one."""

    def pieces(_: Sequence[str]) -> Iterator[bytes]:
        yield GOOD
        yield bytes(10240)
        raise EngineError("tar: status 2")

    with pytest.raises(EngineError, match="status 2"):
        taken(Taker(pieces))


def test_pieces_of_nothing_are_no_end() -> None:
    container = Taker(lambda _: iter([b"", GOOD[:700], b"", b"", GOOD[700:], b""]))
    assert set(taken(container).entries) == {b"zoo/a", b"zoo/b"}


def test_a_store_that_fails_lets_go_of_the_container() -> None:
    def add(_: bytes) -> int:
        raise StoreError(Fault.FULL, "full")

    container = bytes_of(GOOD)
    with pytest.raises(StoreError, match="full"):
        take_entries(container, parsed(ZOO), add, SOURCE)
    assert container.closed == 1
