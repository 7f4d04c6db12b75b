"""A cache on the real engine: through its files, through tar, and as a layer of its image."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from localbuild.cache.entries import list_scopes
from localbuild.cache.layer_names import ENTRY_LABEL, SCOPE_LABEL, Parent
from localbuild.cache.layer_order import write_order
from localbuild.cache.layer_plan import LayerPlan
from localbuild.cache.layers import make_layer
from localbuild.cache.service import BuildCache
from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.tiers import Tiers
from localbuild.cache.verify import verify
from localbuild.cache.warm import WarmLayers
from localbuild.container import tar
from localbuild.engines.docker.connection import connect
from localbuild.engines.docker.engine import DockerEngine
from localbuild.plan.cache import CachePlan
from localbuild.ports.cache import CacheContext, CacheOutcome, Restored, Saved
from localbuild.ports.engine import Container, Engine, Image, Layers, NewLayer
from localbuild.sources.memory import MemorySource
from tests.conftest import SMALL, STANDARD
from tests.contracts.busybox import provide_busybox
from tests.integration.cached_containers import (
    brought,
    facts,
    find,
    kept,
    new_source,
    opened,
    root_of,
    told,
)
from tests.trees.compare import DOCUMENTED, Drop, Facts, differences
from tests.trees.zoo import make_zoo
from tests.unit.cache.bench import HashedSource, plan_of
from tests.unit.cache.cupboard import SCOPE, HandClock
from tests.unit.run.scripted_build import TickingClock

pytestmark = pytest.mark.docker

IMAGES = [SMALL, STANDARD]
ZOO = ("zoo/**/*",)
FIND = (
    "cd {} && find . -printf '%p %y %m %s %T@ %n %l %U:%G\\n' | LC_ALL=C sort"
    " && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum"
)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(HandClock())


@pytest.fixture
def source() -> str:
    return new_source()


@pytest.fixture
def afar() -> Iterator[Engine]:
    """The real engine, as if it were on another machine."""
    engine = DockerEngine(replace(connect("", ""), shares_kernel=False))
    yield engine
    engine.close()


@pytest.fixture
def layered(docker_engine: Engine) -> Iterator[Callable[[LayerPlan, MemoryStore], Image]]:
    """Makes layers, which are dropped at the end."""
    assert isinstance(docker_engine, Layers)
    made = []

    def make(plan: LayerPlan, store: MemoryStore) -> Image:
        assert isinstance(docker_engine, Layers)
        below = docker_engine.find_image(plan.below, "") if plan.below else None
        made.append(plan.reference)
        return make_layer(plan, store, docker_engine, below)

    yield make
    for reference in reversed(made):
        docker_engine.drop_layer(reference)


def fill_with_zoo(container: Container, source: str) -> None:
    """A zoo in a container, made from outside, without the times that an engine's layers lose."""
    zoo = make_zoo(root_of(container) / source.lstrip("/") / "zoo")
    for path in (zoo / "times").iterdir():
        if path.name.endswith(("before 1970", "half", "oldest", "newest")):
            os.utime(path, ns=(1, 1), follow_symlinks=False)
            if path.is_dir():
                os.utime(path / "inside", ns=(1, 1))
                os.utime(path, ns=(1, 1))
    os.utime(zoo / "times", ns=(5, 5))


def lost(lines: list[str]) -> list[str]:
    """Differences that are not documented: holes do not go through tar, links have one name."""
    return [line for line in lines if "are allocated" not in line and "link too" not in line]


def timeless(found: Facts) -> Facts:
    return found if found.kind == "file" else replace(found, mtime_ns=0)


# --- near and from afar ---------------------------------------------------------------------------


