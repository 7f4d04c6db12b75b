"""From a call to a build's request: settings, source, buildspec, variables."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from localbuild.cli.buildspecs import (
    BuildspecChoice,
    await_buildspec,
    choose_buildspec,
    choose_fetched,
    choose_text,
    is_in_s3,
    read_chosen,
    refuse_outside,
)
from localbuild.cli.call import Call
from localbuild.cli.forks import EVENT_FILE, is_from_fork, is_pull_request
from localbuild.cli.layers import load_env_file, load_settings
from localbuild.cli.overrides import apply_overrides
from localbuild.cli.process.machine import machine_capacity, user_name
from localbuild.cli.process.paths import is_file
from localbuild.cli.process.world import CREDENTIALS
from localbuild.cli.project_notes import tell_project
from localbuild.cli.request import Circumstances, fork_note, limit_notes, make_request
from localbuild.cli.secrets import GivenSecrets, read_given
from localbuild.cli.settings import Settings
from localbuild.cli.source_overrides import source_word
from localbuild.cli.source_words import find_place
from localbuild.cli.variables import read_options
from localbuild.cli.wanted_sources import WantedSource, find_sources, hide_credentials
from localbuild.errors import UsageError
from localbuild.plan.compile import BuildRequest, compile_plan
from localbuild.plan.model import BuildPlan
from localbuild.project.model import ProjectVariable
from localbuild.sources.git import GitFacts
from localbuild.terms import VariableType

_SHORTEST_S = 5 * 60.0
_LONGEST_S = 36 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A build that could begin; its buildspec has not been read yet.

    `source` is where the build belongs: SOURCE, or the current directory for one that is fetched.
    `tree` and `trees` are the directories of the primary source and of the others, once they are
    there.
    """

    settings: Settings
    source: Path
    choice: BuildspecChoice
    request: BuildRequest
    primary: WantedSource
    others: tuple[WantedSource, ...] = ()
    tree: Path
    trees: tuple[Path, ...] = ()
    ca_bundle: bytes = field(default=b"", repr=False)
    given: GivenSecrets = GivenSecrets()

    def plan(self) -> BuildPlan:
        """Read the buildspec and compile the plan. Raises BuildspecError."""
        from localbuild.buildspec.read import read_buildspec

        if self.primary.is_fetched:
            refuse_outside(self.choice, self.tree)
        data = read_chosen(self.choice, self.tree, self.request.source_directory)
        return compile_plan(read_buildspec(data, self.choice.file), self.request)

    def with_tree(self, source: WantedSource, tree: Path, commit: str, cwd: Path) -> "Prepared":
        """The same build with one of its sources fetched."""
        if source.identifier:
            number = self.others.index(source)
            plans = list(self.request.secondary_sources)
            plans[number] = replace(plans[number], resolved_version=commit)
            trees = (*self.trees[:number], tree, *self.trees[number + 1 :])
            request = replace(self.request, secondary_sources=tuple(plans))
            return replace(self, trees=trees, request=request)
        choice = self.choice
        if choice.is_awaited:
            choice = choose_fetched(self.settings.buildspec, tree, cwd)
        request = replace(
            self.request,
            source=replace(self.request.source, resolved_version=commit),
            buildspec_file=choice.file,
            buildspec_path=choice.path,
        )
        return replace(self, tree=tree, choice=choice, request=request)


def prepare(call: Call) -> Prepared:
    """Everything about a build but its buildspec's content. Raises UsageError."""
    place = find_place(source_word(call), call.world.cwd)
    hide_credentials(call, place)
    source = place if isinstance(place, Path) else call.world.cwd
    given, overrides = apply_overrides(call)
    settings = load_settings(replace(call, given=given), source)
    tell_project(settings, call.voice)
    primary, others = find_sources(call, place, settings)
    choice = _choose(call, settings, primary, source)
    around = _circumstances(call, source, primary)
    _say_decisions(call, settings, around)
    given_secrets = read_given(call, settings)
    references = tuple(v for v in overrides if v.type is not VariableType.PLAINTEXT)
    return Prepared(
        settings=settings,
        source=source,
        choice=choice,
        request=replace(
            make_request(
                settings, around, choice, option_variables(call, settings, overrides), references
            ),
            secrets=tuple(given_secrets.values),
            secondary_sources=tuple(other.plan(_facts(call, other)) for other in others),
        ),
        primary=primary,
        others=others,
        tree=source,
        trees=tuple(o.place if isinstance(o.place, Path) else source for o in others),
        ca_bundle=_ca_bundle(settings.ca_file),
        given=given_secrets,
    )


def _choose(call: Call, settings: Settings, primary: WantedSource, source: Path) -> BuildspecChoice:
    """The buildspec, which may stand in the project's definition, or lie in S3."""
    from localbuild.cli.project_layer import inline_choice

    inline = inline_choice(settings)
    if inline is not None:
        return inline
    if not is_in_s3(settings.buildspec):
        if primary.is_fetched:
            text = choose_text(settings.buildspec, call.world.stdin)
            return text or await_buildspec(settings.buildspec)
        return choose_buildspec(settings.buildspec, source, call.world.cwd, call.world.stdin)
    from localbuild.cli.remote_buildspec import fetch_buildspec

    data = fetch_buildspec(
        settings.buildspec,
        profile=settings.profile,
        region=settings.region,
        endpoint_url=settings.endpoint_url,
    )
    return BuildspecChoice(file=settings.buildspec, path="", text=data)


def _say_decisions(call: Call, settings: Settings, around: Circumstances) -> None:
    for note in limit_notes(settings, around.machine):
        call.voice.note(note)
    if note := fork_note(settings, around):
        call.voice.note(note)
    for name, origin in settings.origins.items():
        call.voice.detail(f"{name.replace('_', '-')}: set by {origin}")
    if not _SHORTEST_S <= settings.timeout <= _LONGEST_S:
        call.voice.warning("timeout: CodeBuild itself takes 5 minutes to 36 hours")


def _circumstances(call: Call, source: Path, primary: WantedSource) -> Circumstances:
    return Circumstances(
        source=primary.plan(_facts(call, primary)),
        name=str(source) if isinstance(primary.place, Path) else primary.place.name,
        initiator=user_name(call.world.environ),
        machine=machine_capacity(),
        cache_directory=str(call.world.user_cache_dir()),
        from_fork=is_from_fork(call.world.environ, _event(call.world.environ)),
    )


def _facts(call: Call, source: WantedSource) -> GitFacts:
    """What git says of a directory; what is fetched has no facts yet."""
    from localbuild.sources.git import read_git_facts

    if not isinstance(source.place, Path):
        return GitFacts()
    return read_git_facts(source.place, call.world.environ)


def _event(environ: Mapping[str, str]) -> bytes | None:
    """What GitHub Actions says of the pull request that it builds."""
    if not is_pull_request(environ):
        return None
    try:
        return Path(environ.get(EVENT_FILE, "")).read_bytes()
    except (OSError, ValueError):
        return None


def option_variables(
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
