"""What happens in a build: a union of frozen values, a run's only output.

Every view of a build (console, log files, the record) is made from these values alone.
"""

from dataclasses import dataclass, field
from typing import Literal

from localbuild.events.base import EventBase
from localbuild.events.caching import CacheRestored, CacheSaved, ProjectCache
from localbuild.events.containers import ContainerKept, ContainerStarted
from localbuild.events.outputs import ArtifactUploaded
from localbuild.events.project import BuildSource, EnvironmentVariable
from localbuild.events.reports import ReportMade
from localbuild.events.stand_ins import StandIns
from localbuild.terms import PhaseType, StatusType

CommandList = Literal["commands", "finally"]
Stream = Literal["stdout", "stderr"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildStarted(EventBase):
    """A build begins: everything about it that does not change any more.

    `source_type` is the API's SourceType, or DIRECTORY, for which the API has no word. `until`: the
    last phase that is entered, '' for all. `resumed_from`, `resumed_build`: number and id of the
    build that this one goes on from, 0 and '' for none.
    """

    project: str
    number: int
    arn: str
    initiator: str
    image: str
    source: str
    source_version: str = ""
    resolved_source_version: str = ""
    compute_type: str = ""
    privileged: bool = False
    timeout_s: float = 3600.0
    environment_variables: tuple[EnvironmentVariable, ...] = ()
    cache: ProjectCache = ProjectCache()
    record: str = ""
    planned: int = 0
    auto_retry_limit: int = 0
    auto_retry_number: int = 0
    previous_auto_retry: str = ""
    source_type: str = "DIRECTORY"
    secondary_sources: tuple[BuildSource, ...] = ()
    environment_type: str = "LINUX_CONTAINER"
    debug_session: bool = False
    until: str = ""
    resumed_from: int = 0
    resumed_build: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPlanned(EventBase):
    """The buildspec is read: how many commands each of its phases has, in the file's order."""

    buildspec: str
    phases: tuple[tuple[PhaseType, int], ...]
    planned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStarted(EventBase):
    """A phase is entered."""

    phase: PhaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseContext:
    """Why a phase ended as it did: the API's `PhaseContext`."""

    status_code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseEnded(EventBase):
    """A phase is over. `continued`: it failed and `on-failure: CONTINUE` takes no offence."""

    phase: PhaseType
    status: StatusType
    context: PhaseContext = PhaseContext()
    continued: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRetried(EventBase):
    """A failed phase runs again because its `on-failure` says so; `attempt` counts from 1."""

    phase: PhaseType
    attempt: int
    retries: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandStarted(EventBase):
    """A command of the buildspec begins, or of a runtime; `number` of `total` in its list."""

    phase: PhaseType
    list: CommandList
    number: int
    total: int
    command: str
    file: str
    line: int
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Output(EventBase):
    """Bytes that the build printed, in order; a piece may end anywhere, also inside a line."""

    phase: PhaseType
    data: bytes
    stream: Stream = "stdout"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEnded(EventBase):
    """A command has an exit status. `note` says why, where that is known, `hints` what to do."""

    phase: PhaseType
    list: CommandList
    number: int
    command: str
    file: str
    line: int
    exit_status: int
    duration_s: float
    attempt: int = 0
    note: str = ""
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSkipped(EventBase):
    """A planned command that will not run, and why."""

    phase: PhaseType
    list: CommandList
    number: int
    command: str
    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLine(EventBase):
    """A line of CodeBuild's own that no other event stands for."""

    phase: PhaseType
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned(EventBase):
    """Something that the user should know and that does not change the result.

    `is_note`: it is what was asked for.
    """

    message: str
    code: str = ""
    file: str = ""
    line: int = 0
    hints: tuple[str, ...] = ()
    is_note: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(EventBase):
    """Our own or the world's fault: why the build could not go on, and what to try."""

    message: str
    exit_code: int
    status_code: str
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VariablesExported(EventBase):
    """The values of `exported-variables` after POST_BUILD."""

    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing(EventBase):
    """How long a step of ours took, under its name: for the record's `timings`."""

    name: str
    seconds: float
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildEnded(EventBase):
    """The build is over; `exit_code` is the one the program leaves with."""

    status: StatusType
    exit_code: int
    reason: str = ""
    hints: tuple[str, ...] = field(default=())


Event = (
    BuildStarted
    | BuildPlanned
    | PhaseStarted
    | PhaseEnded
    | PhaseRetried
    | CommandStarted
    | Output
    | CommandEnded
    | CommandSkipped
    | AgentLine
    | Warned
    | Failed
    | VariablesExported
    | CacheRestored
    | CacheSaved
    | ReportMade
    | ArtifactUploaded
    | StandIns
    | ContainerStarted
    | ContainerKept
    | Timing
    | BuildEnded
)
