"""The engine port: where a build's container comes from.

Promises that every implementation keeps (tests/contracts/engine_contract.py):

- Order: `find_image`/`pull_image`, then `open_container`, then the container's verbs, one at a
  time, from one thread. `close` may be called at any time, twice, and after half a set-up: also
  while a pull that nobody waits for any more still waits for its registry.
- A container lives in its `with` block and not longer, however the block is left. If our own
  process dies, the container stops by itself within seconds.
- A command that fails is a value (`CommandEnd`); `EngineError` is the engine's own fault.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFacts:
    """An engine, for people and for limits; 0 and '' where it does not say."""

    name: str
    api_version: str = ""
    endpoint: str = ""
    cpus: int = 0
    memory_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image that is on the engine. `variables` is its ENV, `NAME=value`; `layers` a count."""

    id: str
    reference: str
    variables: tuple[str, ...] = ()
    platform: str = ""
    size_bytes: int = 0
    layers: int = 0
    labels: tuple[tuple[str, str], ...] = ()


class Privilege(StrEnum):
    """How much of its machine a container may touch, as a Docker daemon inside it must.

    NEAREST: as close to FULL as an engine can come that cannot give that.
    """

    NONE = "none"
    NEAREST = "nearest"
    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A host path or a named volume inside the container; '' is a volume that goes with it."""

    source: str
    target: str
    read_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToPut:
    """A small text file for the container, owned by root; `path` is absolute, lines end in LF."""

    path: str
    text: str = field(repr=False)
    mode: int = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSpec:
    """What a build's container is like; empty and zero mean the engine's default.

    `directories` (path, mode) and `files` are there before all else, in `memory_directories` on no
    disk. Commands whose directory is gone run in `working_directory`. `keep`: it may stay, stopped.
    """

    name: str
    image: Image
    hostname: str = ""
    working_directory: str = "/"
    labels: tuple[tuple[str, str], ...] = ()
    mounts: tuple[Mount, ...] = ()
    network: str = ""
    privilege: Privilege = Privilege.NONE
    cpus: float = 0.0
    memory_bytes: int = 0
    platform: str = ""
    directories: tuple[tuple[str, int], ...] = ()
    memory_directories: tuple[str, ...] = ()
    files: tuple[FileToPut, ...] = ()
    keep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRequest:
    """The text of `/codebuild/output/tmp/script.sh`, run by `shell` as `user` ('' = root).

    stdin is /dev/null; stdout and stderr are one stream, in the order of writing.
    """

    script: str = field(repr=False)
    shell: str = "sh"
    user: str = ""


class Interruption(StrEnum):
    """Why a command must not go on."""

    TIMEOUT = "timeout"
    STOP = "stop"
    KILL = "kill"


class EndKind(StrEnum):
    """How a command ended."""

    EXITED = "exited"
    CONTAINER_GONE = "container-gone"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEnd:
    """A command's end. `exit_status` is 128 + signal for a signal's death.

    For CONTAINER_GONE it is the container's, for INTERRUPTED -1 where the command gave none.
    `out_of_memory`: the kernel has killed for memory. Not `output_is_whole`: its end may be taken.
    """

    kind: EndKind
    exit_status: int
    out_of_memory: bool = False
    output_is_whole: bool = True


Interrupted = Callable[[], Interruption | None]
"""Asked at least four times a second while a command runs; not None = end it."""


class Container(Protocol):
    """A running container of a build."""

    @property
    def id(self) -> str:
        """The engine's name for it."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """Paths that the last `put_tree` kept, of which only here or only there is a directory."""

    def keep(self) -> None:
        """Leave the container behind, stopped, at the end; only where its spec allows that."""

    def put_tree(
        self, directory: str, archive: Iterable[bytes], *, keep_existing: bool = False
    ) -> None:
        """Unpack an uncompressed tar stream below `directory`; everything is owned by root.

        `keep_existing`: what is there already stays as it is; see `left_out`.
        """

    def take_tree(self, paths: Sequence[str]) -> Iterator[bytes]:
        """An uncompressed tar of absolute paths that exist, without their slash; links are links.

        Raises EngineError where the container's tar fails.
        """

    def run(
        self, request: CommandRequest, on_output: Callable[[bytes], None], interrupted: Interrupted
    ) -> CommandEnd:
        """Run one script to its end and hand over every byte that was printed by then.

        An interruption ends it with SIGTERM and, 10 s later (at once for KILL), the container.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLayer:
    """One layer to put on top of `base`, as `reference`.

    `archive`: an uncompressed tar of `size_bytes`, names relative to `/` and none twice, readable
    more than once, with every directory above its members, which get its modes. `removes`: it has
    whiteouts (`.wh.NAME`). `labels` are added to those of `base`.
    """

    base: Image
    reference: str
    labels: tuple[tuple[str, str], ...]
    size_bytes: int
    archive: Iterable[bytes]
    removes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerImage:
    """An image that was made by `add_layer`; `reference` is its id where it has lost its name.

    `size_bytes` is its top layer's, `created_s` Unix time by the engine's clock.
    """

    reference: str
    id: str
    labels: tuple[tuple[str, str], ...]
    size_bytes: int
    created_s: float


@runtime_checkable
class Layers(Protocol):
    """An ability of some engines: images that are another image and one layer more."""

    def add_layer(self, layer: NewLayer) -> Image:
        """Make the image. Raises EngineError where the engine cannot; nothing is left then."""

    def list_layers(self) -> tuple[LayerImage, ...]:
        """All images that `add_layer` made."""

    def drop_layer(self, reference: str) -> bool:
        """Remove such an image; False where a container uses it or it is not there."""


class Engine(Protocol):
    """A container engine."""

    def facts(self) -> EngineFacts:
        """What it is, and what it has."""

    def find_image(self, reference: str, platform: str) -> Image | None:
        """The image of that name, id or digest on this engine, None where it has none."""

    def pull_image(
        self, reference: str, platform: str, on_progress: Callable[[str], None]
    ) -> Image:
        """Fetch an image from its registry. Raises ImageUnavailableError."""

    def open_container(self, spec: ContainerSpec) -> AbstractContextManager[Container]:
        """Create and start one; leaving the block removes it.

        Raises ContainerStartError; PrivilegeRefusedError where it cannot have its privilege.
        """

    def remove_leftovers(self, *, kept_too: bool = False, own_too: bool = False) -> tuple[str, ...]:
        """Remove what dead processes of ours left; also what was kept, or is our own; names."""

    def close(self) -> None:
        """Let go of the connection."""