@pytest.mark.parametrize("reference", [*IMAGES, "busybox"])
def test_both_ways_bring_the_same(
    reference: str, docker_engine: Engine, afar: Engine, store: MemoryStore, source: str
) -> None:
    """Busybox's tar knows whole seconds only."""
    image = find(docker_engine, provide_busybox() if reference == "busybox" else reference)
    drops = DOCUMENTED | {Drop.NANOSECONDS} if reference == "busybox" else DOCUMENTED
    with opened(docker_engine, image, source) as container:
        fill_with_zoo(container, source)
        if reference == "busybox":  # its tar takes no link of 4,095 bytes
            told(container, f"rm {source}/zoo/links/longest")
        manifest, _ = kept(container, source, ZOO, store)
        zoo = facts(container, f"{source}/zoo")
    with opened(docker_engine, image, source) as container:
        assert brought(container, source, manifest, store)[1]
        near = facts(container, f"{source}/zoo")
    with opened(afar, image, source) as container:
        assert not brought(container, source, manifest, store)[1]
        far = facts(container, f"{source}/zoo")
    assert lost(differences(zoo, near)) == []
    if reference == "busybox":  # its tar gives times to files alone
        near, far = ({p: timeless(f) for p, f in found.items()} for found in (near, far))
    assert lost(differences(near, far, drops)) == []


@pytest.mark.parametrize("reference", [*IMAGES, "busybox"])
def test_both_ways_keep_the_same(
    reference: str, docker_engine: Engine, afar: Engine, store: MemoryStore, source: str
) -> None:
    image = find(docker_engine, provide_busybox() if reference == "busybox" else reference)
    with opened(afar, image, source) as container:
        fill_with_zoo(container, source)
        zoo = facts(container, f"{source}/zoo")
        manifest, saved = kept(container, source, ZOO, store)
    assert set(dict(saved.skipped)) <= {"special"}
    with opened(docker_engine, image, source) as container:
        brought(container, source, manifest, store)
        back = facts(container, f"{source}/zoo")
    drops = DOCUMENTED | {Drop.NANOSECONDS} if reference == "busybox" else DOCUMENTED
    assert lost(differences(zoo, back, drops)) == []


# --- layers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("reference", IMAGES)
def test_a_layer_has_what_a_cold_restore_brings(
    reference: str,
    docker_engine: Engine,
    store: MemoryStore,
    source: str,
    layered: Callable[[LayerPlan, MemoryStore], Image],
    tmp_path: Path,
) -> None:
    """To the nanosecond, hard links and all; as seen from outside, and by the container's find."""
    image = find(docker_engine, reference)
    with opened(docker_engine, image, source) as container:
        fill_with_zoo(container, source)
        manifest, _ = kept(container, source, ZOO, store)
    with opened(docker_engine, image, source) as container:
        brought(container, source, manifest, store)
        cold = facts(container, f"{source}/zoo")
        said = told(container, FIND.format(f"{source}/zoo")) if reference == STANDARD else ""
    plan = LayerPlan(manifest=manifest, base=image, source_directory=source, paths=ZOO)
    warm_image = layered(plan, store)
    with opened(docker_engine, warm_image, source) as container:
        warm = facts(container, f"{source}/zoo")
        assert lost(differences(cold, warm, frozenset())) == []
        if said:
            sizes_of_directories(said)
            assert sizes_of_directories(told(container, FIND.format(f"{source}/zoo"))) == (
                sizes_of_directories(said)
            )


def sizes_of_directories(said: str) -> list[str]:
    """Lines without what the file system makes of a directory: its size and its count of links."""
    lines = []
    for line in said.split("\n"):
        head, kind, rest = line.rpartition(" d ")
        if kind:
            mode, _, time_, _, *more = rest.split(" ")
            line = f"{head} d {mode} {time_} {more}"
        lines.append(line)
    return lines


# --- whole builds ---------------------------------------------------------------------------------

PATHS = ("/home/u/x/**/*", "/root/.m2/**/*", "/tmp/c*", "deps/**/*", "/opt/new/deep/**/*")
STAT = "stat -c '%n %a %u %g' / /home /home/u /root /tmp /opt /codebuild"


