"""One in a hundred files changed, and an S3 store: what goes over the wire, and how long."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks import cache_ours as ours
from benchmarks.cache_build_runs import BuildProject
from benchmarks.cache_builds import CHANGE, FILL, LAYER_NOW
from benchmarks.cache_changes import change_tree, stage
from benchmarks.cache_local import MOST_BYTES
from benchmarks.cache_remote import AWS, aws_environment, open_remote
from benchmarks.cache_rows import MB, known, size
from benchmarks.cache_trees import Kind
from benchmarks.lab import NODE_MODULES, Lab
from benchmarks.measure import Finding, spread, timed
from benchmarks.shaped_s3 import BUCKET, Counts, ShapedS3, shaped_s3
from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.tiers import Tiers

NOTE = """\
The server of cache-remote at 1 Gbit/s; bytes and requests are what it counted. Saves are those of
whole builds of a second, in warm containers, with the S3 store alone; restores are of a machine
whose directory store has the entry of before."""

ROUNDS = 3
MOST_S = 0.3
MBIT = 1_000
KIND = Kind.A


def increments(lab: Lab) -> Iterator[Finding]:
    """Up, then down."""
    with aws_environment(), shaped_s3(MBIT) as server, lab.disk() as disk:
        yield from _up(lab, disk, server)
        yield from _down(lab, disk, server)


def _up(lab: Lab, disk: Path, server: ShapedS3) -> Iterator[Finding]:
    project = BuildProject(
        name=f"bench-{os.getpid()}-s3",
        folder=disk / "project",
        cache=f"s3://{BUCKET}/builds",
        volumes=(f"{lab.tree(KIND)}:/tree:ro", f"{disk / 'steps'}:/steps:ro"),
        options=("--cache-required", "--endpoint-url", server.endpoint_url),
        variables=AWS,
    )
    lab.later.callback(project.drop)
    changed = disk / "changed"
    (disk / "steps").mkdir()
    subprocess.run(("cp", "-a", lab.tree(KIND), changed), check=True)
    project.run(FILL, *LAYER_NOW)
    seconds, counts, least = [], [], []
    for turn in range(ROUNDS):
        found = change_tree(KIND, changed, turn)
        stage(changed, found, disk / "steps" / str(turn))
        server.take_counts()
        built = project.run(CHANGE.format(turn=turn), *LAYER_NOW)
        if not built.layer:
            raise SystemExit(f"not a warm build: {built}")
        counts.append(server.take_counts())
        seconds.append(built.save_s)
        least.append(found.least_bytes)
    yield _quick(f"{KIND}: save in a warm container, 1 % changed", seconds, counts)
    sent = [each.received_bytes for each in counts]
    yield size(f"{KIND}: bytes uploaded, 1 % changed", sent, least, MOST_BYTES)


def _quick(claim: str, seconds: list[float], counts: list[Counts]) -> Finding:
    found = spread(seconds)
    asked = "; ".join(
        f"{len(each.names)} objects in {each.writes} writes, {each.reads} reads" for each in counts
    )
    return Finding(
        claim=claim,
        ours=str(found),
        theirs=f"the whole builds asked S3: {asked}",
        found=f"{found.middle:.3f} s",
        goal=f"≤ {MOST_S} s",
        kept=found.middle <= MOST_S,
    )


def _down(lab: Lab, disk: Path, server: ShapedS3) -> Iterator[Finding]:
    """Another machine has saved; this one has the entry of before in its directory."""
    source = disk / "other"
    source.mkdir()
    subprocess.run(("cp", "-a", lab.tree(KIND), source / NODE_MODULES), check=True)
    other = open_remote(server, "machines")
    tiers = Tiers([DirectoryStore(disk / "upper"), open_remote(server, "machines")])
    with closing(other), closing(tiers):
        kept = ours.save(source, other)
        first_s, _ = timed(ours.restore, tiers.store, _new(disk / "first"), other)
        least, times, counts = [], [], []
        for turn in range(ROUNDS):
            least.append(change_tree(KIND, source / NODE_MODULES, turn).least_bytes)
            kept = ours.save(source, other, ours.based_on(kept))
            server.take_counts()
            target = _new(disk / f"again-{turn}")
            times.append(timed(ours.restore, tiers.store, target, other)[0])
            counts.append(server.take_counts())
    fetched = [each.sent_bytes for each in counts]
    yield size(f"{KIND}: bytes downloaded, 1 % changed elsewhere", fetched, least, MOST_BYTES)
    again = spread(times)
    yield known(
        f"{KIND}: restore of what was changed elsewhere",
        str(again),
        f"all of it from S3: {first_s:.3f} s",
        f"{sum(fetched) / MB / ROUNDS:.2f} MB each",
    )


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
