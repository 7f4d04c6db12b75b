"""The port of containers that stay: found again, entered, and started once more.

Promises (tests/contracts/kept_contract.py):

- A container of ours that may be kept runs only as long as a process of ours holds it: its build,
  or whoever has reopened it. So one that runs is in use, and is nobody's leftover.
- One that was reopened is stopped at the end of its block, and stays; also where our own process
  dies meanwhile.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from localbuild.ports.engine import Container

KEPT_OF_LABEL = "dev.localbuild.kept-of"
"""A container with this label stays until another one with the same value does, and KEPT_DAYS at
most; one without it until it is asked to go.
"""

KEPT_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundContainer:
    """A container of a build. `created_s`: Unix time by the engine's clock.

    `is_kept`: it may stay when it stops; `is_asked_for`: and nothing but a request removes it.
    """

    name: str
    build: str = ""
    created_s: float = 0.0
    is_running: bool = False
    is_kept: bool = False
    is_asked_for: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalSize:
    """Of a terminal, in characters."""

    rows: int
    columns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRequest:
    """A program for a running container, as `user` ('' = root).

    `terminal`: it gets one of that size; None: three streams of their own.
    """

    words: Sequence[str]
    user: str = ""
    terminal: TerminalSize | None = None


class Program(Protocol):
    """A program that runs in a container. Reading and writing may each have a thread of its own."""

    def write(self, data: bytes) -> None:
        """Give it input. Raises OSError where it takes no more."""

    def end_input(self) -> None:
        """Its standard input is at its end; of a terminal that is only a character."""

    def read(self, seconds: float) -> list[tuple[bool, bytes]] | None:
        """What it printed next, as (is stderr, bytes), [] where nothing comes in time; None at its
        end. A terminal's bytes are never stderr's.
        """

    def resize(self, size: TerminalSize) -> None:
        """Its terminal has another size."""

    def status(self) -> int:
        """How it ended, once `read` is at its end. Raises EngineError."""

    def hang_up(self) -> None:
        """End it, where it has not ended by itself."""


@runtime_checkable
class Kept(Protocol):
    """An ability of some engines. All raise EngineError; names are those of a ContainerSpec."""

    def find_container(self, name: str) -> FoundContainer | None:
        """A container of localbuild's, running or kept; None where there is none of that name."""

    def list_kept(self) -> tuple[FoundContainer, ...]:
        """All that have stopped and stay."""

    def reopen_container(self, name: str) -> AbstractContextManager[Container]:
        """Start one that was kept once more, with its files and mounts as they were.

        What lay in memory is gone. Raises ContainerStartError where it is not there, or its network
        or a mount is not.
        """

    def drop_container(self, name: str) -> bool:
        """Remove one that has stopped; False where it runs, or is not there."""

    def enter_container(
        self, name: str, request: ProgramRequest
    ) -> AbstractContextManager[Program]:
        """Start a program in one that runs; it does not outlive the block."""

    def count_programs(self, name: str) -> int:
        """How many programs run in it that were started by `enter_container`, by whomever."""
