"""A build's first and last events, and the builds that end before they begin."""

from localbuild.errors import BuildspecError, ExitCode, LocalbuildError
from localbuild.events.caching import ProjectCache
from localbuild.events.model import BuildEnded, BuildStarted, Failed
from localbuild.events.project import BuildSource, EnvironmentVariable
from localbuild.plan.cache import CachePlan
from localbuild.plan.compile import BuildRequest
from localbuild.plan.environment import AutoRetry, BuildIdentity
from localbuild.plan.model import SHOWN, BuildPlan, Origin, SourcePlan
from localbuild.ports.engine import Interruption
from localbuild.run.download import begin_download, refusal_context, wait_for_download
from localbuild.run.outcome import interrupted_outcome, trouble_outcome
from localbuild.run.reporter import Reporter
from localbuild.run.services import Services
from localbuild.terms import PhaseType, StatusType


def build_started(plan: BuildPlan, identity: BuildIdentity, services: Services) -> BuildStarted:
    """The first event of a planned build."""
    retry = identity.auto_retry or AutoRetry(limit=0)
    return BuildStarted(
        time=services.clock.now(),
        build=identity.id_in(plan.project),
        project=plan.project,
        number=identity.number,
        arn=identity.arn_of(plan),
        initiator=plan.initiator,
        image=plan.environment.image,
        source=plan.source.location,
        source_version=plan.source.version,
        resolved_source_version=plan.source.resolved_version,
        source_type=plan.source.type,
        secondary_sources=tuple(map(_build_source, plan.secondary_sources)),
        compute_type=plan.environment.compute_type,
        privileged=plan.environment.privileged,
        timeout_s=plan.timeout_s,
        debug_session=plan.debug_session,
        environment_variables=_variables(plan),
        cache=_project_cache(plan.cache),
        record=services.record,
        planned=plan.planned_commands,
        auto_retry_limit=retry.limit,
        auto_retry_number=retry.number,
        previous_auto_retry=retry.previous,
        until=plan.until or "",
        resumed_from=plan.resumed.number if plan.resumed else 0,
        resumed_build=plan.resumed.build if plan.resumed else "",
    )


def _variables(plan: BuildPlan) -> tuple[EnvironmentVariable, ...]:
    """Those of the project and of the command line; a secret's value is where it lies, as there."""
    outer = (Origin.PROJECT, Origin.OPTION)
    values = (
        EnvironmentVariable(name=v.name, value=v.value) for v in plan.variables if v.origin in outer
    )
    secrets = (
        EnvironmentVariable(name=s.name, value=s.reference or SHOWN, type=s.type)
        for s in plan.secrets
        if s.origin in outer
    )
    return (*values, *secrets)


def _build_source(source: SourcePlan) -> BuildSource:
    return BuildSource(
        identifier=source.identifier,
        type=source.type,
        location=source.location,
        version=source.version,
        resolved_version=source.resolved_version,
        git_clone_depth=source.git_clone_depth,
        fetch_submodules=source.fetch_submodules,
    )


def _project_cache(cache: CachePlan) -> ProjectCache:
    return ProjectCache(
        type=cache.type,
        location=cache.location,
        modes=cache.modes,
        cache_namespace=cache.namespace,
    )


def refuse_build(
    error: BuildspecError, request: BuildRequest, identity: BuildIdentity, services: Services
) -> int:
    """Record a build whose buildspec is missing or refused: it ends in DOWNLOAD_SOURCE.

    Returns exit code 3. Source: reference of CodeBuild's behaviour, 2.3, YAML_FILE_ERROR.
    """
    reporter = _begin_early(request, identity, services)
    directory = request.source_directory
    begin_download(request.sources, reporter)
    location = f"{directory}/{request.buildspec_path}" if request.buildspec_path else ""
    where = location or "/codebuild/readonly/buildspec.yml"
    reporter.line(PhaseType.DOWNLOAD_SOURCE, f"YAML location is {where}")
    if not error.problems:  # these have been told one by one
        report_failure(reporter, error)
    reporter.phase_ended(PhaseType.DOWNLOAD_SOURCE, StatusType.FAILED, refusal_context(error))
    return report_end(reporter, StatusType.FAILED, ExitCode.BUILDSPEC, error.message)


def refuse_source(
    error: LocalbuildError, request: BuildRequest, identity: BuildIdentity, services: Services
) -> int:
    """Record a build whose source could not be fetched, and return the error's exit code.

    Source: logs of builds: nothing but the reason follows `Waiting for DOWNLOAD_SOURCE`.
    """
    reporter = _begin_early(request, identity, services)
    wait_for_download(reporter)
    report_failure(reporter, error)
    outcome = trouble_outcome(error)
    reporter.phase_ended(PhaseType.DOWNLOAD_SOURCE, outcome.status, outcome.context)
    return report_end(reporter, outcome.status, error.exit_code, error.message)


def stop_download(
    why: Interruption | None, request: BuildRequest, identity: BuildIdentity, services: Services
) -> int:
    """Record a build that was stopped, or whose time was over, while its source was fetched."""
    reporter = _begin_early(request, identity, services)
    wait_for_download(reporter)
    outcome = interrupted_outcome(why)
    reporter.phase_ended(PhaseType.DOWNLOAD_SOURCE, outcome.status, outcome.context)
    if outcome.status is StatusType.TIMED_OUT:
        reason = outcome.context.message
        return report_end(reporter, StatusType.FAILED, ExitCode.TIMED_OUT, reason)
    return report_end(reporter, StatusType.STOPPED, services.stop_code(), "")


def _begin_early(request: BuildRequest, identity: BuildIdentity, services: Services) -> Reporter:
    """The first events of a build that has no plan."""
    project = request.project.name
    reporter = Reporter(identity.id_in(project), services.clock, services.emit)
    time, build = reporter.stamp()
    reporter.emit(
        BuildStarted(
            time=time,
            build=build,
            project=project,
            number=identity.number,
            arn=f"arn:aws:codebuild:{request.region}:{request.account}:build/{build}",
            initiator=request.initiator,
            image=request.environment.image,
            source=request.source.location,
            source_version=request.source.version,
            resolved_source_version=request.source.resolved_version,
            source_type=request.source.type,
            secondary_sources=tuple(map(_build_source, request.secondary_sources)),
            timeout_s=request.timeout_s,
            debug_session=request.debug_session,
            cache=_project_cache(request.cache),
            record=services.record,
        )
    )
    reporter.empty_phase(PhaseType.SUBMITTED)
    reporter.empty_phase(PhaseType.QUEUED)
    reporter.phase_started(PhaseType.DOWNLOAD_SOURCE)
    return reporter


def report_failure(reporter: Reporter, error: LocalbuildError) -> None:
    """Say why a build could not go on."""
    time, build = reporter.stamp()
    reporter.emit(
        Failed(
            time=time,
            build=build,
            message=error.message,
            exit_code=error.exit_code,
            status_code=error.status_code,
            hints=error.hints,
        )
    )


def report_end(reporter: Reporter, status: StatusType, code: int, reason: str) -> int:
    """FINALIZING (where it has not begun), COMPLETED, and the last event."""
    if reporter.open_phase is not PhaseType.FINALIZING:
        reporter.phase_started(PhaseType.FINALIZING)
    reporter.phase_ended(PhaseType.FINALIZING, StatusType.SUCCEEDED)
    reporter.phase_started(PhaseType.COMPLETED)
    time, build = reporter.stamp()
    reporter.emit(
        BuildEnded(time=time, build=build, status=status, exit_code=int(code), reason=reason)
    )
    return int(code)