@dataclass(slots=True)
class Builds:
    """Builds with a cache on the real engine; layers are made at once.

    `before` and `tree` are the cached directories as the last build found and left them. `upper`
    is asked before `store`. Not `keeps_layers`: the engine is one that has none.
    """

    engine: Engine
    image: Image
    store: MemoryStore
    source: str
    layered: Callable[[LayerPlan, MemoryStore], Image]
    plans: list[LayerPlan] = field(default_factory=list)
    before: dict[str, object] = field(default_factory=dict)
    tree: dict[str, object] = field(default_factory=dict)
    upper: MemoryStore | None = None
    keeps_layers: bool = True

    @property
    def asked(self) -> Engine:
        """The engine as the cache sees it."""
        return self.engine if self.keeps_layers else WithoutLayers(self.engine)

    def make(self, plan: LayerPlan) -> str:
        """A layer, now."""
        self.plans.append(plan)
        self.layered(plan, self.store)
        return ""

    def build(
        self, paths: tuple[str, ...], *commands: str, look: str = ""
    ) -> tuple[Restored, Saved, str]:
        """One build: restored, looked at, changed, saved; what the look printed."""
        tiers = Tiers([self.upper, self.store] if self.upper else [self.store])
        layers = WarmLayers(self.make, lambda _: None)
        cache = BuildCache(tiers, layers, TickingClock(), "t")
        plan = plan_of(CachePlan(declared=True, paths=paths, tiers=("memory:",)))
        plan = replace(plan, source=replace(plan.source, directory=self.source))
        context = CacheContext(plan=plan, build="b", variables={}, source=HashedSource())
        try:
            image = cache.prepare(context, self.image, self.asked)
            with opened(self.engine, image, self.source) as container:
                restored = cache.restore(container)
                self.before = self._trees(container, paths)
                said = told(container, look) if look else ""
                for command in commands:
                    told(container, command)
                saved = cache.save(container)
                self.tree = self._trees(container, paths)
            assert (*restored.warnings, *saved.warnings, *cache.finish()) == ()
        finally:
            cache.close()
        return restored, saved, said

    def look_at_source(
        self, paths: tuple[str, ...], files: dict[str, bytes]
    ) -> tuple[list[str], dict[bytes, Facts]]:
        """What a build that begins with that source says of its restore, and what it has then."""
        layers = WarmLayers(None, lambda _: None)
        cache = BuildCache(Tiers([self.store]), layers, TickingClock(), "t")
        plan = plan_of(CachePlan(declared=True, paths=paths, tiers=("memory:",)))
        plan = replace(plan, source=replace(plan.source, directory=self.source))
        tree = MemorySource(files)
        context = CacheContext(plan=plan, build="b", variables={}, source=tree)
        try:
            image = cache.prepare(context, self.image, self.asked)
            assert (image != self.image) is self.keeps_layers
            with opened(self.engine, image, self.source) as container:
                container.put_tree(
                    self.source, tree.open_archive(), keep_existing=cache.holds_files
                )
                restored = cache.restore(container)
                assert restored.outcome is CacheOutcome.HIT
                named = facts(container, self.source) | {
                    b"/opt/kept/" + path: f for path, f in facts(container, "/opt/kept").items()
                }
        finally:
            cache.close()
        del named[b""]  # the source's own directory is as old as this container, as are new ones
        news = (b"deps/file", b"deps/link")
        named |= {p: timeless(named[p]) for p in news if p in named and named[p].kind != "file"}
        return sorted(restored.warnings), named

    def _trees(self, container: Container, paths: tuple[str, ...]) -> dict[str, object]:
        """What the cached directories that are there hold."""
        root = root_of(container)
        places = bases(paths, self.source)
        there = {place: root / place.lstrip("/") for place in places}
        return {
            place: facts(container, place)
            for place, path in there.items()
            if path.is_dir() and not path.is_symlink()
        }


