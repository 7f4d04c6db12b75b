"""DOWNLOAD_SOURCE: the source goes into the container, and CodeBuild's lines into the log."""

from collections.abc import Callable, Iterable, Iterator

from localbuild.errors import BuildspecError, StorageError
from localbuild.events.model import BuildPlanned, PhaseContext
from localbuild.plan.model import BuildPlan
from localbuild.ports.engine import Container
from localbuild.ports.source import Source
from localbuild.run.reporter import Reporter
from localbuild.terms import PhaseType

_PHASE = PhaseType.DOWNLOAD_SOURCE
_NO_RUNTIMES = (
    "[WARN] Skipping install of runtimes. Runtime version selection is not supported by this "
    "build image."
)


def download_source(
    plan: BuildPlan,
    container: Container,
    source: Source,
    reporter: Reporter,
    check: Callable[[], None],
) -> None:
    """Bring the source in and say what CodeBuild says.

    `check` raises where the build must not go on. Raises StorageError, EngineError.
    """
    begin_download(plan.source.directory, reporter)
    reporter.line(_PHASE, f"YAML location is {plan.buildspec_location}")
    _say_notices(plan, reporter)
    _refuse_unresolved(plan)
    if plan.source.mode == "copy":
        _copy(plan, container, source, reporter, check)
    _say_settings(plan, reporter)
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


def begin_download(directory: str, reporter: Reporter) -> None:
    """The lines before a buildspec is looked at."""
    for text in (
        "Running on localbuild",
        "Waiting for agent ping",
        "Waiting for DOWNLOAD_SOURCE",
        "Phase is DOWNLOAD_SOURCE",
        f"CODEBUILD_SRC_DIR={directory}",
    ):
        reporter.line(_PHASE, text)


def refusal_context(error: BuildspecError) -> PhaseContext:
    """The phase context of a buildspec that the service refuses."""
    return PhaseContext(status_code=error.status_code, message=error.message)


def _copy(
    plan: BuildPlan,
    container: Container,
    source: Source,
    reporter: Reporter,
    check: Callable[[], None],
) -> None:
    def said() -> str:
        stats = source.stats()
        return f"{stats.files} files, {stats.size_bytes} bytes"

    with reporter.timed("source", said):
        container.put_tree(plan.source.directory, _checked(source.open_archive(), check))
    for warning in source.stats().warnings:
        reporter.warn(f"source: {warning}")


def _checked(archive: Iterable[bytes], check: Callable[[], None]) -> Iterator[bytes]:
    """The archive, piece by piece, as long as the build may go on."""
    for piece in archive:
        check()
        yield piece


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


def _say_settings(plan: BuildPlan, reporter: Reporter) -> None:
    reporter.line(_PHASE, "Processing environment variables")
    if plan.runtime_versions:
        reporter.line(_PHASE, _NO_RUNTIMES)
        named = ", ".join(f"{name} {version}" for name, version in plan.runtime_versions)
        reporter.warn(
            f"runtime-versions: {named}: not selected; the build uses what its image has",
            code="LB601",
        )
    reporter.line(_PHASE, f"Moving to directory {plan.source.directory}")
    if not plan.cache.declared:
        reporter.line(_PHASE, "Cache is not defined in the buildspec")
    if not plan.cache.paths:
        reporter.line(_PHASE, "Skip cache due to: no paths specified to be cached")


def _refuse_unresolved(plan: BuildPlan) -> None:
    """Raise StorageError for values that lie with AWS and that nobody gave."""
    if not plan.unresolved:
        return
    names = ", ".join(name for name, _ in plan.unresolved)
    raise StorageError(
        f"{names}: values from Parameter Store and Secrets Manager are not fetched by this version",
        hints=tuple(f"localbuild run -e {name}=VALUE" for name, _ in plan.unresolved),
    )
