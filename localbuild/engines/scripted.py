"""An engine in memory: commands are answered from a table. A whole run is testable on it."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from localbuild.engines.files import MemoryFiles
from localbuild.engines.memory_kept import entered, found, is_kept, makes_way
from localbuild.engines.memory_layers import MemoryLayers
from localbuild.errors import (
    ContainerStartError,
    EngineError,
    ImageUnavailableError,
    PrivilegeRefusedError,
)
from localbuild.ports.engine import (
    CommandEnd,
    CommandRequest,
    ContainerSpec,
    EndKind,
    EngineFacts,
    Image,
    Interrupted,
    LayerImage,
    NewLayer,
    Privilege,
)
from localbuild.ports.kept import FoundContainer, Program, ProgramRequest

_POLL_S = 0.01
Entering = AbstractContextManager[Program]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command does: prints `output`, then ends.

    `runs_on`: it goes on until it is interrupted. `ends_container`: nothing can run after it.
    """

    output: tuple[bytes, ...] = ()
    exit_status: int = 0
    out_of_memory: bool = False
    runs_on: bool = False
    ends_container: bool = False


@dataclass(slots=True)
class ScriptedContainer:
    """A container that only remembers: scripts that ran, bytes that were unpacked."""

    spec: ContainerSpec
    answer: Callable[[CommandRequest], Answer]
    requests: list[CommandRequest] = field(default_factory=list)
    trees: dict[str, bytes] = field(default_factory=dict)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    alive: bool = True
    kept: bool = False
    programs: int = 0
    left_out: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The engine's name for it."""
        return self.spec.name

    def keep(self) -> None:
        """Remember that it is to be kept."""
        self.kept = True

    def put_tree(
        self, directory: str, archive: Iterable[bytes], *, keep_existing: bool = False
    ) -> None:
        """Remember the archive, and what would be unpacked from it."""
        self.trees[directory] = b"".join(archive)
        self.left_out = self.files.put(
            directory, self.trees[directory], keep_existing=keep_existing
        )

    def take_tree(self, paths: Sequence[str]) -> Iterator[bytes]:
        """What was put there."""
        if not self.alive:
            raise EngineError("the build container ended")
        yield from self.files.take(paths)

    def run(
        self, request: CommandRequest, on_output: Callable[[bytes], None], interrupted: Interrupted
    ) -> CommandEnd:
        """Answer the request from the table."""
        if not self.alive:
            return CommandEnd(kind=EndKind.CONTAINER_GONE, exit_status=137)
        self.requests.append(request)
        answer = self.answer(request)
        for piece in answer.output:
            on_output(piece)
        while answer.runs_on and interrupted() is None:
            time.sleep(_POLL_S)
        return self._end(answer, interrupted)

    def _end(self, answer: Answer, interrupted: Interrupted) -> CommandEnd:
        if interrupted() is not None:
            return CommandEnd(kind=EndKind.INTERRUPTED, exit_status=143)
        if answer.ends_container:
            self.alive = False
            return CommandEnd(
                kind=EndKind.CONTAINER_GONE,
                exit_status=answer.exit_status or 137,
                out_of_memory=answer.out_of_memory,
            )
        return CommandEnd(
            kind=EndKind.EXITED,
            exit_status=answer.exit_status,
            out_of_memory=answer.out_of_memory,
        )


