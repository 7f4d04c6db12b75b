"""The build project: what a buildspec does not say, in the shape of `AWS::CodeBuild::Project`.

Source: API reference, Project. Empty means not said; a text may hold a stand-in, which is noted.
"""

from dataclasses import dataclass, field

from localbuild.terms import VariableType


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectVariable:
    """`EnvironmentVariable`: `value` is a name where `type` is not PLAINTEXT.

    `file` and `line` say where it was read, '' and 0 where that is no file.
    """

    name: str
    value: str = field(repr=False)
    type: VariableType = VariableType.PLAINTEXT
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSource:
    """`ProjectSource` without its buildspec; `version` is that of `sourceVersion`."""

    type: str = ""
    location: str = ""
    identifier: str = ""
    version: str = ""
    git_clone_depth: int = 0
    fetch_submodules: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectArtifacts:
    """`ProjectArtifacts`."""

    type: str = ""
    location: str = ""
    path: str = ""
    namespace_type: str = ""
    name: str = ""
    packaging: str = ""
    override_artifact_name: bool = False
    encryption_disabled: bool = False
    identifier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCache:
    """`ProjectCache`."""

    type: str = ""
    location: str = ""
    modes: tuple[str, ...] = ()
    cache_namespace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectVpc:
    """`VpcConfig`."""

    vpc_id: str = ""
    subnets: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFileSystem:
    """`ProjectFileSystemLocation`: CODEBUILD_<identifier> holds the mount point."""

    identifier: str
    location: str = ""
    mount_point: str = ""
    mount_options: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLogs:
    """`LogsConfig`."""

    cloudwatch_status: str = ""
    group_name: str = ""
    stream_name: str = ""
    s3_status: str = ""
    s3_location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The settings of a project that a local build has a use for."""

    name: str
    environment_type: str = ""
    image: str = ""
    compute_type: str = ""
    privileged_mode: bool = False
    environment_variables: tuple[ProjectVariable, ...] = ()
    timeout_in_minutes: int = 60
    auto_retry_limit: int = 0
    buildspec: str = ""
    source: ProjectSource = ProjectSource()
    secondary_sources: tuple[ProjectSource, ...] = ()
    artifacts: ProjectArtifacts = ProjectArtifacts()
    secondary_artifacts: tuple[ProjectArtifacts, ...] = ()
    cache: ProjectCache = ProjectCache()
    vpc_config: ProjectVpc = ProjectVpc()
    file_systems: tuple[ProjectFileSystem, ...] = ()
    logs: ProjectLogs = ProjectLogs()
