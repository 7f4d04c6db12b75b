"""From values under the API's names to a `Project`; what does not apply here is noted. Pure.

Source: API reference, Project, ProjectSource, ProjectEnvironment and what they are made of.
"""

from dataclasses import dataclass, field, replace

from localbuild.project.fields import Fields, Reading
from localbuild.project.model import (
    Project,
    ProjectCache,
    ProjectFileSystem,
    ProjectLogs,
    ProjectVpc,
)
from localbuild.project.read_sources import read_artifacts, read_secondary, read_source
from localbuild.project.read_variables import read_variables
from localbuild.project.values import MapValue, TextValue

CACHE_TYPES = ("NO_CACHE", "S3", "LOCAL")
CACHE_MODES = ("LOCAL_SOURCE_CACHE", "LOCAL_DOCKER_LAYER_CACHE", "LOCAL_CUSTOM_CACHE")
LONGEST_MINUTES = 2160

_INERT = (
    "arn",
    "badge",
    "badgeEnabled",
    "buildBatchConfig",
    "concurrentBuildLimit",
    "created",
    "description",
    "encryptionKey",
    "lastModified",
    "projectVisibility",
    "publicProjectAlias",
    "queuedTimeoutInMinutes",
    "resourceAccessRole",
    "serviceRole",
    "tags",
    "webhook",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProject:
    """A project as it was read, and its buildspec, which may be a text, a path or an ARN."""

    project: Project
    buildspec: TextValue | None = field(default=None, repr=False)


def read_project(found: MapValue, reading: Reading, name: str) -> ReadProject:
    """A project's settings. `name` is taken where the definition has none that is known."""
    fields = Fields(found, "", reading)
    own_name = fields.text("name")
    source, buildspec = read_source(fields.section("source"))
    project = _environment(fields.section("environment"), own_name or name)
    project = replace(
        project,
        timeout_in_minutes=fields.number("timeoutInMinutes", 1, LONGEST_MINUTES) or 60,
        auto_retry_limit=fields.number("autoRetryLimit", 0, 100),
        buildspec=buildspec.text if buildspec else "",
        source=replace(source, version=fields.text("sourceVersion")),
        secondary_sources=read_secondary(
            fields.sections("secondarySources"), fields.sections("secondarySourceVersions")
        ),
        artifacts=read_artifacts(fields.section("artifacts")),
        secondary_artifacts=tuple(map(read_artifacts, fields.sections("secondaryArtifacts"))),
        cache=_cache(fields.section("cache")),
        vpc_config=_vpc(fields.section("vpcConfig")),
        file_systems=tuple(map(_file_system, fields.sections("fileSystemLocations"))),
        logs=_logs(fields.section("logsConfig")),
    )
    fields.pass_over(*_INERT)
    fields.note_rest()
    return ReadProject(project=project, buildspec=buildspec)


def _environment(fields: Fields, name: str) -> Project:
    project = Project(
        name=name,
        environment_type=fields.text("type"),
        image=fields.text("image"),
        compute_type=fields.text("computeType"),
        privileged_mode=fields.flag("privilegedMode"),
        environment_variables=read_variables(fields.sections("environmentVariables")),
    )
    if fields.text("certificate", inert=True):
        fields.note(
            "certificate", "environment.certificate is not fetched from S3", ("--ca-file FILE",)
        )
    if fields.take("registryCredential") is not None:
        fields.note(
            "registryCredential",
            "environment.registryCredential is not used: the engine pulls with its own sign-in",
            ("docker login REGISTRY",),
        )
    fields.pass_over("imagePullCredentialsType", "fleet", "computeConfiguration", "dockerServer")
    fields.note_rest()
    return project


def _cache(fields: Fields) -> ProjectCache:
    cache = ProjectCache(
        type=fields.word("type", CACHE_TYPES),
        location=fields.text("location"),
        modes=fields.texts("modes"),
        cache_namespace=fields.text("cacheNamespace"),
    )
    for mode in cache.modes:
        if mode not in CACHE_MODES:
            origin = fields.reading.origins["cache.modes"]
            fields.findings.problem(
                f"cache.modes: '{mode[:60]}' is none of {', '.join(CACHE_MODES)}", origin.place
            )
    fields.note_rest()
    return cache


def _vpc(fields: Fields) -> ProjectVpc:
    vpc = ProjectVpc(
        vpc_id=fields.text("vpcId", inert=True),
        subnets=fields.texts("subnets", inert=True),
        security_group_ids=fields.texts("securityGroupIds", inert=True),
    )
    fields.note_rest()
    return vpc


def _file_system(fields: Fields) -> ProjectFileSystem:
    found = ProjectFileSystem(
        identifier=fields.text("identifier"),
        location=fields.text("location", inert=True),
        mount_point=fields.text("mountPoint"),
        mount_options=fields.text("mountOptions", inert=True),
        type=fields.text("type", inert=True),
    )
    fields.note_rest()
    return found


def _logs(fields: Fields) -> ProjectLogs:
    cloudwatch, s3 = fields.section("cloudWatchLogs"), fields.section("s3Logs")
    logs = ProjectLogs(
        cloudwatch_status=cloudwatch.text("status", inert=True),
        group_name=cloudwatch.text("groupName", inert=True),
        stream_name=cloudwatch.text("streamName", inert=True),
        s3_status=s3.text("status", inert=True),
        s3_location=s3.text("location", inert=True),
    )
    s3.pass_over("encryptionDisabled", "bucketOwnerAccess")
    for part in (cloudwatch, s3, fields):
        part.note_rest()
    if "ENABLED" in (logs.cloudwatch_status, logs.s3_status) and fields.origin:
        fields.findings.note(
            "logsConfig: the log stays in the build's record", fields.origin.place, inert=True
        )
    return logs
