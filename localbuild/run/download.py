"""DOWNLOAD_SOURCE: source and cache go into the container, and CodeBuild's lines into the log."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from localbuild.errors import BuildspecError
from localbuild.events.model import BuildPlanned, PhaseContext
from localbuild.plan.model import BuildPlan, SourcePlan
from localbuild.ports.engine import Container
from localbuild.ports.source import Source
from localbuild.run.caching import CacheUse
from localbuild.run.outcome import PhaseOutcome
from localbuild.run.reporter import Reporter
from localbuild.run.runtimes import Runtimes
from localbuild.terms import PhaseType, VariableType

_PHASE = PhaseType.DOWNLOAD_SOURCE
_GITHUB = "Github and GitHub Enterprise sources"
_SLOW_SOURCES = {"S3": "S3 source", "GITHUB": _GITHUB, "GITHUB_ENTERPRISE": _GITHUB}
"""Source: logs of builds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What the phase works with. `check` raises where the build must not go on.

    `sources`: the primary one, then the others in the plan's order; `fetch_s`: how long it took to
    bring them to this machine.
    """

    plan: BuildPlan
    sources: tuple[Source, ...]
    fetch_s: float
    cache: CacheUse
    runtimes: Runtimes
    reporter: Reporter
    check: Callable[[], None]

    def run(self, container: Container) -> PhaseOutcome:
        """Bring source and cache in and say what CodeBuild says.

        Raises StorageError, EngineError, BuildspecError for a runtime that the image has not. A
        command of a runtime that fails makes the phase fail, and a cache that is missed can.
        """
        _begin(self.plan, self.reporter)
        if self.fetch_s:
            self.reporter.measured("fetch", self.fetch_s)
        self.cache.link(container)
        self.copy(container)
        _say_variables(self.plan, self.reporter)
        outcome = self.runtimes.install(container)
        if outcome.failed:
            return outcome
        _say_settings(self.plan, self.reporter)
        outcome = self.cache.restore(container)
        self.check()
        if not outcome.failed:
            register(self.plan, self.reporter)
        return outcome

    def copy(self, container: Container) -> None:
        """The secondary sources, then the primary one, of which a cache may hold files already."""
        plans = (self.plan.source, *self.plan.secondary_sources)
        primary, *others = zip(plans, self.sources, strict=True)
        for plan, source in others:
            self._copy(container, plan, source)
        if self.plan.source.mode == "copy":
            self._copy(container, *primary)
            self._say_left_out(container)

    def _copy(self, container: Container, plan: SourcePlan, source: Source) -> None:
        def said() -> str:
            stats = source.stats()
            return f"{stats.files} files, {stats.size_bytes} bytes"

        name = " ".join(filter(None, ("source", plan.identifier)))
        with self.reporter.timed(name, said):
            container.put_tree(
                plan.directory,
                self._checked(source.open_archive()),
                keep_existing=self.cache.holds_files and not plan.identifier,
            )
        for warning in source.stats().warnings:
            self.reporter.warn(f"{name}: {warning}")

    def _say_left_out(self, container: Container) -> None:
        if self.plan.cache.type == "LOCAL":  # an S3 cache makes way, and says so itself
            for path in container.left_out:
                self.reporter.warn(f"source: {path} is left out: the cache has its place")

    def _checked(self, archive: Iterable[bytes]) -> Iterator[bytes]:
        """The archive, piece by piece, as long as the build may go on."""
        for piece in archive:
            self.check()
            yield piece


def wait_for_download(reporter: Reporter) -> None:
    """The lines before the sources are there."""
    for text in ("Running on localbuild", "Waiting for agent ping", "Waiting for DOWNLOAD_SOURCE"):
        reporter.line(_PHASE, text)


def begin_download(sources: Iterable[SourcePlan], reporter: Reporter) -> None:
    """The lines before a buildspec is looked at."""
    wait_for_download(reporter)
    reporter.line(_PHASE, "Phase is DOWNLOAD_SOURCE")
    for source in sources:
        name = "_".join(filter(None, ("CODEBUILD_SRC_DIR", source.identifier)))
        reporter.line(_PHASE, f"{name}={source.directory}")


def begin_refusal(plan: BuildPlan, reporter: Reporter) -> None:
    """Enter the phase for a build that cannot have the variables that it needs."""
    reporter.phase_started(_PHASE)
    _begin(plan, reporter)
    _say_variables(plan, reporter)


def refusal_context(error: BuildspecError) -> PhaseContext:
    """The phase context of a buildspec that the service refuses."""
    return PhaseContext(status_code=error.status_code, message=error.message)


def register(plan: BuildPlan, reporter: Reporter) -> None:
    """Say how many commands the build has."""
    reporter.line(_PHASE, "Registering with agent")
    time, build = reporter.stamp()
    reporter.emit(
        BuildPlanned(
            time=time,
            build=build,
            buildspec=plan.buildspec,
            phases=plan.declared_phases,
            planned=plan.planned_commands,
        )
    )


def _say_notices(plan: BuildPlan, reporter: Reporter) -> None:
    for notice in plan.notices:
        reporter.notice(notice, plan.buildspec)
    if plan.syntax_warning:
        reporter.line(_PHASE, plan.syntax_warning)
    for type, count in plan.declared_phases:
        if count == 0:
            reporter.line(_PHASE, f"No commands found for phase name: {type.lower()}")
    if plan.shell_selected:
        reporter.line(_PHASE, f"Selecting shell {plan.shell} as specified in buildspec.")


def _begin(plan: BuildPlan, reporter: Reporter) -> None:
    begin_download((plan.source, *plan.secondary_sources), reporter)
    reporter.line(_PHASE, f"YAML location is {plan.buildspec_location}")
    _say_notices(plan, reporter)


def _say_variables(plan: BuildPlan, reporter: Reporter) -> None:
    if plan.source.type in _SLOW_SOURCES:
        kind = _SLOW_SOURCES[plan.source.type]
        reporter.line(_PHASE, f"Setting HTTP client timeout to higher timeout for {kind}")
    reporter.line(_PHASE, "Processing environment variables")
    if any(secret.type is VariableType.PARAMETER_STORE for secret in plan.secrets):
        reporter.line(_PHASE, "Decrypting parameter store environment variables")


def _say_settings(plan: BuildPlan, reporter: Reporter) -> None:
    reporter.line(_PHASE, f"Moving to directory {plan.source.directory}")
    if not plan.cache.declared:
        reporter.line(_PHASE, "Cache is not defined in the buildspec")
    if not plan.cache.paths:
        reporter.line(_PHASE, "Skip cache due to: no paths specified to be cached")
    elif plan.cache.type == "NO_CACHE":
        reporter.line(_PHASE, "Skip cache due to: the project has no cache (NO_CACHE)")
