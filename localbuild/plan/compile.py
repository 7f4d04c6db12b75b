"""`compile_plan`: a buildspec and a request become a plan. Pure."""

import hashlib
from dataclasses import dataclass, field, replace

from localbuild.buildspec.model import Buildspec, Phase, Text
from localbuild.buildspec.wording import syntax_warning
from localbuild.errors import BuildspecError, Place, Problem, Severity
from localbuild.plan.cache import CacheAction, CachePlan
from localbuild.plan.model import BuildPlan, EnvironmentPlan, PhasePlan, PlannedCommand, SourcePlan
from localbuild.plan.notices import (
    IMAGE_RUNTIMES,
    buildspec_notices,
    export_notices,
    local_cache_notices,
    runtimes_notices,
)
from localbuild.plan.on_failure import FailurePlan
from localbuild.plan.outputs import plan_artifacts, plan_reports
from localbuild.plan.runtime_versions import PlannedRuntime
from localbuild.plan.variables import Layers, plan_variables, secret_names
from localbuild.plan.windows import refuse_windows
from localbuild.project.model import Project
from localbuild.terms import COMMAND_PHASES, OnFailureAction, PhaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest:
    """What is asked of a build beside its buildspec. `variables` come from the command line.

    `secrets` are the names of variables that the command line has secret values for. `skip`: the
    phases whose commands are not to run. `until`: the last phase that is entered.

    `buildspec_file` is the host's path as the user wrote it; `buildspec_path` the path within the
    source, '' for one from elsewhere. The sources' directories are those of `sources`.
    `cache_origin` is who asked for that cache: an option, a variable, or a file with its line.
    `runtimes`: whose versions the build gets, the buildspec's or the image's (`image`).
    """

    project: Project
    environment: EnvironmentPlan
    source: SourcePlan
    secondary_sources: tuple[SourcePlan, ...] = ()
    buildspec_file: str = "buildspec.yml"
    buildspec_path: str = "buildspec.yml"
    variables: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    secrets: tuple[str, ...] = ()
    skip: tuple[PhaseType, ...] = ()
    until: PhaseType | None = None
    cache: CachePlan = CachePlan()
    cache_origin: str = ""
    runtimes: str = "buildspec"
    region: str = "us-east-1"
    account: str = "000000000000"
    initiator: str = ""
    timeout_s: float = 3600.0
    debug_session: bool = False

    @property
    def source_directory(self) -> str:
        """CODEBUILD_SRC_DIR. A source of a git host lies where Go looks for it.

        Source: reference of CodeBuild's behaviour, 3.3.
        """
        directory = source_directory(self.project.name)
        return "/".join(filter(None, (directory, self.source.repository)))

    @property
    def sources(self) -> tuple[SourcePlan, ...]:
        """The primary source and the others, with their directories: those of the others beside it.

        Source: logs of builds, CODEBUILD_SRC_DIR_<identifier>.
        """
        beside = f"{source_directory(self.project.name).rpartition('/')[0]}/secSrc"
        return (
            replace(self.source, directory=self.source_directory),
            *(replace(s, directory=f"{beside}/{s.identifier}") for s in self.secondary_sources),
        )


def compile_plan(spec: Buildspec, request: BuildRequest) -> BuildPlan:
    """The plan of a build. Raises BuildspecError for `steps` and for what is for Windows."""
    _refuse_steps(spec, request.buildspec_file)
    refuse_windows(spec, request.buildspec_file)
    source, *secondary = request.sources
    variables, secrets = plan_variables(
        Layers(
            spec=spec,
            file=request.buildspec_file,
            project=request.project.environment_variables,
            options=request.variables,
            secrets=request.secrets,
        )
    )
    exported = _exported(spec, secret_names(spec, secrets))
    return BuildPlan(
        project=request.project.name,
        version=spec.version,
        buildspec=request.buildspec_file,
        buildspec_location=_location(source.directory, request.buildspec_path),
        shell=_shell(spec),
        shell_selected=spec.env.shell is not None,
        isolated=spec.version == "0.1",
        environment=request.environment,
        source=source,
        secondary_sources=tuple(secondary),
        region=request.region,
        account=request.account,
        initiator=request.initiator,
        timeout_s=request.timeout_s,
        debug_session=request.debug_session,
        variables=variables,
        phases=tuple(_phase_plan(spec, type, request.skip) for type in COMMAND_PHASES),
        declared_phases=_declared(spec),
        exported_variables=exported,
        runtime_versions=_runtimes(spec, request.runtimes),
        cache=_cache_plan(spec, request.cache),
        artifacts=plan_artifacts(spec, request.project, request.buildspec_file),
        reports=plan_reports(spec),
        secrets=secrets,
        notices=tuple(buildspec_notices(spec))
        + tuple(export_notices(spec, exported))
        + tuple(runtimes_notices(spec, request.runtimes))
        + tuple(
            local_cache_notices(spec, request.cache, request.environment, request.cache_origin)
        ),
        syntax_warning=syntax_warning(spec.warnings),
        until=request.until,
    )


