"""The plan: everything that a build will do, as plain data, before anything is started."""

from dataclasses import dataclass, field
from enum import StrEnum

from localbuild.plan.cache import CachePlan
from localbuild.plan.on_failure import FailurePlan
from localbuild.plan.outputs import ArtifactsPlan, ReportPlan
from localbuild.plan.resumption import COMMANDS, FINALLY, Resumption, phases_after
from localbuild.plan.runtime_versions import PlannedRuntime
from localbuild.terms import PhaseType, VariableType


class Origin(StrEnum):
    """Who set a value; later ones win over earlier ones."""

    IMAGE = "image"
    CODEBUILD = "codebuild"
    BUILDSPEC = "buildspec"
    PROJECT = "project"
    OPTION = "option"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedVariable:
    """An environment variable of the build and who set it."""

    name: str
    value: str = field(repr=False)
    origin: Origin


SHOWN = "***"
"""What is shown of a secret value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSecret:
    """A variable whose value is fetched when the build begins, and is never in the plan.

    `reference` is as written; for type PLAINTEXT (`--secret`) there is none. `file` and `line` say
    where, '' and 0 for the command line.
    """

    name: str
    type: VariableType
    origin: Origin
    reference: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCommand:
    """A command as written, and where it stands."""

    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhasePlan:
    """One of the four command phases. `declared`: it stands in the buildspec.

    `skipped`: none of its commands is to run, since the user wants it so.
    """

    type: PhaseType
    declared: bool = False
    skipped: bool = False
    user: str = ""
    on_failure: FailurePlan | None = None
    commands: tuple[PlannedCommand, ...] = ()
    finally_: tuple[PlannedCommand, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMount:
    """A host path or named volume inside the container.

    `file_system`: the identifier of the project's file system that it stands for.
    """

    source: str
    target: str
    read_only: bool = False
    file_system: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStub:
    """A command that is stood in for: whoever calls it gets `output`, and success."""

    command: str
    output: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentPlan:
    """The build environment: CodeBuild's `environment`, in a container's terms.

    `image` is the name that the build asked for, `image_reference` the one the engine is asked for.
    `aws_credentials`: how the build gets the user's own: none, env, endpoint.
    """

    image: str
    image_reference: str
    platform: str = ""
    compute_type: str = ""
    cpus: float = 0.0
    memory_bytes: int = 0
    privileged: bool = False
    network: str = ""
    pull: str = "missing"
    mounts: tuple[PlannedMount, ...] = ()
    ca_bundle: bool = False
    stubs: tuple[PlannedStub, ...] = ()
    aws_credentials: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlan:
    """Where a source comes from and lies. `type`: the API's SourceType, or DIRECTORY, or GIT.

    `identifier`: '' for the primary one. `repository`: `host/path` where a git host has it.
    """

    location: str
    directory: str
    mode: str = "copy"
    include_ignored: bool = False
    version: str = ""
    resolved_version: str = ""
    repo_url: str = ""
    type: str = "DIRECTORY"
    identifier: str = ""
    repository: str = ""
    git_clone_depth: int = 0
    fetch_submodules: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that the user should know about the plan.

    `line`: where in the file, 0 where it stands in none. `file`: '' for the buildspec.
    """

    code: str
    message: str
    file: str = ""
    line: int = 0
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPlan:
    """A whole build. `phases` are always the four command phases, in the order of running.

    `isolated`: version 0.1, where nothing carries over from one command to the next.
    `buildspec` is the host's file, `buildspec_location` what CodeBuild's log calls it.
    `syntax_warning` is the service's log entry about keys that it does not know.
    `debug_session`: `codebuild-breakpoint` pauses it.
    `declared_phases` counts the commands of the phases in the file's order.
    `until`: the last phase that is entered. `resumed`: the build goes on where another one ended.
    """

    project: str
    version: str
    buildspec: str
    buildspec_location: str
    shell: str = "sh"
    shell_selected: bool = False
    isolated: bool = False
    environment: EnvironmentPlan
    source: SourcePlan
    secondary_sources: tuple[SourcePlan, ...] = ()
    region: str = "us-east-1"
    account: str = "000000000000"
    initiator: str = ""
    timeout_s: float = 3600.0
    debug_session: bool = False
    variables: tuple[PlannedVariable, ...] = ()
    phases: tuple[PhasePlan, ...] = ()
    declared_phases: tuple[tuple[PhaseType, int], ...] = ()
    exported_variables: tuple[str, ...] = ()
    runtime_versions: tuple[PlannedRuntime, ...] = ()
    cache: CachePlan = CachePlan()
    artifacts: tuple[ArtifactsPlan, ...] = ()
    reports: tuple[ReportPlan, ...] = ()
    secrets: tuple[PlannedSecret, ...] = ()
    notices: tuple[Notice, ...] = ()
    syntax_warning: str = ""
    until: PhaseType | None = None
    resumed: Resumption | None = None

    @property
    def planned_commands(self) -> int:
        """How many commands are to run, `finally` included."""
        beyond = phases_after(self.until) if self.until else ()
        wanted = (p for p in self.phases if not p.skipped and p.type not in beyond)
        return sum(
            not (self.resumed and self.resumed.has_passed(phase.type, list, number))
            for phase in wanted
            for list, commands in ((COMMANDS, phase.commands), (FINALLY, phase.finally_))
            for number in range(1, len(commands) + 1)
        )
