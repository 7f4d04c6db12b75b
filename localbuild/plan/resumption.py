"""Where a build goes on that another one has begun. Pure."""

from dataclasses import dataclass

from localbuild.terms import COMMAND_PHASES, PhaseType

COMMANDS = "commands"
FINALLY = "finally"
_ORDER = tuple(PhaseType)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption:
    """A build goes on in `container`, which the build `build` with its `number` has left behind.

    It begins with the command `command` (from 1) of `list`, or with UPLOAD_ARTIFACTS; `state` names
    the variables and the working directory that it begins with.
    `succeeding`: no command had failed before it. `update_source`: the source is copied over the
    container's files first.
    """

    build: str
    number: int
    container: str
    phase: PhaseType
    list: str = COMMANDS
    command: int = 1
    state: str = ""
    succeeding: bool = True
    update_source: bool = False

    def has_passed(self, phase: PhaseType, list: str, number: int) -> bool:
        """Whether a command is one that ran before, and does not again."""
        if phase is not self.phase:
            return _ORDER.index(phase) < _ORDER.index(self.phase)
        if list != self.list:
            return list == COMMANDS
        return number < self.command


def phases_after(last: PhaseType) -> tuple[PhaseType, ...]:
    """The phases with commands that come after one."""
    return tuple(phase for phase in COMMAND_PHASES if _ORDER.index(phase) > _ORDER.index(last))