class WithoutLayers:
    """An engine that has no images of ours."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        if name in ("add_layer", "list_layers", "drop_layer"):
            raise AttributeError(name)
        return getattr(self._engine, name)


def bases(paths: tuple[str, ...], source: str) -> list[str]:
    """Where whole directories are cached."""
    found = [path.removesuffix("/**/*") for path in paths if path.endswith("/**/*")]
    return [base if base.startswith("/") else f"{source}/{base}" for base in found]


@pytest.fixture
def peopled(docker_engine: Engine, source: str) -> Iterator[Image]:
    """The standard image with somebody's home, and a link that directories lie behind."""
    assert isinstance(docker_engine, Layers)
    members = (
        tar.directory_header(b"home/", 0o711, 1_000),
        tar.directory_header(b"home/u/", 0o750, 1_000),
        tar.directory_header(b"data/", 0o755, 1_000),
        tar.link_header(b"elsewhere", b"data", 1_000),
    )
    data = b"".join(members) + tar.END
    layer = NewLayer(
        base=find(docker_engine, STANDARD),
        reference=f"localbuild/peopled:{source.rpartition('/')[2]}",
        labels=(),
        size_bytes=len(data),
        archive=[data],
    )
    yield docker_engine.add_layer(layer)
    docker_engine.drop_layer(layer.reference)


@pytest.fixture
def builds(
    docker_engine: Engine,
    peopled: Image,
    store: MemoryStore,
    source: str,
    layered: Callable[[LayerPlan, MemoryStore], Image],
) -> Builds:
    return Builds(engine=docker_engine, image=peopled, store=store, source=source, layered=layered)


MADE = (
    "mkdir -p /home/u/x/a /root/.m2 $SRC/deps/b $SRC/deps/ballast /opt/new/deep",
    "cd /; for f in home/u/x/a/1 root/.m2/2 tmp/c3 opt/new/deep/5; do echo $f > /$f; done",
    "cd $SRC/deps; for n in 0 1 2 3 4 5 6; do echo $n > $n; ln $n b/l$n; done",
    "cd $SRC/deps/ballast; i=0; while [ $i -lt 80 ]; do echo $i > $i; i=$((i + 1)); done",
    "ln -s ../deps $SRC/deps/b/up; chmod 700 $SRC/deps/b; chmod 2770 /home/u/x/a",
    "touch -d @1700000000.123456789 $SRC/deps",
)


def made(source: str) -> list[str]:
    return [command.replace("$SRC", source) for command in MADE]


def test_a_build_starts_with_its_files_and_all_else_is_as_it_was(
    builds: Builds, docker_engine: Engine, peopled: Image, source: str
) -> None:
    """Directories that the files lie in keep their owners and modes."""
    with opened(docker_engine, peopled, source) as container:
        told(container, "mkdir -p /opt")
        wanted = told(container, STAT)
    assert "/home/u 750 0 0" in wanted
    assert "/tmp 1777" in wanted
    assert "/root 700" in wanted
    first, saved, _ = builds.build(PATHS, *made(source))
    assert (first.outcome, saved.saved) == (CacheOutcome.MISS, True)
    tree = builds.tree
    second, again, said = builds.build(PATHS, look=f"{STAT}; cat /tmp/c3")
    assert (second.outcome, second.layer) == (CacheOutcome.HIT, True)
    assert said == f"{wanted}tmp/c3\n"
    assert builds.tree == tree
    assert again.reason == "nothing has changed"
    assert len(builds.plans) == 1


def test_three_increments_stack(builds: Builds, source: str) -> None:
    """Each a small one on top of the one before: changed, added, removed, hard links parted."""
    paths = ("deps/**/*", "/home/u/x/**/*")
    steps = [
        made(source),
        [f"echo changed > {source}/deps/1; rm {source}/deps/2; rm -r /home/u/x/a"],
        [f"rm {source}/deps/b/l3; echo new > {source}/deps/b/new; chmod 600 {source}/deps/4"],
        [f"rm -r {source}/deps/b; echo file > {source}/deps/b; mkdir /home/u/x/a"],
    ]
    trees: list[dict[str, object]] = []
    for number, commands in enumerate(steps):
        restored, saved, _ = builds.build(paths, *commands)
        assert restored.layer == (number > 0)
        assert saved.saved, saved.reason
        if number:
            assert builds.before == trees[-1]
        trees.append(builds.tree)
    restored, _, _ = builds.build(paths)
    assert restored.layer
    assert builds.tree == trees[-1]
    layers = [plan.below for plan in builds.plans]
    assert layers == ["", *(plan.reference for plan in builds.plans[:-1])]
    top = find(builds.engine, builds.plans[-1].reference)
    assert top.layers == builds.image.layers + len(steps)


