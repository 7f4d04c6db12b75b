"""Which sources a build has, and where each is: SOURCE, `-s`, and those of the project."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from localbuild.cli.call import Call
from localbuild.cli.settings import Settings
from localbuild.cli.source_words import GivenSource
from localbuild.errors import UsageError
from localbuild.lines import one_line
from localbuild.plan.model import SourcePlan
from localbuild.project.model import ProjectSource
from localbuild.sources.git import GitFacts
from localbuild.sources.places import GitRepository, Place, S3Object, read_object, read_place

GIT_TYPES = (
    *("GITHUB", "GITHUB_ENTERPRISE", "BITBUCKET", "CODECOMMIT"),
    *("GITLAB", "GITLAB_SELF_MANAGED"),
)
"""Source: API reference, SourceType."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSource:
    """A source and how it is wanted. `identifier`: '' for the primary one.

    `checkout`: a directory whose repository is asked for a version, so that it is not taken as it
    stands.
    """

    place: Path | Place = field(repr=False)
    identifier: str = ""
    version: str = ""
    git_clone_depth: int = 0
    fetch_submodules: bool = False
    include_ignored: bool = False
    checkout: bool = False

    @property
    def is_fetched(self) -> bool:
        """Whether it has to be brought into a directory first."""
        return self.checkout or not isinstance(self.place, Path)

    @property
    def shown(self) -> str:
        """Its place for people."""
        return str(self.place) if isinstance(self.place, Path) else self.place.shown

    @property
    def address(self) -> str:
        """Its place as one gives it on a command line."""
        return f"s3://{self.shown}" if isinstance(self.place, S3Object) else self.shown

    def plan(self, facts: GitFacts) -> SourcePlan:
        """As a plan has it. `facts` are those of a directory."""
        plan = SourcePlan(
            location=self.shown,
            directory="",
            identifier=self.identifier,
            version=self.version,
            include_ignored=self.include_ignored or self.is_fetched,
        )
        match self.place:
            case GitRepository():
                return replace(
                    plan,
                    type=self.place.type,
                    repo_url=self.place.shown,
                    repository=self.place.repository,
                    git_clone_depth=self.git_clone_depth,
                    fetch_submodules=self.fetch_submodules,
                )
            case S3Object():
                return replace(plan, type="S3", repo_url=self.address)
            case _:
                return replace(plan, resolved_version=facts.commit, repo_url=facts.url)


def find_sources(
    call: Call, place: Path | Place, settings: Settings
) -> tuple[WantedSource, tuple[WantedSource, ...]]:
    """The primary source and the others, whose credentials are masked from now on.

    Raises UsageError for what cannot be fetched or contradicts itself.
    """
    primary, others = _primary(call, place, settings), _secondary(settings)
    for source in others:
        hide_credentials(call, source.place)
    if primary.is_fetched and settings.source_mode == "mount":
        why = "of that version" if primary.checkout else "that is fetched"
        raise UsageError(
            f"--source-mode mount: a source {why} is gone after the build",
            hints=("--source-mode copy",),
        )
    return primary, others


def hide_credentials(call: Call, place: Path | Place) -> None:
    """Mask what of a URL nobody may see."""
    for secret in place.secrets if isinstance(place, GitRepository) else ():
        call.world.mask.add(secret)


def _primary(call: Call, place: Path | Place, settings: Settings) -> WantedSource:
    version = _version(place, settings.source_version, "SOURCE")
    return WantedSource(
        place=place,
        version=version,
        git_clone_depth=settings.git_clone_depth,
        fetch_submodules=settings.git_submodules,
        include_ignored=settings.no_ignore,
        checkout=isinstance(place, Path) and bool(version) and _is_asked(call, place, settings),
    )


def _is_asked(call: Call, place: Path, settings: Settings) -> bool:
    """Whether a directory is wanted in a version: a project's own is what it usually has."""
    from localbuild.sources.checkout import is_in_repository

    definition = settings.definition
    origin = definition.origins.get("sourceVersion") if definition else None
    if origin is not None and settings.origin("source_version") == str(origin):
        return False
    if is_in_repository(place, call.world.environ):
        return True
    call.voice.note(f"{one_line(str(place))} is in no git repository: it is built as it stands")
    return False


def _secondary(settings: Settings) -> tuple[WantedSource, ...]:
    """The project's, where no `-s` stands in for them, then those of `-s`."""
    project = settings.definition.project if settings.definition else None
    own = {source.identifier: source for source in (project.secondary_sources if project else ())}
    given = {source.identifier: source for source in settings.source}
    found: dict[str, WantedSource] = {}
    for identifier, source in own.items():
        if identifier not in given:
            found[identifier] = _of_project(source)
    for identifier, stand_in in given.items():
        found[identifier] = _given(stand_in, own.get(identifier), settings)
    return tuple(found[name] for name in dict.fromkeys((*own, *given)))


def _given(given: GivenSource, own: ProjectSource | None, settings: Settings) -> WantedSource:
    """What `-s` names: a place, or another version of the project's own source."""
    where = f"-s {given.identifier}"
    place = given.place
    if place is None:
        if own is not None:
            return _of_project(replace(own, version=given.version))
        raise UsageError(
            f"{where}:#{given.version}: the project has no such secondary source",
            hints=(f"{where}:URL#{given.version}",),
        )
    asked = own.version if own else ""
    in_place = "" if isinstance(place, Path) else place.version
    return WantedSource(
        place=place,
        identifier=given.identifier,
        version=in_place or asked,
        git_clone_depth=settings.git_clone_depth,
        fetch_submodules=settings.git_submodules,
        include_ignored=settings.no_ignore,
    )


def _version(place: Path | Place, asked: str, where: str) -> str:
    """The version that is asked for, in the place itself or beside it."""
    own = "" if isinstance(place, Path) else place.version
    if own and asked and own != asked:
        raise UsageError(f"{where}: two versions are asked for: '{own}' and '{asked}'")
    return own or asked


def _of_project(source: ProjectSource) -> WantedSource:
    try:
        place = _project_place(source)
    except ValueError as error:
        raise UsageError(
            f"secondary source {source.identifier} ({source.type or 'no type'}): {error}",
            hints=(f"-s {source.identifier}:DIR",),
        ) from None
    return WantedSource(
        place=place,
        identifier=source.identifier,
        version=source.version or place.version,
        git_clone_depth=source.git_clone_depth,
        fetch_submodules=source.fetch_submodules,
    )


def _project_place(source: ProjectSource) -> Place:
    """Where a project's source is. Raises ValueError."""
    if source.type == "CODEPIPELINE":
        raise ValueError("only a pipeline can give it")
    if source.type not in (*GIT_TYPES, "S3"):
        raise ValueError("there is nothing to fetch")
    if not source.location:
        raise ValueError("its location is not known here")
    if source.type == "S3":
        return read_object(source.location)
    place = read_place(source.location)
    if not isinstance(place, GitRepository):
        raise ValueError(f"'{source.location}' is no URL of a repository")
    return GitRepository(url=place.url, version=place.version, kind=source.type)
