"""Sets a build's states aside, for whoever enters its container later or goes on in it.

A state is what the next command would begin with: variables and working directory. Values that are
secrets stay in memory, and go with the container.
"""

from typing import Protocol

from localbuild.container.driver import setup_script
from localbuild.container.said import Said
from localbuild.plan.course import Course
from localbuild.plan.model import BuildPlan
from localbuild.plan.script import DIRECTORY_FILE, ENV_FILE, state_file, variables_script
from localbuild.plan.states import (
    FILES,
    KEPT_DIR,
    LAST,
    STATES_DIR,
    after_command,
    before_command,
    copy_script,
    exported_names,
    failure_script,
    phase_state,
)
from localbuild.ports.credentials import VARIABLES
from localbuild.ports.engine import CommandRequest, Container, EndKind
from localbuild.ports.mask import Mask
from localbuild.run.deadline import Deadline
from localbuild.run.reporter import Reporter
from localbuild.run.steps import Step
from localbuild.terms import PhaseType

_PATIENCE_S = 20.0
_MOST_BYTES = 16 * 1024 * 1024


class States(Protocol):
    """Hears of the moments whose state somebody may want."""

    @property
    def are_wanted(self) -> bool:
        """Whether anybody will."""

    def phase_begins(self, phase: PhaseType) -> None:
        """Before the first command of a phase."""

    def command_failed(self, step: Step) -> None:
        """After a command that has failed."""


class NoStates:
    """For a container that goes with its build."""

    are_wanted = False

    def phase_begins(self, phase: PhaseType) -> None:
        """Nobody wants it."""

    def command_failed(self, step: Step) -> None:
        """Nobody wants it."""


class KeptStates:
    """For a container that may stay. It has time limits of its own, so that a stop changes nothing.

    `save` is for a container whose states lie in memory.
    """

    are_wanted = True

    def __init__(
        self, plan: BuildPlan, container: Container, reporter: Reporter, mask: Mask
    ) -> None:
        self.plan = plan
        self._course = Course(plan)
        self._container = container
        self._reporter = reporter
        self._mask = mask
        self._made: dict[str, None] = {}
        self._ended = False

    def phase_begins(self, phase: PhaseType) -> None:
        """Not where the phase itself goes on: then that state is there already."""
        if not self._course.why_passed(phase, "commands", 1):
            state = phase_state(phase)
            self._made[state] = None
            self._run(copy_script(state))

    def command_failed(self, step: Step) -> None:
        """Keep what it began with, and what it has left."""
        place = (step.phase.type, step.list, step.number)
        before, after = before_command(*place), after_command(*place)
        self._made |= {before: None, after: None}
        self._run(failure_script(before, after))

    def save(self) -> tuple[str, ...]:
        """Write the states to the container's disk without secrets; the names that these have."""
        env, directory = FILES
        folders = {LAST: (ENV_FILE, DIRECTORY_FILE)}
        for state in self._made:
            folders[state] = (f"{STATES_DIR}/{state}/{env}", f"{STATES_DIR}/{state}/{directory}")
        files: list[tuple[str, str, int]] = []
        hidden: dict[str, None] = {}
        for state, (variables, place) in folders.items():
            found = dict(self._variables(variables))
            secret = [name for name, value in found.items() if self._is_secret(name, value)]
            hidden |= dict.fromkeys(secret)
            shown = ((name, value) for name, value in found.items() if name not in hidden)
            where = _text(self._run(f"cat {place}\n"))
            if self._mask.text(where) != where:
                where = self.plan.source.directory
            files.append((f"{KEPT_DIR}/{state}/{env}", state_file(shown), 0o644))
            files.append((f"{KEPT_DIR}/{state}/{directory}", where, 0o644))
        folders_made = [(KEPT_DIR, 0o755), *((f"{KEPT_DIR}/{s}", 0o755) for s in folders)]
        self._run(setup_script(folders_made, files))
        return tuple(hidden)

    def _variables(self, file: str) -> list[tuple[str, str]]:
        names = exported_names(self._run(f"cat {file}\n"))
        if not names:
            return []
        values = _text(self._run(variables_script(names, file))).split("\0")
        pairs = zip(names, values, strict=False)
        return [(name, value[1:]) for name, value in pairs if value.startswith("=")]

    def _is_secret(self, name: str, value: str) -> bool:
        named = name in VARIABLES or any(secret.name == name for secret in self.plan.secrets)
        return named or self._mask.text(value) != value

    def _run(self, script: str) -> bytes:
        """What it prints; nothing where the container has ended, or the script fails."""
        if self._ended:
            return b""
        said = Said(_MOST_BYTES)
        limit = Deadline(self._reporter.clock, _PATIENCE_S, lambda: None)
        request = CommandRequest(script=script, shell=self.plan.shell)
        end = self._container.run(request, said.take, limit)
        self._ended = end.kind is not EndKind.EXITED
        good = end.kind is EndKind.EXITED and end.exit_status == 0 and said.is_whole
        return said.data() if good else b""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