def test_a_link_on_the_way_makes_no_layer(builds: Builds) -> None:
    """The files go where it leads, restored each time."""
    paths = ("/elsewhere/x/**/*",)
    builds.build(paths, "mkdir /elsewhere/x && echo 1 > /elsewhere/x/1")
    restored, _, said = builds.build(paths, look="cat /data/x/1; ls -ld /elsewhere | cut -c1")
    assert (restored.outcome, restored.layer, said) == (CacheOutcome.HIT, False, "1\nl\n")
    assert builds.plans == []


def test_a_base_that_is_a_link_makes_no_layer(builds: Builds) -> None:
    paths = ("/elsewhere/**/*",)
    builds.build(paths, "echo 1 > /elsewhere/1")
    restored, _, said = builds.build(paths, look="cat /data/1")
    assert (restored.outcome, restored.layer, said) == (CacheOutcome.HIT, False, "1\n")
    assert builds.plans == []


KILLED = """
import json, sys, time
from localbuild.cache.layer_order import read_order
from localbuild.cache.layers import make_layer
from localbuild.cache.stores.directory import DirectoryStore
from localbuild.engines.open import open_engine
from pathlib import Path

class Slow(DirectoryStore):
    reads = 0
    def read_range(self, name, offset, length):
        self.reads += 1
        if self.reads == int(sys.argv[2]):
            print("now", flush=True)
            time.sleep(600)
        return super().read_range(name, offset, length)

engine = open_engine("docker")
make_layer(read_order(json.load(sys.stdin)), Slow(Path(sys.argv[1])), engine, None)
"""


@pytest.mark.parametrize("read", [1, 2, 3])
def test_a_maker_that_is_killed_leaves_no_image(
    read: int, docker_engine: Engine, source: str, tmp_path: Path
) -> None:
    assert isinstance(docker_engine, Layers)
    image = find(docker_engine, SMALL)
    store = DirectoryStore(tmp_path / "store")
    with opened(docker_engine, image, source) as container:
        told(container, f"mkdir {source}/zoo && head -c 9000000 /dev/urandom > {source}/zoo/f")
        manifest, _ = kept(container, source, ZOO, store)
    store.close()
    parents = (Parent("/codebuild", 0o755, 0, 0, 5),)
    plan = LayerPlan(
        manifest=manifest, base=image, source_directory=source, paths=ZOO, parents=parents
    )
    command = [sys.executable, "-c", KILLED, str(tmp_path / "store"), str(read)]
    before = own(docker_engine)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as maker:
        try:
            assert maker.stdin is not None
            assert maker.stdout is not None
            with maker.stdin as order:
                order.write(json.dumps(write_order(plan)).encode())
            line = maker.stdout.readline()
        finally:
            maker.send_signal(signal.SIGKILL)
    assert line == b"now\n"
    assert docker_engine.find_image(plan.reference, "") is None
    assert own(docker_engine) == before


def own(engine: Engine) -> set[str]:
    """This module's layers that are there."""
    assert isinstance(engine, Layers)
    return {
        image.reference
        for image in engine.list_layers()
        if dict(image.labels).get(SCOPE_LABEL) == SCOPE and ENTRY_LABEL in dict(image.labels)
    }


def test_a_hit_of_a_lower_store_leaves_the_upper_one_whole(builds: Builds, source: str) -> None:
    """It began with a layer: what it did not change is in the lower store alone."""
    paths = ("deps/**/*",)
    builds.build(
        paths, f"cd {source}; mkdir deps; for n in 1 2 3 4 5 6; do echo $n > deps/$n; done"
    )
    builds.upper = MemoryStore(HandClock())
    second, saved, _ = builds.build(paths, f"echo new > {source}/deps/new")
    assert (second.layer, saved.saved) == (True, True)
    [scope] = list_scopes(builds.store)
    for store in (builds.upper, builds.store):
        assert verify(store, scope).damage == ()
    third, _, said = builds.build(paths, look=f"cat {source}/deps/*")
    assert (third.layer, said.split()) == (True, ["1", "2", "3", "4", "5", "6", "new"])


