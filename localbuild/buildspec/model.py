"""The buildspec document as frozen values: one class a mapping of the buildspec reference.

Every scalar keeps its source text and its place (`Text`), because the service takes scalars as
they are written: `NO`, `3.10` and `007` stay what they are.
Source: "Build specification reference for CodeBuild", "Batch build buildspec reference".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from localbuild.errors import Place, Problem
from localbuild.terms import OnFailureAction, PhaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A scalar: its text as written (after YAML quoting) and where it stands.

    `block`: it is a literal block, whose lines are those after the one of its place.
    """

    value: str
    place: Place
    block: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A name with a value: `env.variables`, `parameter-store`, `secrets-manager`."""

    name: Text
    value: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Env:
    """`env`; in version 0.1 `environment_variables`, whose `plaintext` is `variables`."""

    shell: Text | None = None
    variables: tuple[Variable, ...] = ()
    parameter_store: tuple[Variable, ...] = ()
    secrets_manager: tuple[Variable, ...] = ()
    exported_variables: tuple[Text, ...] = ()
    git_credential_helper: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """`proxy`."""

    upload_artifacts: bool = False
    logs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OnFailure:
    """`on-failure`, taken apart: RETRY is `RETRY[-count][-regex]`, 3 times and `.*` by default."""

    action: OnFailureAction
    retries: int = 3
    pattern: str = ".*"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeVersion:
    """One entry of `runtime-versions`."""

    name: Text
    version: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One GitHub-Actions step: kept as found, key by key."""

    place: Place
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One phase. Null commands (`-` alone) are not in `commands`: the service runs nothing."""

    type: PhaseType
    place: Place
    run_as: Text | None = None
    on_failure: OnFailure | None = None
    runtime_versions: tuple[RuntimeVersion, ...] = ()
    commands: tuple[Text, ...] = ()
    finally_: tuple[Text, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEnv:
    """`env` of a batch task: what it changes in the project's environment."""

    compute_type: Text | None = None
    fleet: Text | None = None
    image: Text | None = None
    type: Text | None = None
    privileged_mode: bool | None = None
    variables: tuple[Variable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchTask:
    """One entry of `build-graph` or `build-list`."""

    identifier: Text
    buildspec: Text | None = None
    env: BatchEnv = BatchEnv()
    depend_on: tuple[Text, ...] = ()
    debug_session: bool = False
    ignore_failure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchMatrix:
    """`build-matrix`: one build for each combination of the dynamic values."""

    ignore_failure: bool = False
    static_env: BatchEnv = BatchEnv()
    buildspecs: tuple[Text, ...] = ()
    images: tuple[Text, ...] = ()
    compute_types: tuple[Text, ...] = ()
    variables: tuple[tuple[Text, tuple[Text, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFanout:
    """`build-fanout`: the same build `parallelism` times."""

    parallelism: int
    ignore_failure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """`batch`; an ordinary build ignores it."""

    place: Place
    fast_fail: bool = False
    build_graph: tuple[BatchTask, ...] = ()
    build_list: tuple[BatchTask, ...] = ()
    build_matrix: BatchMatrix | None = None
    build_fanout: BatchFanout | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportGroup:
    """One entry of `reports`: `name` is a group name, an ARN or a variable."""

    name: Text
    files: tuple[Text, ...] = ()
    base_directory: Text | None = None
    discard_paths: bool = False
    file_format: str = "JUNITXML"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactSet:
    """`artifacts` or one of `secondary-artifacts` (then with its identifier)."""

    place: Place
    identifier: str = ""
    files: tuple[Text, ...] = ()
    name: Text | None = None
    discard_paths: bool = False
    base_directory: Text | None = None
    exclude_paths: tuple[Text, ...] = ()
    enable_symlinks: bool = False
    s3_prefix: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """`cache`. `action` is `restore`, `save` or empty (both)."""

    place: Place
    paths: tuple[Text, ...] = ()
    key: Text | None = None
    fallback_keys: tuple[Text, ...] = ()
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buildspec:
    """A whole buildspec. `phases` is in the order of running; absent phases are absent.

    `phase_names` is in the order of the file. `warnings` holds what the service would accept but
    a reader should know (unknown keys and the like).
    """

    version: str
    place: Place
    run_as: Text | None = None
    env: Env = Env()
    proxy: Proxy = Proxy()
    batch: Batch | None = None
    phases: tuple[Phase, ...] = ()
    phase_names: tuple[PhaseType, ...] = ()
    reports: tuple[ReportGroup, ...] = ()
    artifacts: ArtifactSet | None = None
    secondary_artifacts: tuple[ArtifactSet, ...] = ()
    cache: Cache | None = None
    warnings: tuple[Problem, ...] = ()

    def phase(self, type: PhaseType) -> Phase | None:
        """The phase of that type, None where the file has none."""
        return next((phase for phase in self.phases if phase.type is type), None)
