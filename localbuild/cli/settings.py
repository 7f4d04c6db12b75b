"""Settings: what was asked for, from every place that may ask, merged into one value.

Precedence: option > environment > localbuild.toml / [tool.localbuild] > user's config > --project >
default.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localbuild.cli.artifact_words import (
    read_place,
    read_project_artifacts,
    read_secondary_artifacts,
)
from localbuild.cli.caching import WantedCache, read_cache, with_namespace
from localbuild.cli.call import Given
from localbuild.cli.options import parsers
from localbuild.cli.project_files import ProjectFile, read_parameters, read_project_file
from localbuild.cli.source_words import GivenSource, read_given_sources
from localbuild.cli.stand_ins import parse_phases, parse_stubs, parse_until
from localbuild.errors import UsageError
from localbuild.plan.images import DEFAULT_IMAGE
from localbuild.plan.model import PlannedMount, PlannedStub
from localbuild.project.model import ProjectArtifacts, ProjectVariable
from localbuild.terms import PhaseType

if TYPE_CHECKING:
    from localbuild.project.definition import Definition

Parser = Callable[[object, Path], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set about a build. `origins` says who set what is not a default."""

    buildspec: str = ""
    source: tuple[GivenSource, ...] = ()
    source_mode: str = "copy"
    no_ignore: bool = False
    source_version: str = ""
    git_clone_depth: int = 0
    git_submodules: bool = False
    project: ProjectFile | None = None
    parameter: Mapping[str, str] = field(default_factory=dict, repr=False)
    project_name: str = ""
    image: str = DEFAULT_IMAGE
    pull: str = "missing"
    platform: str = ""
    compute_type: str = ""
    cpus: float = 0.0
    memory: int = 0
    privileged: bool = False
    runtimes: str = "buildspec"
    network: str = ""
    volume: tuple[PlannedMount, ...] = ()
    ca_file: Path | None = None
    aws_credentials: str = "none"
    env: tuple[str, ...] = field(default=(), repr=False)
    env_file: tuple[Path, ...] = ()
    secret: tuple[str, ...] = field(default=(), repr=False)
    fake_secret: tuple[str, ...] = field(default=(), repr=False)
    cache: WantedCache = WantedCache()
    cache_mode: str = ""
    cache_namespace: str = ""
    cache_save: str = "success"
    cache_layers: str = ""
    fail_on_cache_miss: bool = False
    cache_required: bool = False
    artifacts: str = ""
    artifacts_override: ProjectArtifacts | None = None
    secondary_artifacts_override: tuple[ProjectArtifacts, ...] | None = None
    reports: Path | None = None
    exports_file: Path | None = None
    log_format: str = ""
    record: Path | None = None
    timeout: float = 3600.0
    auto_retry_limit: int = 0
    debug_session: bool = False
    skip: tuple[PhaseType, ...] = ()
    stub: tuple[PlannedStub, ...] = field(default=(), repr=False)
    until: PhaseType | None = None
    keep: str = ""
    exit_code_from: str = "build"
    color: str = "auto"
    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    docker_host: str = ""
    context: str = ""
    images: Mapping[str, str] = field(default_factory=dict)
    project_variables: tuple[ProjectVariable, ...] = ()
    definition: "Definition | None" = None
    origins: Mapping[str, str] = field(default_factory=dict)

    def origin(self, name: str) -> str:
        """Who set it: an option, a variable, a file with its line, or `default`."""
        return self.origins.get(name, "default")

    def setter(self, name: str) -> str:
        """Who set it, and its name where that does not have it: `localbuild.toml:3: cache`."""
        return _named(self.origin(name), name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One place's values under their names; relative paths start at `base`."""

    base: Path
    values: Mapping[str, Given]
    images: Mapping[str, str] = field(default_factory=dict)
    variables: tuple[ProjectVariable, ...] = ()


PARSERS: Mapping[str, Parser] = {
    "buildspec": parsers.text,
    "source": read_given_sources,
    "source_mode": parsers.choice("copy", "mount"),
    "no_ignore": parsers.flag,
    "source_version": parsers.text,
    "git_clone_depth": parsers.count,
    "git_submodules": parsers.flag,
    "project": read_project_file,
    "parameter": read_parameters,
    "project_name": parsers.project_name,
    "image": parsers.word,
    "pull": parsers.choice("always", "missing", "never"),
    "platform": parsers.platform,
    "compute_type": parsers.compute_type,
    "cpus": parsers.cpus,
    "memory": parsers.size,
    "privileged": parsers.flag,
    "runtimes": parsers.choice("buildspec", "image"),
    "network": parsers.word,
    "volume": parsers.volumes,
    "ca_file": parsers.path,
    "aws_credentials": parsers.choice("none", "env", "endpoint"),
    "env": parsers.texts,
    "env_file": parsers.paths,
    "secret": parsers.texts,
    "fake_secret": parsers.texts,
    "cache": read_cache,
    "cache_mode": parsers.choice("rw", "ro", "wo"),
    "cache_namespace": parsers.text,
    "cache_save": parsers.choice("success", "install", "always"),
    "cache_layers": parsers.choice("background", "wait", "off"),
    "fail_on_cache_miss": parsers.flag,
    "cache_required": parsers.flag,
    "artifacts": read_place,
    "reports": parsers.path,
    "exports_file": parsers.path,
    "log_format": parsers.choice("pretty", "codebuild", "json"),
    "record": parsers.path,
    "timeout": parsers.duration,
    "auto_retry_limit": parsers.count,
    "debug_session": parsers.flag,
    "skip": parse_phases,
    "stub": parse_stubs,
    "until": parse_until,
    "keep": parsers.choice("never", "failure", "always"),
    "exit_code_from": parsers.choice("build", "command"),
    "color": parsers.choice("auto", "always", "never"),
    "profile": parsers.word,
    "region": parsers.word,
    "endpoint_url": parsers.url,
    "docker_host": parsers.word,
    "context": parsers.word,
}

_OVERRIDES: Mapping[str, Parser] = {
    "artifacts_override": read_project_artifacts,
    "secondary_artifacts_override": read_secondary_artifacts,
}
"""Parts of a project that only start-build's options can set."""

_BY_KEY = "parameter"
"""The setting whose parts come from several places, as those of a template's parameters do."""


def resolve_settings(layers: Iterable[Layer]) -> Settings:
    """Merge layers, the strongest first. Raises UsageError that names who set the bad value."""
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    images: dict[str, str] = {}
    variables: dict[str, ProjectVariable] = {}
    for layer in layers:
        for name, given in with_namespace(layer.values).items():
            if name in PARSERS.keys() | _OVERRIDES.keys() and name not in values:
                values[name] = _parsed(name, given, layer.base)
                origins[name] = given.origin
            elif name == _BY_KEY:
                weaker: Any = _parsed(name, given, layer.base)
                values[name] = {**weaker, **values[name]}
        images = {**layer.images, **images}
        variables = {**{v.name: v for v in layer.variables}, **variables}
    return replace(
        Settings(),
        **values,
        images=images,
        project_variables=tuple(variables.values()),
        origins=origins,
    )


def _parsed(name: str, given: Given, base: Path) -> object:
    try:
        return {**PARSERS, **_OVERRIDES}[name](given.value, base)
    except ValueError as error:
        raise UsageError(f"{_named(given.origin, name)}: {error}") from None


def _named(origin: str, name: str) -> str:
    key = name.replace("_", "-")
    return origin if key in origin else f"{origin}: {key}"