# --- where the source is in the way ---------------------------------------------------------------

CACHED = (
    "mkdir -p $SRC/deps/dir/sub $SRC/deps/plain $SRC/other /opt/kept",
    "cd $SRC; for f in deps/file deps/dir/sub/f deps/plain/f other/f; do echo cached > $f; done",
    "echo cached > /opt/kept/f; ln -s nowhere $SRC/deps/link; ln $SRC/deps/file $SRC/deps/twin",
)
CLASHING = ("deps/**/*", "other/**/*", "/opt/kept/**/*")
MET = {
    "a directory where a file is": {"deps/file/mine": b"x", "deps/plain/mine": b"x"},
    "a directory where a link is": {"deps/link/mine": b"x"},
    "a file where a directory is": {"deps/dir": b"x"},
    "a file where the base is": {"other": b"x", "deps/plain/f": b"source's"},
    "all at once": {"deps/file/mine": b"x", "deps/dir": b"x", "other": b"x", "more": b"x"},
    "nothing but files": {"deps/file": b"x", "deps/plain/mine": b"x"},
}


@pytest.mark.parametrize("what", MET)
def test_warm_and_cold_agree_where_the_source_is_in_the_way(
    what: str, builds: Builds, docker_engine: Engine, afar: Engine, source: str
) -> None:
    """The source's stays, and what of the cache is left out is said: by its path, each way."""
    found: dict[str, tuple[list[str], dict[bytes, Facts]]] = {}
    builds.build(CLASHING, *(command.replace("$SRC", source) for command in CACHED))
    for way in ("warm", "cold", "through tar"):
        builds.keeps_layers = way == "warm"
        builds.engine = afar if way == "through tar" else docker_engine
        found[way] = builds.look_at_source(CLASHING, MET[what])
    assert found["warm"][0] == found["cold"][0] == found["through tar"][0]
    assert bool(found["cold"][0]) == (what != "nothing but files")
    for way in ("cold", "through tar"):
        assert lost(differences(found["warm"][1], found[way][1], frozenset())) == []


def test_what_the_cache_has_no_more_does_not_take_the_image_s_along(builds: Builds) -> None:
    """A cold restore leaves what the image has; so must the layers, one upon the other."""
    paths = ("/etc/skel/**/*",)
    look = "cat /etc/skel/.profile | sha256sum"
    wanted = builds.build(paths, "cd /etc/skel; touch 1 2 3 4 5 6 7 8 9", look=look)
    builds.build(paths, "echo ours > /etc/skel/.profile")
    builds.build(paths, "rm /etc/skel/.profile")
    warm, _, said = builds.build(paths, look=look)
    tree = builds.before
    assert (warm.layer, said) == (True, wanted[2])
    builds.keeps_layers = False
    cold, _, said = builds.build(paths, look=look)
    assert (cold.layer, said, builds.before) == (False, wanted[2], tree)


def test_where_the_image_has_nothing_what_is_gone_makes_a_small_layer(
    builds: Builds, source: str, docker_engine: Engine
) -> None:
    assert isinstance(docker_engine, Layers)
    paths = ("/opt/bare/**/*", "deps/**/*")
    builds.build(paths, f"mkdir -p /opt/bare {source}/deps; cd /opt/bare; touch 1 2 3 4 5 6 7 8 9")
    builds.build(paths, "rm /opt/bare/5")
    warm, _, said = builds.build(paths, look="ls /opt/bare")
    assert (warm.layer, said.split()) == (True, list("12346789"))
    assert [plan.bare for plan in builds.plans] == [True, True]
    layers = [find(docker_engine, plan.reference).layers for plan in builds.plans]
    assert layers[1] == layers[0] + 1
