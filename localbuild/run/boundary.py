"""A build's first and last events, and the builds that end before they begin."""

from localbuild.errors import BuildspecError, ExitCode, LocalbuildError
from localbuild.events.caching import ProjectCache
from localbuild.events.model import BuildEnded, BuildStarted, EnvironmentVariable, Failed
from localbuild.plan.compile import BuildRequest, source_directory
from localbuild.plan.environment import AutoRetry, BuildIdentity
from localbuild.plan.model import SHOWN, BuildPlan, CachePlan, Origin
from localbuild.run.download import begin_download, refusal_context
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
        compute_type=plan.environment.compute_type,
        privileged=plan.environment.privileged,
        timeout_s=plan.timeout_s,
        environment_variables=_variables(plan),
        cache=_project_cache(plan.cache),
        record=services.record,
        planned=plan.planned_commands,
        auto_retry_limit=retry.limit,
        auto_retry_number=retry.number,
        previous_auto_retry=retry.previous,
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
    project = request.project.name
    reporter = Reporter(identity.id_in(project), services.clock, services.emit)
    directory = source_directory(project)
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
            timeout_s=request.timeout_s,
            cache=_project_cache(request.cache),
            record=services.record,
        )
    )
    reporter.empty_phase(PhaseType.SUBMITTED)
    reporter.empty_phase(PhaseType.QUEUED)
    reporter.phase_started(PhaseType.DOWNLOAD_SOURCE)
    begin_download(directory, reporter)
    location = f"{directory}/{request.buildspec_path}" if request.buildspec_path else ""
    where = location or "/codebuild/readonly/buildspec.yml"
    reporter.line(PhaseType.DOWNLOAD_SOURCE, f"YAML location is {where}")
    if not error.problems:  # these have been told one by one
        report_failure(reporter, error)
    reporter.phase_ended(PhaseType.DOWNLOAD_SOURCE, StatusType.FAILED, refusal_context(error))
    return report_end(reporter, StatusType.FAILED, ExitCode.BUILDSPEC, error.message)


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
