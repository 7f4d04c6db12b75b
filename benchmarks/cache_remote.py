"""An S3 store behind a shaped link, against archives that are packed first and sent then."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import cache_ours as ours
from benchmarks.cache_peers import ACTIONS
from benchmarks.cache_peers_s3 import restore_staged, save_staged
from benchmarks.cache_rows import MB, Bound, faster
from benchmarks.cache_trees import Kind
from benchmarks.lab import NODE_MODULES, Lab
from benchmarks.measure import Finding, timed
from benchmarks.shaped_link import MBIT
from benchmarks.shaped_s3 import BUCKET, ShapedS3, shaped_s3
from localbuild.cache.stores.open import StoreSettings, open_store
from localbuild.ports.store import ByteStore

NOTE = """\
A server in memory on this machine, in a process of its own: 30 ms until an answer begins, 80 MB/s a
connection, plain HTTP. The client is made before the clock starts, as a build makes it beside other
work. The peer packs into a file and then sends it (4 parts of 32 MiB at once), or fetches a file
(8 ranges of 4 MiB at once) and then unpacks it. Three rounds, begun in turns; medians. At 100
Mbit/s there is one round, and the peer is the wire: what the archive of `zstd -3` takes without any
waiting."""

KINDS = (Kind.A, Kind.B)
ROUNDS = 3
AWS = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
SLOW_MBIT = 100
WIRE = 1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Goal:
    """What is claimed at one speed."""

    mbit: int
    save: Bound
    restore: Bound


GOALS = (
    _Goal(mbit=1_000, save=Bound(faster=1.3), restore=Bound(faster=1.5)),
    _Goal(mbit=10_000, save=Bound(faster=2), restore=Bound(faster=2)),
)


def remote(lab: Lab) -> Iterator[Finding]:
    """Each link, each tree."""
    with aws_environment():
        for goal in GOALS:
            for kind in KINDS:
                with shaped_s3(goal.mbit) as server, lab.disk() as disk:
                    yield from _compare(_Place(lab, kind, disk, server), goal)
        for kind in KINDS:
            with shaped_s3(SLOW_MBIT) as server, lab.disk() as disk:
                yield from _wire(_Place(lab, kind, disk, server))


@contextmanager
def aws_environment() -> Iterator[None]:
    """Credentials for the server, and nobody's own."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(AWS)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def open_remote(server: ShapedS3, prefix: str) -> ByteStore:
    """A store on the server, whose client is there."""
    settings = StoreSettings(endpoint_url=server.endpoint_url)
    store = open_store(f"s3://{BUCKET}/{prefix}", settings)
    store.find("first")
    return store


@dataclass(frozen=True, slots=True)
class _Place:
    """A tree, a server for it, and a disk for what comes back."""

    lab: Lab
    kind: Kind
    disk: Path
    server: ShapedS3

    def new(self, name: str) -> Path:
        """A new folder."""
        folder = self.disk / name
        folder.mkdir(parents=True)
        return folder

    def ours(self, turn: int) -> tuple[float, float]:
        """Our save and our restore, in s."""
        store = open_remote(self.server, f"{self.kind}-{turn}")
        try:
            saved, _ = timed(ours.save, self.lab.source(self.kind), store)
            restored, _ = timed(ours.restore, store, self.new(f"ours-{turn}"))
        finally:
            store.close()
        os.sync()
        return saved, restored

    def theirs(self, turn: int) -> tuple[float, float]:
        """The staged pipeline's save and restore, in s."""
        url = f"{self.server.endpoint_url}/{BUCKET}/{self.kind}{turn}{ACTIONS.suffix}"
        packed, fetched = self.disk / f"packed-{turn}", self.disk / f"fetched-{turn}"
        saved = save_staged(ACTIONS, self.lab.tree(self.kind), packed, url)
        os.sync()
        target = self.new(f"theirs-{turn}/{NODE_MODULES}")
        restored = restore_staged(ACTIONS, url, fetched, target)
        os.sync()
        return saved.seconds, restored.seconds


@dataclass(kw_only=True)
class _Found:
    """Saves and restores, in s."""

    saved: list[float] = field(default_factory=list)
    restored: list[float] = field(default_factory=list)

    def add(self, both: tuple[float, float]) -> None:
        """One round."""
        self.saved.append(both[0])
        self.restored.append(both[1])


def _compare(place: _Place, goal: _Goal) -> Iterator[Finding]:
    us, them = _Found(), _Found()
    for turn in range(ROUNDS):
        ways = ((us, place.ours), (them, place.theirs))
        for found, way in ways if turn % 2 == 0 else reversed(ways):
            found.add(way(turn))
    name = f"{place.kind} at {goal.mbit // 1_000} Gbit/s"
    yield faster(f"{name}: first save", us.saved, them.saved, goal.save, "staged")
    yield faster(f"{name}: restore", us.restored, them.restored, goal.restore, "staged")


def _wire(place: _Place) -> Iterator[Finding]:
    """At a slow link only bytes count."""
    archive = place.disk / f"wire{ACTIONS.suffix}"
    ACTIONS.save(place.lab.tree(place.kind), archive)
    size = archive.stat().st_size
    wire_s = size / (SLOW_MBIT * MBIT)
    place.server.take_counts()
    for what, seconds in zip(("first save", "restore"), place.ours(0), strict=True):
        yield Finding(
            claim=f"{place.kind} at {SLOW_MBIT} Mbit/s: {what}, one round",
            ours=f"{seconds:.2f} s",
            theirs=f"{size / MB:.1f} MB by wire: {wire_s:.2f} s",
            found=f"{seconds / wire_s:.2f} × the time",
            goal=f"≤ {WIRE:g} ×",
            kept=seconds <= WIRE * wire_s,
        )
