"""Builds with a cache and without a run around them: a container whose root is a folder."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import O_DIRECTORY, O_RDONLY
from os import open as open_descriptor
from pathlib import Path

from localbuild.buildspec.read import read_buildspec
from localbuild.cache.listener import Listener
from localbuild.cache.service import BuildCache
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.tiers import Tiers
from localbuild.cache.warm import Make, WarmLayers
from localbuild.engines.scripted import Answer, ScriptedContainer, ScriptedEngine
from localbuild.plan.cache import CachePlan
from localbuild.plan.compile import BuildRequest, compile_plan
from localbuild.plan.model import BuildPlan, EnvironmentPlan, SourcePlan
from localbuild.ports.cache import CacheContext, Restored, Saved
from localbuild.ports.engine import CommandRequest, ContainerSpec, Image
from localbuild.ports.source import Source
from localbuild.ports.store import ByteStore, Fault, Stored, StoreError
from localbuild.project.model import Project
from tests.unit.cache.cupboard import HandClock
from tests.unit.cache.workshop import SOURCE
from tests.unit.run.scripted_build import EmptySource, TickingClock

SPEC = b"version: 0.2\nphases: {build: {commands: [make]}}\n"
PLAN = CachePlan(declared=True, key="npm-1", paths=("deps/**/*",), tiers=("/store",))
Files = Mapping[str, str]


class HashedSource(EmptySource):
    """A source of which one file has a hash, whatever is asked for."""

    def __init__(self, files: tuple[tuple[str, str], ...] = (("package.json", "ab" * 32),)) -> None:
        self._files = files

    def hash_files(self, patterns: Sequence[str]) -> tuple[tuple[str, str], ...]:
        return self._files


class FolderContainer(ScriptedContainer):
    """A container whose files are open to us. `closed`: no longer."""

    root: Path

    def open_root(self) -> int | None:
        """The folder."""
        return open_descriptor(self.root, O_RDONLY | O_DIRECTORY)

    def open_changes(self) -> int | None:
        """Nothing is known of them."""
        return None


def folder_container(root: Path, answer: Callable[[CommandRequest], Answer]) -> FolderContainer:
    image = Image(id="scripted:1", reference="scripted:1")
    container = FolderContainer(ContainerSpec(name="c", image=image), answer)
    container.root = root
    (root / "src").mkdir(parents=True, exist_ok=True)
    return container


def no_answer(_: CommandRequest) -> Answer:
    return Answer()


def says(text: bytes) -> Callable[[CommandRequest], Answer]:
    """A shell that gives that for any part of a key."""
    return lambda request: Answer(output=(text + b"\n\0",) if " cat <<" in request.script else ())


class FaultyStore(MemoryStore):
    """Raises `fault` where `verb` is asked for; `asked` counts that."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.fault: Fault | None = None
        self.verb = ""
        self.asked = 0

    def now(self) -> float:
        self._step("now")
        return super().now()

    def read(self, name: str) -> bytes | None:
        self._step("read")
        return super().read(name)

    def read_range(self, name: str, offset: int, length: int) -> bytes | None:
        self._step("read_range")
        data = super().read(name)
        return None if data is None else data[offset : offset + length]

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        self._step("create")
        return super().create(name, pieces)

    def replace(self, name: str, data: bytes) -> None:
        self._step("replace")
        super().replace(name, data)

    def find(self, name: str) -> Stored | None:
        self._step("find")
        return super().find(name)

    def list(self, prefix: str) -> Iterator[Stored]:
        self._step("list")
        return super().list(prefix)

    def freshen(self, name: str) -> bool:
        self._step("freshen")
        return super().freshen(name)

    def remove(self, name: str, seen: Stored | None = None) -> bool:
        self._step("remove")
        return super().remove(name, seen)

    def _step(self, verb: str) -> None:
        if self.fault is not None and verb == self.verb:
            self.asked += 1
            raise StoreError(
                self.fault, f"memory: {verb} fails on purpose", hints=(f"mend {verb}",)
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a build's cache said, and the files that the build began with."""

    restored: Restored
    saved: Saved
    finished: tuple[str, ...]
    hints: Mapping[str, tuple[str, ...]]
    image: Image
    files: Files

    @property
    def warnings(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.restored.warnings, *self.saved.warnings, *self.finished)


@dataclass(slots=True)
class Bench:
    """Runs builds one after the other on the same stores; each has a root of its own."""

    folder: Path
    stores: Sequence[ByteStore] = ()
    clock: HandClock = field(default_factory=HandClock)
    engine: ScriptedEngine = field(default_factory=ScriptedEngine)
    source: Source = field(default_factory=HashedSource)
    answer: Callable[[CommandRequest], Answer] = no_answer
    make: Make | None = None
    told: list[str] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        if not self.stores:
            self.stores = (MemoryStore(self.clock),)

    def open(self) -> BuildCache:
        """The cache of one build."""
        layers = WarmLayers(self.make, lambda _: None)
        listener = Listener(tell=self.told.append)
        return BuildCache(Tiers(self.stores), layers, TickingClock(), "localbuild 0", listener)

    def context(self, plan: CachePlan) -> CacheContext:
        """What is known of a build with that plan."""
        return CacheContext(
            plan=plan_of(plan), build="b:1", variables={"V": "value"}, source=self.source
        )

    def container(self) -> ScriptedContainer:
        """The container of the next build."""
        self.count += 1
        return folder_container(self.folder / str(self.count), self.answer)

    def build(self, plan: CachePlan = PLAN, files: Files | None = None) -> Report:
        """One build: restored, `files` written, saved."""
        cache, container = self.open(), self.container()
        base = self.engine.find_image("scripted:1", "")
        assert base is not None
        try:
            image = cache.prepare(self.context(plan), base, self.engine)
            restored = cache.restore(container)
            found = self.files(container)
            for name, text in (files or {}).items():
                self.write(container, name, text)
            saved = cache.save(container)
            finished = cache.finish()
        finally:
            cache.close()
        return Report(
            restored=restored,
            saved=saved,
            finished=finished,
            hints=cache.hints,
            image=image,
            files=found,
        )

    def files(self, container: ScriptedContainer) -> Files:
        """The files that a container's source has."""
        assert isinstance(container, FolderContainer)
        source = container.root / "src"
        return {
            str(path.relative_to(source)): path.read_text()
            for path in sorted(source.rglob("*"))
            if path.is_file()
        }

    def write(self, container: ScriptedContainer, name: str, text: str) -> None:
        """A file of the build's."""
        assert isinstance(container, FolderContainer)
        path = container.root / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def plan_of(cache: CachePlan) -> BuildPlan:
    """A whole plan with that cache, its source at `/src`."""
    request = BuildRequest(
        project=Project(name="sample"),
        environment=EnvironmentPlan(image="scripted:1", image_reference="scripted:1"),
        source=SourcePlan(location="/somewhere", directory=SOURCE),
        variables=(),
        timeout_s=60.0,
    )
    plan = compile_plan(read_buildspec(SPEC, "buildspec.yml"), request)
    return replace(plan, cache=cache, source=replace(plan.source, directory=SOURCE))
