"""From a call to a build's request: settings, source, buildspec, variables."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from localbuild.cli.buildspecs import (
    BuildspecChoice,
    choose_buildspec,
    is_in_s3,
    read_chosen,
)
from localbuild.cli.call import Call
from localbuild.cli.forks import EVENT_FILE, is_from_fork, is_pull_request
from localbuild.cli.layers import load_env_file, load_settings
from localbuild.cli.machine import machine_capacity, user_name
from localbuild.cli.overrides import apply_overrides
from localbuild.cli.paths import is_dir, is_file, real_path
from localbuild.cli.project_notes import tell_project
from localbuild.cli.request import Circumstances, fork_note, limit_notes, make_request
from localbuild.cli.secrets import GivenSecrets, read_given
from localbuild.cli.settings import Settings
from localbuild.cli.variables import read_options
from localbuild.cli.world import CREDENTIALS
from localbuild.errors import UsageError
from localbuild.plan.compile import BuildRequest, compile_plan
from localbuild.plan.model import BuildPlan
from localbuild.project.model import ProjectVariable
from localbuild.terms import VariableType

_SHORTEST_S = 5 * 60.0
_LONGEST_S = 36 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A build that could begin; its buildspec has not been read yet."""

    settings: Settings
    source: Path
    choice: BuildspecChoice
    request: BuildRequest
    ca_bundle: bytes = field(default=b"", repr=False)
    given: GivenSecrets = GivenSecrets()

    def plan(self) -> BuildPlan:
        """Read the buildspec and compile the plan. Raises BuildspecError."""
        from localbuild.buildspec.read import read_buildspec

        data = read_chosen(self.choice, self.source, self.request.project.name)
        return compile_plan(read_buildspec(data, self.choice.file), self.request)


def prepare(call: Call) -> Prepared:
    """Everything about a build but its buildspec's content. Raises UsageError."""
    source = find_source(call.argument("source"), call.world.cwd)
    given, overrides = apply_overrides(call)
    settings = load_settings(replace(call, given=given), source)
    tell_project(settings, call.voice)
    choice = _choose(call, settings, source)
    around = _circumstances(call, source)
    _say_decisions(call, settings, around)
    given_secrets = read_given(call, settings)
    references = tuple(v for v in overrides if v.type is not VariableType.PLAINTEXT)
    return Prepared(
        settings=settings,
        source=source,
        choice=choice,
        request=replace(
            make_request(
                settings, around, choice, _variables(call, settings, overrides), references
            ),
            secrets=tuple(given_secrets.values),
        ),
        ca_bundle=_ca_bundle(settings.ca_file),
        given=given_secrets,
    )


def _choose(call: Call, settings: Settings, source: Path) -> BuildspecChoice:
    """The buildspec, which may stand in the project's definition, or lie in S3."""
    from localbuild.cli.project_layer import inline_choice

    inline = inline_choice(settings)
    if inline is not None:
        return inline
    if not is_in_s3(settings.buildspec):
        return choose_buildspec(settings.buildspec, source, call.world.cwd, call.world.stdin)
    from localbuild.cli.remote_buildspec import fetch_buildspec

    data = fetch_buildspec(
        settings.buildspec,
        profile=settings.profile,
        region=settings.region,
        endpoint_url=settings.endpoint_url,
    )
    return BuildspecChoice(file=settings.buildspec, path="", text=data)


def find_source(asked: str, cwd: Path) -> Path:
    """SOURCE's real path. Raises UsageError where it is no directory."""
    path = real_path(cwd / asked)
    if is_dir(path):
        return path
    if is_file(path):
        raise UsageError(
            f"SOURCE is a directory, and {asked} is a file", hints=(f"localbuild run -f {asked}",)
        )
    raise UsageError(f"SOURCE {asked}: no such directory")


def _say_decisions(call: Call, settings: Settings, around: Circumstances) -> None:
    for note in limit_notes(settings, around.machine):
        call.voice.note(note)
    if note := fork_note(settings, around):
        call.voice.note(note)
    for name, origin in settings.origins.items():
        call.voice.detail(f"{name.replace('_', '-')}: set by {origin}")
    if not _SHORTEST_S <= settings.timeout <= _LONGEST_S:
        call.voice.warning("timeout: CodeBuild itself takes 5 minutes to 36 hours")


def _circumstances(call: Call, source: Path) -> Circumstances:
    from localbuild.sources.git import read_git_facts

    facts = read_git_facts(source, call.world.environ)
    return Circumstances(
        location=str(source),
        resolved_version=facts.commit,
        repo_url=facts.url,
        initiator=user_name(call.world.environ),
        machine=machine_capacity(),
        cache_directory=str(call.world.user_cache_dir()),
        from_fork=is_from_fork(call.world.environ, _event(call.world.environ)),
    )


def _event(environ: Mapping[str, str]) -> bytes | None:
    """What GitHub Actions says of the pull request that it builds."""
    if not is_pull_request(environ):
        return None
    try:
        return Path(environ.get(EVENT_FILE, "")).read_bytes()
    except (OSError, ValueError):
        return None


def _variables(
    call: Call, settings: Settings, overrides: tuple[ProjectVariable, ...]
) -> tuple[tuple[str, str], ...]:
    """Env files first, then `-e`, which wins, then the overrides that hold a text."""
    environ, cwd = call.world.environ, call.world.cwd
    pairs = [p for file in settings.env_file for p in load_env_file(file, environ, call.voice)]
    options = read_options(settings.env, environ, lambda word: is_file(cwd / word))
    for warning in options.warnings:
        call.voice.warning(warning)
    pairs += options.pairs
    pairs += [(v.name, v.value) for v in overrides if v.type is VariableType.PLAINTEXT]
    for value in (value for name, value in pairs if name in CREDENTIALS):
        call.world.mask.add(value)
    return tuple(pairs)


def _ca_bundle(path: Path | None) -> bytes:
    if path is None:
        return b""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"--ca-file {path}: {error.strerror}") from None
    if b"-----BEGIN CERTIFICATE-----" not in data:
        raise UsageError(f"--ca-file {path}: there is no PEM certificate in it")
    return data
