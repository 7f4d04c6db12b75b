"""Containers that stay, in memory: found, and entered by programs with answers from a table."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from localbuild.errors import EngineError
from localbuild.ports.engine import CommandEnd, CommandRequest, ContainerSpec, Interrupted
from localbuild.ports.kept import KEPT_OF_LABEL, FoundContainer, ProgramRequest, TerminalSize

_BUILD_LABEL = "dev.localbuild.build"


class Remembered(Protocol):
    """What a scripted container remembers; it is kept once `alive` is over and `kept` is true."""

    spec: ContainerSpec
    alive: bool
    kept: bool
    programs: int

    def run(
        self, request: CommandRequest, on_output: Callable[[bytes], None], interrupted: Interrupted
    ) -> CommandEnd:
        """Answer a script."""


def found(container: Remembered) -> FoundContainer:
    """What the port tells of a container."""
    labels = dict(container.spec.labels)
    return FoundContainer(
        name=container.spec.name,
        build=labels.get(_BUILD_LABEL, ""),
        is_running=container.alive,
        is_kept=container.spec.keep,
        is_asked_for=container.spec.keep and not labels.get(KEPT_OF_LABEL),
    )


def is_kept(container: Remembered) -> bool:
    """Whether it has stopped and stays."""
    return container.kept and not container.alive


def makes_way(old: Remembered, new: Remembered) -> bool:
    """Whether an older container goes because the newer one stays."""
    word = dict(new.spec.labels).get(KEPT_OF_LABEL)
    same = word and dict(old.spec.labels).get(KEPT_OF_LABEL) == word
    return bool(same and new.kept and old is not new and is_kept(old))


class ScriptedProgram:
    """Implements the Program port: the last word is answered as a command's script is."""

    def __init__(self, container: Remembered, words: Sequence[str]) -> None:
        self._container = container
        said: list[bytes] = []
        self.sizes: list[TerminalSize] = []
        self.written = b""
        script = f"\n{words[-1]}\n"
        self._end = container.run(CommandRequest(script=script), said.append, lambda: None)
        self._said: list[bytes] | None = said

    def write(self, data: bytes) -> None:
        """Remember it."""
        self.written += data

    def end_input(self) -> None:
        """Nobody reads it."""

    def read(self, seconds: float) -> list[tuple[bool, bytes]] | None:  # noqa: ARG002 - the port's
        """The answer's output, then its end."""
        said, self._said = self._said, None
        return None if said is None else [(False, piece) for piece in said]

    def resize(self, size: TerminalSize) -> None:
        """Remember it."""
        self.sizes.append(size)

    def status(self) -> int:
        """The answer's."""
        return self._end.exit_status

    def hang_up(self) -> None:
        """It has ended already."""


@contextmanager
def entered(container: Remembered | None, request: ProgramRequest) -> Iterator[ScriptedProgram]:
    """A program in a container that runs, for the block."""
    if container is None or not container.alive:
        raise EngineError("the container does not run")
    container.programs += 1
    try:
        yield ScriptedProgram(container, request.words)
    finally:
        container.programs -= 1