class ScriptedEngine:
    """Implements the ports Engine, Kept and Layers without an engine.

    `answers` maps a command's text to what it does; any other command succeeds in silence.
    `images` are on the engine, `registry` can be pulled, `privileges` can be given.
    """

    def __init__(
        self,
        answers: Mapping[str, Answer] | None = None,
        *,
        images: Iterable[str] = ("scripted:1",),
        registry: Iterable[str] = (),
        privileges: Iterable[Privilege] = tuple(Privilege),
    ) -> None:
        self.containers: list[ScriptedContainer] = []
        self.layers = MemoryLayers()
        self._answers = dict(answers or {})
        self._images = set(images)
        self._registry = set(registry)
        self._privileges = set(privileges)

    def facts(self) -> EngineFacts:
        """What it is."""
        return EngineFacts(name="scripted", cpus=2)

    def find_image(self, reference: str, platform: str) -> Image | None:
        """The image, if it is one of `images` or has a layer on top of one."""
        if layered := self.layers.find(reference):
            return layered
        if reference not in self._images:
            return None
        variables = ("PATH=/usr/bin:/bin",)
        return Image(
            id=reference, reference=reference, variables=variables, platform=platform, layers=1
        )

    def pull_image(
        self, reference: str, platform: str, on_progress: Callable[[str], None]
    ) -> Image:
        """The image, if it is one of `registry`; it is on the engine from then on."""
        if reference not in self._registry:
            raise ImageUnavailableError(f"manifest for {reference} not found")
        on_progress("Pulling")
        self._images.add(reference)
        return Image(id=reference, reference=reference, platform=platform)

    @contextmanager
    def open_container(self, spec: ContainerSpec) -> Iterator[ScriptedContainer]:
        """A container for the block."""
        reference = spec.image.reference
        if reference not in self._images and self.layers.find(reference) is None:
            raise ContainerStartError(f"no such image: {reference}")
        if spec.privilege not in self._privileges:
            raise PrivilegeRefusedError(f"{spec.privilege}: operation not permitted")
        container = ScriptedContainer(spec, self._answer)
        self.layers.fill(reference, container.files)
        self.containers.append(container)
        try:
            yield container
        finally:
            container.alive = False
            self.containers = [c for c in self.containers if not makes_way(c, container)]

    def add_layer(self, layer: NewLayer) -> Image:
        """Keep an image with one layer more."""
        return self.layers.add(layer)

    def list_layers(self) -> tuple[LayerImage, ...]:
        """What `add_layer` made."""
        return self.layers.list()

    def drop_layer(self, reference: str) -> bool:
        """Forget such an image, unless a container uses it."""
        used = any(c.alive and c.spec.image.reference == reference for c in self.containers)
        return not used and self.layers.drop(reference)

    def find_container(self, name: str) -> FoundContainer | None:
        """A container that runs or was kept."""
        container = self._find(name)
        return found(container) if container else None

    def list_kept(self) -> tuple[FoundContainer, ...]:
        """Those that were kept."""
        return tuple(found(c) for c in self.containers if is_kept(c))

    @contextmanager
    def reopen_container(self, name: str) -> Iterator[ScriptedContainer]:
        """A kept one, alive again for the block."""
        container = self._find(name)
        if container is None or container.alive:
            raise ContainerStartError(f"container {name} is not there any more")
        container.alive = True
        try:
            yield container
        finally:
            container.alive = False

    def drop_container(self, name: str) -> bool:
        """Forget one that was kept."""
        gone = [c for c in self.containers if c.spec.name == name and is_kept(c)]
        self.containers = [c for c in self.containers if c not in gone]
        return bool(gone)

    def enter_container(self, name: str, request: ProgramRequest) -> Entering:
        """A program that is answered from the table."""
        return entered(self._find(name), request)

    def count_programs(self, name: str) -> int:
        """How many have not ended."""
        return container.programs if (container := self._find(name)) else 0

    def _find(self, name: str) -> ScriptedContainer | None:
        named = (c for c in self.containers if c.spec.name == name)
        return next((c for c in named if c.alive or c.kept), None)

    def remove_leftovers(self, *, kept_too: bool = False, own_too: bool = False) -> tuple[str, ...]:
        """Containers that were kept, where `kept_too`, and that still run, where `own_too`."""
        kept = [c for c in self.containers if c.kept and not c.alive and kept_too]
        own = [c for c in self.containers if own_too and c.alive and not c.spec.keep]
        for container in own:
            container.alive = False
        self.containers = [c for c in self.containers if c not in kept]
        return tuple(c.id for c in (*kept, *own))

    def close(self) -> None:
        """Nothing to let go of."""

    def _answer(self, request: CommandRequest) -> Answer:
        """The answer of the command that stands in the script on lines of its own."""
        script = f"\n{request.script}\n"
        found = (a for text, a in self._answers.items() if f"\n{text}\n" in script)
        return next(found, Answer())
