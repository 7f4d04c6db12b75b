"""The environment variables of a build: CodeBuild's own, and who wins over whom.

Source: User Guide "Environment variables in build environments"; real `env` dumps of builds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from localbuild.plan.model import BuildPlan, Origin, PlannedVariable

HELPERS_DIR = "/codebuild/user/bin"
STUBS_DIR = "/codebuild/user/stubs"
CA_FILE = "/codebuild/readonly/ca-bundle.crt"
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
RESERVED_PREFIX = "CODEBUILD_"
SHARD_INDEX = "LOCALBUILD_SHARD_INDEX"
SHARD_COUNT = "LOCALBUILD_SHARD_COUNT"
"""Which part of the tests `codebuild-tests-run` runs, from 0 on, and of how many.

The service's own names for them are not published.
"""
CA_VARIABLES = (
    "SSL_CERT_FILE",
    "PIP_CERT",
    "NODE_EXTRA_CA_CERTS",
    "AWS_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "CURL_CA_BUNDLE",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoRetry:
    """The API's `autoRetryConfig`: `number` is 0 for the first build, `previous` an ARN."""

    limit: int
    number: int = 0
    previous: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildIdentity:
    """What makes one build of a plan different from the next. `started_ms`: Unix time."""

    uuid: str
    number: int
    started_ms: int
    auto_retry: AutoRetry | None = None

    @property
    def hostname(self) -> str:
        """The build container's host name."""
        return self.uuid.rpartition("-")[2]

    def id_in(self, project: str) -> str:
        """The build id, `<project>:<uuid>`."""
        return f"{project}:{self.uuid}"

    def arn_of(self, plan: BuildPlan) -> str:
        """The build's ARN."""
        return f"arn:aws:codebuild:{plan.region}:{plan.account}:build/{self.id_in(plan.project)}"


def merge_variables(*layers: Iterable[PlannedVariable]) -> tuple[PlannedVariable, ...]:
    """Variables by name, later layers winning; the order is that of first appearance.

    Source: API StartBuild, environmentVariablesOverride: override > project > buildspec.
    """
    merged: dict[str, PlannedVariable] = {}
    for layer in layers:
        for variable in layer:
            merged[variable.name] = variable
    return tuple(merged.values())


def codebuild_variables(plan: BuildPlan, identity: BuildIdentity) -> dict[str, str]:
    """CodeBuild's own variables; optional ones only where they have a value."""
    always = {
        "AWS_DEFAULT_REGION": plan.region,
        "AWS_REGION": plan.region,
        "CI": "true",
        "HOME": "/root",
        "HOSTNAME": identity.hostname,
        "OLDPWD": "/codebuild/readonly",
        "PWD": plan.source.directory,
        **_identity_variables(plan, identity),
        **_place_variables(plan),
        **_file_systems(plan),
    }
    optional = {
        "CODEBUILD_RESOLVED_SOURCE_VERSION": plan.source.resolved_version,
        "CODEBUILD_SOURCE_VERSION": plan.source.version,
        "CODEBUILD_SOURCE_REPO_URL": plan.source.repo_url,
        "CODEBUILD_INITIATOR": plan.initiator,
        **_secondary_variables(plan),
    }
    return always | {name: value for name, value in optional.items() if value}


def _secondary_variables(plan: BuildPlan) -> dict[str, str]:
    """Source: User Guide, multiple input sources: each name ends with the source's identifier."""
    found: dict[str, str] = {}
    for source in plan.secondary_sources:
        found |= {
            f"CODEBUILD_SRC_DIR_{source.identifier}": source.directory,
            f"CODEBUILD_SOURCE_VERSION_{source.identifier}": source.version,
            f"CODEBUILD_SOURCE_REPO_URL_{source.identifier}": source.repo_url,
        }
    return found


def _identity_variables(plan: BuildPlan, identity: BuildIdentity) -> dict[str, str]:
    build_id = identity.id_in(plan.project)
    console = f"https://{plan.region}.console.aws.amazon.com/codebuild/home"
    return {
        "CODEBUILD_BUILD_ARN": identity.arn_of(plan),
        "CODEBUILD_BUILD_ID": build_id,
        "CODEBUILD_BUILD_NUMBER": str(identity.number),
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "CODEBUILD_BUILD_URL": f"{console}?region={plan.region}#/builds/{build_id}/view/new",
        "CODEBUILD_LAST_EXIT": "0",
        "CODEBUILD_LOG_PATH": identity.uuid,
        "CODEBUILD_START_TIME": str(identity.started_ms),
    }


def output_directory(source_directory: str) -> str:
    """The build's own folder, `/codebuild/output/src<digits>`, that a source's directory is in."""
    return "/".join(source_directory.split("/")[:4])


def _place_variables(plan: BuildPlan) -> dict[str, str]:
    parent = output_directory(plan.source.directory)
    return {
        "CODEBUILD_BUILD_IMAGE": plan.environment.image,
        "CODEBUILD_CI": "true",
        "CODEBUILD_CONTAINER_NAME": "default",
        "CODEBUILD_EXECUTION_ROLE_BUILD": "",
        "CODEBUILD_FE_REPORT_ENDPOINT": f"https://codebuild.{plan.region}.amazonaws.com/",
        "CODEBUILD_GOPATH": parent,
        "CODEBUILD_KMS_KEY_ID": f"arn:aws:kms:{plan.region}:{plan.account}:alias/aws/s3",
        "CODEBUILD_LOCAL_BUILD": "true",
        "CODEBUILD_SRC_DIR": plan.source.directory,
        "GOPATH": f"/go:{parent}",
    }


def _file_systems(plan: BuildPlan) -> dict[str, str]:
    """Source: API reference, ProjectFileSystemLocation: CODEBUILD_<identifier in capitals>."""
    return {
        f"{RESERVED_PREFIX}{mount.file_system.upper()}": mount.target
        for mount in plan.environment.mounts
        if mount.file_system
    }


def compose_environment(
    plan: BuildPlan, identity: BuildIdentity, image_variables: Iterable[str]
) -> tuple[PlannedVariable, ...]:
    """The whole environment of the first command.

    `image_variables` is the image's ENV as `NAME=value`. Values are literal: `$PATH:/x` in a
    buildspec replaces the image's PATH by that text. CodeBuild's reserved names win over all.
    Stand-ins for commands come first on the PATH, whoever has set it.
    """
    image = dict(entry.partition("=")[::2] for entry in image_variables)
    image["PATH"] = f"{image.get('PATH') or DEFAULT_PATH}:{HELPERS_DIR}"
    own = _layer(codebuild_variables(plan, identity), Origin.CODEBUILD)
    ca = dict.fromkeys(CA_VARIABLES if plan.environment.ca_bundle else (), CA_FILE)
    reserved = (v for v in own if v.name.startswith(RESERVED_PREFIX))
    merged = merge_variables(
        _layer(image, Origin.IMAGE), own, _layer(ca, Origin.OPTION), plan.variables, reserved
    )
    return _with_stubs(merged) if plan.environment.stubs else merged


def _with_stubs(variables: tuple[PlannedVariable, ...]) -> tuple[PlannedVariable, ...]:
    return tuple(
        replace(v, value=f"{STUBS_DIR}:{v.value}") if v.name == "PATH" else v for v in variables
    )


def _layer(values: dict[str, str], origin: Origin) -> tuple[PlannedVariable, ...]:
    return tuple(PlannedVariable(name=n, value=v, origin=origin) for n, v in values.items())
