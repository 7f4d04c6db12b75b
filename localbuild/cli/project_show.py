"""`project show`: the project as a build would have it, each value with its origin."""

from collections.abc import Iterator
from dataclasses import replace

from localbuild.cli.caching import S3, WantedCache
from localbuild.cli.call import Call
from localbuild.cli.prepare import option_variables
from localbuild.cli.project_notes import project_notes
from localbuild.cli.settings import Settings
from localbuild.errors import ExitCode
from localbuild.lines import harmless, one_line
from localbuild.logs.mask import Mask
from localbuild.plan.images import resolve_image
from localbuild.project.definition import Definition
from localbuild.project.findings import ProjectNote
from localbuild.project.model import ProjectVariable
from localbuild.terms import VariableType
from localbuild.units import print_duration

_WIDEST = 48
_OPTION = "option"

Row = tuple[str, str, str]
"""A name, a value, and who set it."""


def show_project(call: Call, settings: Settings, overrides: tuple[ProjectVariable, ...]) -> int:
    """Print it, for people or as JSON. `overrides` are variables in `start-build`'s spelling."""
    settings = _with_options(call, settings, overrides)
    definition = settings.definition
    notes = project_notes(definition, settings) if definition else ()
    if call.flag("json"):
        call.voice.document(_document(settings, definition, notes))
        return ExitCode.SUCCEEDED
    call.voice.data(harmless("\n".join(_lines(settings, notes, call.voice.mask))))
    return ExitCode.SUCCEEDED


def _with_options(
    call: Call, settings: Settings, overrides: tuple[ProjectVariable, ...]
) -> Settings:
    """The settings with the variables of this call, which win over the project's."""
    pairs = option_variables(call, settings, overrides)
    given = (ProjectVariable(name=name, value=value, file=_OPTION) for name, value in pairs)
    references = (v for v in overrides if v.type is not VariableType.PLAINTEXT)
    named = (replace(variable, file=_OPTION) for variable in references)
    merged = {v.name: v for v in (*settings.project_variables, *given, *named)}
    return replace(settings, project_variables=tuple(merged.values()))


def setting_rows(settings: Settings) -> Iterator[Row]:
    """What every project has, whoever set it."""
    yield "name", settings.project_name or "(SOURCE's name)", settings.origin("project_name")
    yield "image", settings.image, settings.origin("image")
    reference = resolve_image(settings.image, settings.images)
    if reference != settings.image:
        yield "image on the engine", reference, "localbuild"
    yield "computeType", settings.compute_type or "no limit", settings.origin("compute_type")
    yield "privilegedMode", _flag(settings.privileged), settings.origin("privileged")
    yield "timeout", print_duration(settings.timeout), settings.origin("timeout")
    yield "autoRetryLimit", str(settings.auto_retry_limit), settings.origin("auto_retry_limit")
    yield "buildspec", _buildspec(settings), settings.origin("buildspec")
    yield "cache", _cache(settings.cache), settings.origin("cache")
    if settings.cache_namespace:
        yield "cacheNamespace", settings.cache_namespace, settings.origin("cache_namespace")
    yield "network", settings.network or "the engine's default", settings.origin("network")
    for mount in settings.volume:
        yield "volume", f"{mount.source}:{mount.target}", settings.origin("volume")
    if settings.source_version:
        yield "sourceVersion", settings.source_version, settings.origin("source_version")
    if settings.git_clone_depth:
        yield "gitCloneDepth", str(settings.git_clone_depth), settings.origin("git_clone_depth")
    if settings.git_submodules:
        yield "fetchSubmodules", "true", settings.origin("git_submodules")


