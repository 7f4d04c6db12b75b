"""The layers of settings: command line, environment, SOURCE's file, the user's, the project's."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from localbuild.cli.call import Call, Given
from localbuild.cli.env_files import LONGEST as LONGEST_ENV_FILE
from localbuild.cli.env_files import read_env_file
from localbuild.cli.mistyped import mistyped_variables
from localbuild.cli.process.paths import read_at_most
from localbuild.cli.process.voice import Voice
from localbuild.cli.project_files import ProjectFile, hidden_values, load_definition
from localbuild.cli.region import find_region
from localbuild.cli.settings import PARSERS, Layer, Settings, resolve_settings
from localbuild.cli.variables import check_name
from localbuild.errors import UsageError
from localbuild.project.model import ProjectVariable
from localbuild.project.toml import LONGEST as LONGEST_TOML
from localbuild.project.toml import TomlFile, read_toml

PROJECT_FILE = "localbuild.toml"
_PYPROJECT = "pyproject.toml"
_OPTION_ONLY = (
    "aws_credentials",
    "env",
    "secret",
    "no_ignore",
    "record",
    "exit_code_from",
)
_NAMES = {"project_name": "name"}


def toml_key(name: str) -> str:
    """A setting's key in a TOML file."""
    return _NAMES.get(name, name).replace("_", "-")


KEYS: Mapping[str, str] = {toml_key(n): n for n in PARSERS if n not in _OPTION_ONLY}
"""The setting of each key that may stand in a TOML file."""


def load_settings(call: Call, source: Path) -> Settings:
    """All settings of a call about that source. Raises UsageError."""
    here = call.world.cwd
    for line in mistyped_variables(call.world.environ):
        call.voice.warning(line)
    layers = [Layer(base=here, values=call.given), Layer(base=here, values=call.environ_given)]
    files = (
        project_file(call.text("config"), source, here, call.voice),
        _file(call.world.user_config_dir() / "config.toml", "user's config.toml"),
    )
    layers += [_layer(*found, call.world.environ, call.voice) for found in files if found]
    settings = _with_region(resolve_settings(layers), call)
    if settings.project is None:
        _refuse_parameters(settings, "there is no --project whose template could have them")
        return settings
    return _with_project(settings.project, settings, layers, call)


def _with_region(settings: Settings, call: Call) -> Settings:
    region = settings.region or find_region(settings.profile, call.world.environ)
    return replace(settings, region=region)


def _with_project(
    project: ProjectFile, settings: Settings, layers: list[Layer], call: Call
) -> Settings:
    """The settings with the project's definition as their weakest layer."""
    if project.is_toml:
        if project.name:
            raise UsageError(f"--project {project.shown}#{project.name}: the file is one project")
        _refuse_parameters(settings, f"{project.shown} is no template")
        found = _file(project.path, project.shown)
        if found is None:
            raise UsageError(f"--project {project.shown}: no such file")
        weakest = _layer(*found, call.world.environ, call.voice)
        return _with_region(resolve_settings([*layers, weakest]), call)
    from localbuild.cli.project_layer import project_layer
    from localbuild.project.kinds import Kind

    definition = load_definition(project, settings.parameter, settings.region)
    if definition.kind is not Kind.CLOUDFORMATION:
        _refuse_parameters(settings, f"{project.shown} is no template")
    for value in hidden_values(definition):
        call.world.mask.add(value)
    weakest = project_layer(definition, project.path.parent)
    resolved = resolve_settings([*layers, weakest])
    return _with_region(replace(resolved, definition=definition), call)


def _refuse_parameters(settings: Settings, why: str) -> None:
    """Raises UsageError for parameters that nothing asks for."""
    if settings.parameter:
        raise UsageError(f"{settings.setter('parameter')}: {why}")


def project_file(asked: str, source: Path, cwd: Path, voice: Voice) -> tuple[Path, TomlFile] | None:
    """SOURCE's own file, or the one that was asked for, with its folder. Raises UsageError."""
    if asked:
        found = _file(cwd / asked, asked)
        if found is None:
            raise UsageError(f"--config {asked}: no such file")
        return found
    own = _file(source / PROJECT_FILE, PROJECT_FILE)
    shared = _file(source / _PYPROJECT, _PYPROJECT, table=("tool", "localbuild"))
    if own and shared:
        voice.note(f"{PROJECT_FILE} is used; [tool.localbuild] of {_PYPROJECT} is not")
    return own or shared


def _file(path: Path, name: str, *, table: tuple[str, ...] = ()) -> tuple[Path, TomlFile] | None:
    try:
        data = read_at_most(path, LONGEST_TOML)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from None
    if table and table[-1].encode() not in data:
        return None
    found = read_toml(data, name, KEYS, table=table)
    return None if found is None else (path.parent, found)


def _layer(base: Path, toml: TomlFile, environ: Mapping[str, str], voice: Voice) -> Layer:
    values = {
        KEYS[key]: Given(value=value.value, origin=toml.origin(value))
        for key, value in toml.values.items()
    }
    files = values.pop("env_file", None)
    pairs = dict(_env_file_pairs(files, base, environ, voice)) if files else {}
    for variable in toml.env:
        check_name(variable.name, f"{toml.file}: [env]")
    plain = (ProjectVariable(name=name, value=value) for name, value in pairs.items())
    return Layer(
        base=base,
        values=values,
        images=toml.images,
        variables=tuple({v.name: v for v in (*plain, *toml.env)}.values()),
    )


def _env_file_pairs(
    files: Given, base: Path, environ: Mapping[str, str], voice: Voice
) -> list[tuple[str, str]]:
    try:
        paths = PARSERS["env_file"](files.value, base)
    except ValueError as error:
        raise UsageError(f"{files.origin}: {error}") from None
    pairs: list[tuple[str, str]] = []
    for path in paths if isinstance(paths, tuple) else ():
        pairs += load_env_file(path, environ, voice)
    return pairs


def load_env_file(path: Path, environ: Mapping[str, str], voice: Voice) -> list[tuple[str, str]]:
    """The variables of an env file; its warnings are said. Raises UsageError."""
    try:
        data = read_at_most(path, LONGEST_ENV_FILE)
    except OSError as error:
        raise UsageError(f"--env-file {path}: {error.strerror}") from None
    found = read_env_file(data, str(path), environ)
    for warning in found.warnings:
        voice.warning(warning)
    return list(found.pairs)
