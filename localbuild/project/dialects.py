"""Property names of CloudFormation and Terraform, brought to those of CodeBuild's own API. Pure.

Source: AWS::CodeBuild::Project; aws_codebuild_project; API reference, Project.
"""

from localbuild.project.values import ListValue, MapValue, TextValue, Value

_OF_CLOUDFORMATION = {
    "BuildSpec": "buildspec",
    "Triggers": "webhook",
    "Visibility": "projectVisibility",
}
_OF_TERRAFORM = {
    "build_timeout": "timeoutInMinutes",
    "cloudwatch_logs": "cloudWatchLogs",
    "environment_variable": "environmentVariables",
    "file_system_locations": "fileSystemLocations",
    "git_submodules_config": "gitSubmodulesConfig",
    "queued_timeout": "queuedTimeoutInMinutes",
    "s3_logs": "s3Logs",
    "secondary_source_version": "secondarySourceVersions",
}
_BLOCKS = frozenset(
    {
        "artifacts",
        "auth",
        "build_batch_config",
        "build_status_config",
        "cache",
        "cloudwatch_logs",
        "docker_server",
        "environment",
        "fleet",
        "git_submodules_config",
        "logs_config",
        "registry_credential",
        "restrictions",
        "s3_logs",
        "source",
        "vpc_config",
    }
)
"""Terraform's blocks that can be there once: its JSON has lists of one."""

_COMPUTED = frozenset({"arn", "badge_url", "id", "public_project_alias", "region", "tags_all"})


def from_cloudformation(found: MapValue) -> MapValue:
    """The same values under the API's names."""
    pairs = {
        _OF_CLOUDFORMATION.get(name, name[:1].lower() + name[1:]): _lowered(value)
        for name, value in found.pairs.items()
    }
    return MapValue(pairs=pairs, origin=found.origin)


def _lowered(value: Value) -> Value:
    if isinstance(value, MapValue):
        return from_cloudformation(value)
    if isinstance(value, ListValue):
        return ListValue(items=tuple(_lowered(i) for i in value.items), origin=value.origin)
    return value


def from_terraform(found: MapValue) -> MapValue:
    """The same values under the API's names; empty texts, lists and blocks are left out."""
    pairs: dict[str, Value] = {}
    for name, value in found.pairs.items():
        converted = _converted(name, value)
        if name not in _COMPUTED and converted is not None:
            pairs[_OF_TERRAFORM.get(name) or _camel(name)] = converted
    return MapValue(pairs=pairs, origin=found.origin)


def _converted(name: str, value: Value) -> Value | None:
    if isinstance(value, TextValue):
        return value if value.text or name == "value" else None
    if isinstance(value, MapValue):
        return value if name == "tags" else from_terraform(value)
    if not value.items:
        return None
    items = [_converted("", item) for item in value.items]
    kept = tuple(item for item in items if item is not None)
    if name in _BLOCKS and kept:
        return kept[0]
    return ListValue(items=kept, origin=value.origin)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