def definition_rows(definition: Definition) -> Iterator[Row]:
    """What only the definition has, as it is kept."""
    project = definition.project
    yield "environment.type", project.environment_type, _at(definition, "environment.type")
    source = (project.source.type, project.source.location)
    yield "source", " ".join(filter(None, source)), _at(definition, "source")
    for number, each in enumerate(project.secondary_sources):
        text = " ".join(filter(None, (each.identifier, each.type, each.location, each.version)))
        yield "secondarySource", text, _at(definition, f"secondarySources[{number}].type")
    for name, path, artifacts in (
        ("artifacts", "artifacts", project.artifacts),
        *(
            ("secondaryArtifacts", f"secondaryArtifacts[{n}].type", each)
            for n, each in enumerate(project.secondary_artifacts)
        ),
    ):
        parts = (artifacts.identifier, artifacts.type, artifacts.location, artifacts.path)
        yield name, " ".join(filter(None, parts)), _at(definition, path)
    vpc = project.vpc_config
    yield "vpcConfig", " ".join((vpc.vpc_id, *vpc.subnets)).strip(), _at(definition, "vpcConfig")
    for number, found in enumerate(project.file_systems):
        path = f"fileSystemLocations[{number}].mountPoint"
        text = f"{found.identifier} {found.location} at {found.mount_point}"
        yield "fileSystem", text, _at(definition, path)
    logs = project.logs
    text = " ".join(filter(None, (logs.cloudwatch_status, logs.group_name, logs.stream_name)))
    yield "cloudWatchLogs", text, _at(definition, "logsConfig.cloudWatchLogs")
    text = " ".join(filter(None, (logs.s3_status, logs.s3_location)))
    yield "s3Logs", text, _at(definition, "logsConfig.s3Logs")


def _rows(settings: Settings, definition: Definition | None) -> list[Row]:
    kept = definition_rows(definition) if definition else ()
    return [*setting_rows(settings), *(row for row in kept if row[1])]


def _lines(settings: Settings, notes: tuple[ProjectNote, ...], mask: Mask) -> Iterator[str]:
    definition = settings.definition
    if definition:
        yield f"{definition.file}: {definition.kind}"
    yield from _table(_rows(settings, definition), mask)
    variables = [(v.name, _shown(v), _origin(v, definition)) for v in settings.project_variables]
    if variables:
        yield "environmentVariables"
        yield from _table(variables, mask)
    if notes:
        yield "notes"
    for note in notes:
        yield f"  {one_line(note.where + note.message)}"
        yield from (f"    hint: {one_line(hint)}" for hint in note.hints)


def _table(rows: list[Row], mask: Mask) -> Iterator[str]:
    """The rows as columns; what is hidden is masked before, so that no width tells its length."""
    shown = [(name, _first_line(mask.text(value)), one_line(at)) for name, value, at in rows]
    names = max(len(name) for name, _, _ in shown)
    values = min(_WIDEST, max(len(value) for _, value, _ in shown))
    for name, value, origin in shown:
        yield f"  {name:{names}}  {value:{values}}  [{origin}]"


def _document(
    settings: Settings, definition: Definition | None, notes: tuple[ProjectNote, ...]
) -> dict[str, object]:
    return {
        "file": definition.file if definition else "",
        "kind": definition.kind.value if definition else "",
        "values": [
            {"name": name, "value": value, "origin": origin}
            for name, value, origin in _rows(settings, definition)
        ],
        "environmentVariables": [
            {
                "name": v.name,
                "value": v.value,
                "type": v.type.value,
                "origin": _origin(v, definition),
            }
            for v in settings.project_variables
        ],
        "notes": [_note(note) for note in notes],
    }


def _note(note: ProjectNote) -> dict[str, object]:
    return {
        "message": note.message,
        "file": note.place.file if note.place else "",
        "line": note.place.line if note.place else 0,
        "hints": list(note.hints),
        "inert": note.inert,
    }


def _origin(variable: ProjectVariable, definition: Definition | None) -> str:
    found = definition.origins.get(f"variables.{variable.name}") if definition else None
    if found is not None and variable.file == found.place.file and variable.line:
        return str(found)
    if variable.line:
        return f"{variable.file}:{variable.line}"
    return variable.file or "localbuild.toml"


def _shown(variable: ProjectVariable) -> str:
    place = {
        VariableType.PLAINTEXT: "",
        VariableType.PARAMETER_STORE: "Parameter Store ",
        VariableType.SECRETS_MANAGER: "Secrets Manager ",
    }[variable.type]
    return f"{place}{variable.value}"


def _buildspec(settings: Settings) -> str:
    inline = settings.definition.inline if settings.definition else None
    if inline and "\n" in settings.buildspec:
        return f"inline, {len(settings.buildspec.splitlines())} lines"
    return settings.buildspec or "buildspec.yml"


def _cache(cache: WantedCache) -> str:
    if cache.type == S3:
        return " ".join(cache.tiers) or "your cache directory"
    return " ".join((cache.type, *cache.modes))


def _at(definition: Definition, path: str) -> str:
    origin = definition.origins.get(path)
    return str(origin) if origin else definition.file


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _first_line(text: str) -> str:
    first, *more = text.split("\n")
    return one_line(first) + (f" … ({len(more)} more lines)" if any(more) else "")
