"""A project's definition as the weakest layer of settings, and as the inline buildspec."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from localbuild.cli.buildspecs import BuildspecChoice
from localbuild.cli.call import Given
from localbuild.cli.options.parsers import PROJECT_NAME
from localbuild.cli.settings import Layer, Settings
from localbuild.cli.variables import name_fault
from localbuild.plan.compute import COMPUTE_TYPES
from localbuild.project.model import Project, ProjectVariable

if TYPE_CHECKING:
    from localbuild.project.definition import Definition

BUILDSPEC = "source.buildspec"
PATHS: Mapping[str, str] = {
    "project_name": "name",
    "image": "environment.image",
    "compute_type": "environment.computeType",
    "privileged": "environment.privilegedMode",
    "timeout": "timeoutInMinutes",
    "auto_retry_limit": "autoRetryLimit",
    "cache": "cache",
    "buildspec": BUILDSPEC,
    "source_version": "sourceVersion",
    "git_clone_depth": "source.gitCloneDepth",
    "git_submodules": "source.gitSubmodulesConfig.fetchSubmodules",
}
"""Which of the API's fields is which setting."""

_BUCKET_ARN = re.compile(r"^arn:aws[a-z-]*:s3:::")


def project_layer(definition: "Definition", base: Path) -> Layer:
    """What a definition sets; each value with its origin."""
    values: dict[str, Given] = {}
    for name, value in _values(definition.project):
        origin = definition.origins.get(PATHS[name])
        if origin is not None and value not in ("", {}):
            values[name] = Given(value=value, origin=str(origin))
    own_name = definition.project.name
    if "project_name" not in values and PROJECT_NAME.fullmatch(own_name):
        values["project_name"] = Given(value=own_name, origin=definition.file)
    variables = definition.project.environment_variables
    return Layer(base=base, values=values, variables=tuple(filter(is_passed_on, variables)))


def is_passed_on(variable: ProjectVariable) -> bool:
    """Whether a build can be given it under its name."""
    return not name_fault(variable.name)[0]


def inline_choice(settings: Settings) -> BuildspecChoice | None:
    """The buildspec that stands in the definition, where nobody has named another one."""
    definition = settings.definition
    if definition is None or definition.inline is None:
        return None
    if settings.origin("buildspec") != str(definition.origins[BUILDSPEC]):
        return None
    inline = definition.inline
    return BuildspecChoice(
        file=inline.file, path="", text=inline.text.encode("utf-8", "surrogateescape")
    )


def _values(project: Project) -> Iterator[tuple[str, object]]:
    yield "project_name", project.name
    yield "image", project.image
    if project.compute_type in COMPUTE_TYPES:
        yield "compute_type", project.compute_type
    yield "privileged", project.privileged_mode
    yield "timeout", f"{project.timeout_in_minutes}m"
    yield "auto_retry_limit", project.auto_retry_limit
    yield "cache", _cache(project)
    yield "buildspec", project.buildspec
    yield "source_version", project.source.version
    yield "git_clone_depth", project.source.git_clone_depth
    yield "git_submodules", project.source.fetch_submodules


def _cache(project: Project) -> dict[str, object]:
    cache = project.cache
    found: dict[str, object] = {
        "type": cache.type,
        "location": _BUCKET_ARN.sub("", cache.location) if cache.type == "S3" else "",
        "modes": list(cache.modes),
        "cacheNamespace": cache.cache_namespace,
    }
    return {key: value for key, value in found.items() if value} if cache.type else {}
