"""Trees on this machine and a store in a directory, against the others' archives beside it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import cache_ours as ours
from benchmarks.cache_changes import change_tree
from benchmarks.cache_peers import ACTIONS, CODEBUILD, GITLAB, Peer
from benchmarks.cache_rows import MB, Bound, faster, known, size
from benchmarks.cache_trees import Kind
from benchmarks.fresh_disk import drop_caches
from benchmarks.lab import NODE_MODULES, Lab
from benchmarks.measure import Finding, timed
from localbuild.cache.base import Base
from localbuild.cache.stores.directory import DirectoryStore

NOTE = """\
Trees, stores and archives lie on a new ext4 file system; nothing is deleted between timed runs, and
all is written out before each. Five rounds, begun by one and the other in turns, each with the tree
in memory and nothing else; medians. What is read was written just before, so it comes from memory,
either way. A save takes until the build may go on; until it is safe on the disk is a row of its
own, where the others' archives are made to last as well."""

ROUNDS = 5
NAMES = {
    Kind.A: "A (60,000 small files)",
    Kind.B: "B (5,000 files)",
    Kind.C: "C (1 GiB of random bytes)",
}
FULL = {Kind.A: 1.0, Kind.B: 2.0, Kind.C: 1.2}
COLD = {Kind.A: 2.0, Kind.B: 1.5, Kind.C: 1.0}
UNCHANGED = Bound(faster=4, most_s=0.5)
CHANGED = Bound(faster=4)
MOST_BYTES = 1.5


def local(lab: Lab) -> Iterator[Finding]:
    """Each tree on a disk of its own."""
    for kind in Kind:
        with lab.disk() as disk:
            yield from _Bench(lab, kind, disk).rows()
    with lab.disk() as disk:
        yield from _others(lab, disk)


@dataclass(kw_only=True)
class _Times:
    """Seconds, round by round."""

    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)


@dataclass(kw_only=True)
class _Full:
    """Whole saves and restores."""

    saved: _Times = field(default_factory=_Times)
    safe: _Times = field(default_factory=_Times)
    restored: _Times = field(default_factory=_Times)


class _Bench:
    """One tree. Each round has a store, and a tree that was restored from it."""

    def __init__(self, lab: Lab, kind: Kind, disk: Path) -> None:
        self._kind = kind
        self._source = lab.source(kind)
        self._disk = disk
        self._rounds = [
            (DirectoryStore(disk / f"store-{n}"), _new(disk / f"ours-{n}")) for n in range(ROUNDS)
        ]
        self._bases: list[Base] = []
        self._archives = 0

    def rows(self) -> Iterator[Finding]:
        """What is claimed of this tree."""
        yield from self._full()
        if self._kind is Kind.A:
            yield self._unchanged()
        yield from self._changed()

    def _full(self) -> Iterator[Finding]:
        times = _Full()
        for turn in range(ROUNDS):
            _keep_in_memory(self._source)
            ways = (self._ours, self._theirs)
            for way in ways if turn % 2 == 0 else reversed(ways):
                way(turn, times)
        _check_same(self._source, self._rounds[0][1])
        full, cold = Bound(faster=FULL[self._kind]), Bound(faster=COLD[self._kind])
        yield self._row("first save", times.saved, full)
        yield self._row("first save, until it is safe on the disk", times.safe, None)
        yield self._row("cold restore", times.restored, cold)

    def _ours(self, turn: int, times: "_Full") -> None:
        store, target = self._rounds[turn]
        seconds, _ = timed(ours.save, self._source, store)
        times.saved.ours.append(seconds)
        times.safe.ours.append(seconds + timed(store.settle)[0])
        os.sync()
        seconds, base = timed(ours.restore, store, target)
        self._bases.append(base)
        times.restored.ours.append(seconds)
        os.sync()

    def _theirs(self, turn: int, times: "_Full") -> None:
        archive = self._pack(self._source, times.saved, times.safe)
        target = _new(self._disk / f"theirs-{turn}" / NODE_MODULES)
        times.restored.theirs.append(ACTIONS.restore(archive, target))
        os.sync()

    def _unchanged(self) -> Finding:
        times = _Times()
        for (store, source), base in zip(self._rounds, self._bases, strict=True):
            _keep_in_memory(source)
            seconds, kept = timed(ours.save, source, store, base)
            if kept.new_bytes:
                raise SystemExit(f"an unchanged save wrote {kept.new_bytes} bytes")
            times.ours.append(seconds)
            self._pack(source, times)
        return self._row("save, nothing changed", times, UNCHANGED)

    def _changed(self) -> Iterator[Finding]:
        times, written, least = _Times(), [], []
        for turn, ((store, source), base) in enumerate(zip(self._rounds, self._bases, strict=True)):
            least.append(change_tree(self._kind, source / NODE_MODULES, turn).least_bytes)
            _keep_in_memory(source)
            seconds, kept = timed(ours.save, source, store, base)
            times.ours.append(seconds)
            written.append(kept.new_bytes)
            self._pack(source, times)
        yield self._row("save, 1 % changed", times, CHANGED)
        yield size(f"{self._kind}: bytes written, 1 % changed", written, least, MOST_BYTES)

    def _row(self, what: str, times: _Times, bound: Bound | None) -> Finding:
        return faster(f"{NAMES[self._kind]}: {what}", times.ours, times.theirs, bound)

    def _pack(self, source: Path, times: _Times, safe: _Times | None = None) -> Path:
        """The pipeline's save of a tree: its archive."""
        self._archives += 1
        archive = self._disk / f"{self._archives}{ACTIONS.suffix}"
        seconds = ACTIONS.save(source / NODE_MODULES, archive)
        times.theirs.append(seconds)
        after, _ = timed(_make_last, archive)
        if safe is not None:
            safe.theirs.append(seconds + after)
        os.sync()
        return archive


def _others(lab: Lab, disk: Path) -> Iterator[Finding]:
    """The other ways there are, once each; nothing is claimed."""
    store, target = DirectoryStore(disk / "store"), _new(disk / "ours")
    _keep_in_memory(lab.source(Kind.A))
    saved, _ = timed(ours.save, lab.source(Kind.A), store)
    restored, _ = timed(ours.restore, store, target)
    for peer in (CODEBUILD, GITLAB):
        yield from _other(peer, lab.tree(Kind.A), disk, (saved, restored))


def _other(peer: Peer, tree: Path, disk: Path, mine: tuple[float, float]) -> Iterator[Finding]:
    archive, target = disk / f"other{peer.suffix}", _new(disk / peer.name)
    for what, us, them in (
        ("first save", mine[0], peer.save(tree, archive)),
        ("cold restore", mine[1], peer.restore(archive, target)),
    ):
        yield known(
            f"A: {what}, one round",
            f"{us:.2f} s",
            f"{' '.join(peer.tools)} ({peer.name}, {archive.stat().st_size / MB:.0f} MB): "
            f"{them:.2f} s",
            f"{them / us:.1f} ×",
        )


def _keep_in_memory(source: Path) -> None:
    """Have what is in memory be the same in each round: a tree, as a build has just written it."""
    drop_caches()
    for folder, _, names in os.walk(source):
        for name in names:
            with suppress(FileNotFoundError):  # a link to nowhere
                Path(folder, name).read_bytes()


def _make_last(file: Path) -> None:
    """Have the disk keep a file, and its name."""
    for path in (file, file.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _new(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _check_same(one: Path, other: Path) -> None:
    """Raises CalledProcessError where files differ."""
    command = ("diff", "--recursive", "--brief", "--no-dereference", one, other)
    subprocess.run(command, check=True)
