"""Whole builds with a cache: cold, warm, unchanged, changed; against none, and archives."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.cache_build_runs import BuildProject, Built
from benchmarks.cache_changes import change_tree, stage
from benchmarks.cache_local import CHANGED, MOST_BYTES, NAMES, UNCHANGED
from benchmarks.cache_peers import ACTIONS
from benchmarks.cache_rows import PIPELINE, Bound, faster, known, size, within
from benchmarks.cache_trees import Kind
from benchmarks.lab import NODE_MODULES, Lab
from benchmarks.measure import Finding, spread

NOTE = """\
Builds of `localbuild run`; their own records tell the seconds. The tree comes into the first build
by a command. The pipeline unpacks on the engine's file system, outside of any container. The start
of a build is from the beginning of PROVISIONING to the end of DOWNLOAD_SOURCE: everything that the
user waits for before the first command. What a warm restore adds is the greater of that difference
and the restore's own seconds; there the pipeline unpacks on a new file system. A build that changes
files takes a second more than that, as even a short one does: the index is read meanwhile. Nothing
is removed before all is measured."""

ROUNDS = 3
WARM_ROUNDS = 7
FILL = "mkdir -p node_modules && cp -a /tree/. node_modules/"
CHANGE = (
    "cp -a /steps/{turn}/files/. node_modules/ && "
    "cd node_modules && xargs rm -f </steps/{turn}/removed && sleep 1"
)
UNPACK = "zstd -d, tar x"
NO_LAYER, LAYER_NOW = ("--cache-layers", "off"), ("--cache-layers", "wait")
WARM_S = 0.10
WARM_FASTER = 20.0
EXACT_S = 0.05
INTO = 1.2


def builds(lab: Lab) -> Iterator[Finding]:
    """Each tree in a project of its own."""
    for kind in Kind:
        with lab.disk() as disk:
            yield from _Bench(lab, kind, disk).rows()


class _Bench:
    """One tree."""

    def __init__(self, lab: Lab, kind: Kind, disk: Path) -> None:
        self._kind = kind
        self._tree = lab.tree(kind)
        self._disk = disk
        self._steps = disk / "steps"
        self._steps.mkdir()
        self._volume = _Volume(f"bench-{os.getpid()}-{kind.lower()}")
        lab.later.callback(self._volume.drop)
        self._project = self._make_project(lab, "store")
        self._keyed = self._make_project(lab, "keyed")

    def _make_project(self, lab: Lab, name: str) -> BuildProject:
        project = BuildProject(
            name=f"bench-{os.getpid()}-{self._kind.lower()}-{name}",
            folder=self._disk / f"project-{name}",
            cache=str(self._disk / name),
            volumes=(f"{self._tree}:/tree:ro", f"{self._steps}:/steps:ro"),
            options=("--cache-required",),
        )
        lab.later.callback(project.drop)
        return project

    def rows(self) -> Iterator[Finding]:
        """What is claimed of this tree."""
        yield self._first()
        yield self._cold()
        self._project.run("true", *LAYER_NOW)
        yield from self._warm()
        yield from self._changed()
        if self._kind is Kind.A:
            yield self._exact()

    def _first(self) -> Finding:
        """The first build has the files; what it saves is packed for the pipeline, too."""
        built = self._project.run(FILL, *NO_LAYER)
        archive_s = self._pack("first")
        return known(
            f"{NAMES[self._kind]}: first save out of a container, one round",
            f"{built.save_s:.2f} s",
            f"{PIPELINE}: {archive_s:.2f} s",
            f"{archive_s / built.save_s:.2f} ×",
        )

    def _cold(self) -> Finding:
        """Into containers, without a layer."""
        ours, theirs = [], []
        for turn in range(ROUNDS):
            built = self._run("true", *NO_LAYER, layer=False)
            ours.append(built.restore_s)
            os.sync()
            theirs.append(self._unpack(self._volume.place / str(turn)))
        claim = f"{NAMES[self._kind]}: cold restore into a container"
        return within(claim, ours, (UNPACK, spread(theirs)), INTO)

    def _warm(self) -> Iterator[Finding]:
        """With a layer, against the same build without a cache; A also against the pipeline."""
        warm, without, packed, unpacked = [], [], [], []
        for turn in range(WARM_ROUNDS):
            warm.append(self._run("true", *NO_LAYER, layer=True))
            without.append(self._project.run_without("true").start_s)
            if turn < ROUNDS and self._kind is Kind.A:
                packed.append(self._pack(f"same-{turn}"))
                unpacked.append(self._unpack(self._disk / f"unpacked-{turn}"))
        row, more_s = self._start(warm, without)
        yield row
        if self._kind is Kind.A:
            cost_s = max(more_s, spread([built.restore_s for built in warm]).middle)
            claim = f"{NAMES[self._kind]}: what a warm restore adds to a build"
            yield faster(claim, [cost_s], unpacked, Bound(faster=WARM_FASTER), UNPACK)
            saves = [built.save_s for built in warm]
            claim = f"{NAMES[self._kind]}: save in a warm container, nothing changed, no key"
            yield faster(claim, saves, packed, UNCHANGED)

    def _start(self, warm: list[Built], cold: list[float]) -> tuple[Finding, float]:
        """How much later a build starts than without a cache."""
        without = spread(cold)
        starts = spread([built.start_s for built in warm])
        more_s = starts.middle - without.middle
        finding = Finding(
            claim=f"{NAMES[self._kind]}: warm restore, start of a build",
            ours=str(starts),
            theirs=f"without a cache: {without}",
            found=f"{more_s:+.3f} s",
            goal=f"≤ +{WARM_S} s",
            kept=more_s <= WARM_S,
        )
        return finding, more_s

    def _changed(self) -> Iterator[Finding]:
        changed = self._disk / "changed"
        subprocess.run(("cp", "-a", self._tree, changed), check=True)
        saves, packed, written, least = [], [], [], []
        for turn in range(ROUNDS):
            found = change_tree(self._kind, changed, turn)
            stage(changed, found, self._steps / str(turn))
            os.sync()
            built = self._run(CHANGE.format(turn=turn), *LAYER_NOW, layer=True)
            saves.append(built.save_s)
            written.append(built.new_bytes)
            least.append(found.least_bytes)
            packed.append(self._pack(f"changed-{turn}"))
        claim = f"{NAMES[self._kind]}: save in a warm container, 1 % changed"
        yield faster(claim, saves, packed, CHANGED)
        yield size(f"{self._kind}: bytes written, 1 % changed", written, least, MOST_BYTES)

    def _exact(self) -> Finding:
        """After an exact hit on a key nothing is saved."""
        self._keyed.run(FILL, *LAYER_NOW, key="one")
        found = [self._keyed.run("true", *NO_LAYER, key="one") for _ in range(WARM_ROUNDS)]
        if not all("has an entry" in built.reason for built in found):
            raise SystemExit(f"no exact hit: {found}")
        saves = spread([built.save_s for built in found])
        return Finding(
            claim=f"{NAMES[self._kind]}: save after an exact hit on a key",
            ours=str(saves),
            theirs="others save nothing then, either",
            found=f"{saves.middle:.3f} s",
            goal=f"≤ {EXACT_S} s",
            kept=saves.middle <= EXACT_S,
        )

    def _run(self, command: str, *options: str, layer: bool) -> Built:
        built = self._project.run(command, *options)
        if built.outcome != "hit" or built.layer is not layer:
            raise SystemExit(
                f"{self._project.name}: not the restore that is to be measured: {built}"
            )
        return built

    def _archive(self, name: str) -> Path:
        return self._disk / f"{name}{ACTIONS.suffix}"

    def _pack(self, name: str) -> float:
        seconds = ACTIONS.save(self._tree, self._archive(name))
        os.sync()
        return seconds

    def _unpack(self, folder: Path) -> float:
        target = folder / NODE_MODULES
        target.mkdir(parents=True)
        seconds = ACTIONS.restore(self._archive("first"), target)
        os.sync()
        return seconds


class _Volume:
    """A volume of the engine: a folder on the file system where its containers lie."""

    def __init__(self, name: str) -> None:
        self._name = name
        subprocess.run(("docker", "volume", "create", name), check=True, capture_output=True)
        command = ("docker", "volume", "inspect", "-f", "{{.Mountpoint}}", name)
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        self.place = Path(done.stdout.strip())
        if not self.place.is_dir():
            raise SystemExit(f"{self.place} is not on this machine: the engine must be")

    def drop(self) -> None:
        """Remove it."""
        subprocess.run(("docker", "volume", "rm", self._name), check=False, capture_output=True)