def source_directory(project: str) -> str:
    """CODEBUILD_SRC_DIR: `/codebuild/output/src<digits>/src`, the same for every build.

    Source: reference of CodeBuild's behaviour, 3.3; stable so that caches may name it.
    """
    digits = int(hashlib.sha256(project.encode()).hexdigest()[:8], 16) % 10**9
    return f"/codebuild/output/src{digits:09d}/src"


def _location(source_directory: str, path: str) -> str:
    return f"{source_directory}/{path}" if path else "/codebuild/readonly/buildspec.yml"


def _shell(spec: Buildspec) -> str:
    asked = spec.env.shell.value if spec.env.shell else "sh"
    return asked.rsplit("/", 1)[-1]


def _exported(spec: Buildspec, secrets: frozenset[str]) -> tuple[str, ...]:
    """Source: buildspec reference, env/exported-variables: no AWS_ names, no secrets."""
    names = dict.fromkeys(t.value for t in spec.env.exported_variables)
    return tuple(n for n in names if not n.startswith("AWS_") and n not in secrets)


def _phase_plan(spec: Buildspec, type: PhaseType, skip: tuple[PhaseType, ...]) -> PhasePlan:
    phase = spec.phase(type)
    if phase is None:
        return PhasePlan(type=type)
    user = phase.run_as or spec.run_as
    return PhasePlan(
        type=type,
        declared=True,
        skipped=type in skip,
        user=user.value if user else "",
        on_failure=_failure_plan(phase),
        commands=_commands(phase.commands),
        finally_=_commands(phase.finally_),
    )


def _failure_plan(phase: Phase) -> FailurePlan | None:
    asked = phase.on_failure
    if asked is None:
        return None
    retries = asked.retries if asked.action is OnFailureAction.RETRY else 0
    return FailurePlan(action=asked.action, retries=retries, pattern=asked.pattern)


def _commands(texts: tuple[Text, ...]) -> tuple[PlannedCommand, ...]:
    return tuple(PlannedCommand(text=t.value, line=t.place.line) for t in texts)


def _declared(spec: Buildspec) -> tuple[tuple[PhaseType, int], ...]:
    counts = {phase.type: len(phase.commands) for phase in spec.phases}
    return tuple((type, counts[type]) for type in spec.phase_names if type in counts)


def _cache_plan(spec: Buildspec, wanted: CachePlan) -> CachePlan:
    """The buildspec's own part filled in. Source: buildspec reference, cache."""
    if spec.cache is None:
        return wanted
    found = spec.cache
    return replace(
        wanted,
        declared=True,
        paths=tuple(t.value for t in found.paths),
        key=found.key.value if found.key else "",
        fallback_keys=tuple(t.value for t in found.fallback_keys) if found.key else (),
        action=CacheAction(found.action or CacheAction.BOTH),
    )


def _runtimes(spec: Buildspec, wanted: str) -> tuple[PlannedRuntime, ...]:
    if wanted == IMAGE_RUNTIMES:
        return ()
    return tuple(
        PlannedRuntime(name=v.name.value, version=v.version.value, line=v.name.place.line)
        for phase in spec.phases
        for v in phase.runtime_versions
    )


def _refuse_steps(spec: Buildspec, file: str) -> None:
    for phase in spec.phases:
        if phase.steps:
            place = replace(phase.steps[0].place, file=file)
            raise BuildspecError(
                f"phases.{phase.type.lower()} has GitHub Actions steps, which need CodeBuild's own "
                "action runner",
                problems=(_steps_problem(place),),
                hints=("write the same work as commands",),
            )


def _steps_problem(place: Place) -> Problem:
    return Problem(
        severity=Severity.ERROR,
        code="LB160",
        message="GitHub Actions steps need CodeBuild's own action runner; localbuild has none",
        place=place,
        hints=("write the same work as commands",),
    )
