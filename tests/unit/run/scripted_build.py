"""A whole build on the scripted engine: buildspec text in, events and result out."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from localbuild.buildspec.read import read_buildspec
from localbuild.engines.scripted import Answer, ScriptedEngine
from localbuild.events.caching import Baseline
from localbuild.events.fold import fold
from localbuild.events.model import AgentLine, CommandEnded, Event
from localbuild.events.result import BuildResult
from localbuild.plan.cache import CachePlan
from localbuild.plan.compile import BuildRequest, compile_plan
from localbuild.plan.environment import BuildIdentity
from localbuild.plan.model import EnvironmentPlan, PlannedMount, PlannedStub, SourcePlan
from localbuild.plan.resumption import Resumption
from localbuild.ports.artifacts import Artifacts
from localbuild.ports.cache import Cache
from localbuild.ports.collect import Collector, NoFiles
from localbuild.ports.credentials import Credentials
from localbuild.ports.engine import Engine, Interruption
from localbuild.ports.mask import Mask, NoMask
from localbuild.ports.reports import Reports
from localbuild.ports.secrets import NoSecrets, Secrets
from localbuild.ports.source import NoSource, Source, SourceStats
from localbuild.project.model import Project, ProjectArtifacts, ProjectVariable
from localbuild.run.build import run_build
from localbuild.run.services import Services
from localbuild.terms import PhaseType

IDENTITY = BuildIdentity(uuid="00000000-0000-4000-8000-000000000001", number=7, started_ms=1)


class TickingClock:
    """Every look at it takes a second, or what is said."""

    def __init__(self, tick_s: float = 1.0) -> None:
        self._seconds = 0.0
        self._tick_s = tick_s

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        self._seconds += self._tick_s
        return self._seconds


class EmptySource(NoSource):
    """A source without files, of which one vanished."""

    def stats(self) -> SourceStats:
        return SourceStats(warnings=("one file vanished",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build left behind."""

    exit_code: int
    events: tuple[Event, ...]
    result: BuildResult
    engine: ScriptedEngine

    @property
    def ran(self) -> list[str]:
        """The commands that ran, in order."""
        return [e.command for e in self.events if isinstance(e, CommandEnded)]

    @property
    def said(self) -> list[str]:
        """CodeBuild's own lines, in order."""
        return [e.text for e in self.events if isinstance(e, AgentLine)]

    @property
    def statuses(self) -> dict[str, str]:
        """The status of each phase that was entered."""
        return {phase.type.value: phase.status.value for phase in self.result.phases}


@dataclass(slots=True)
class Setting:
    """How a scripted build differs from the usual one."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    image: str = "scripted:1"
    pull: str = "missing"
    runtimes: str = "buildspec"
    registry: tuple[str, ...] = ()
    timeout_s: float = 3600.0
    variables: tuple[tuple[str, str], ...] = ()
    interrupted: Callable[[], Interruption | None] = lambda: None
    open_engine: Callable[[], Engine] | None = None
    cache: CachePlan = CachePlan()
    open_cache: Callable[[], Cache] | None = None
    baseline: Baseline = Baseline()
    source: Source = EmptySource()
    unattended: Callable[[], AbstractContextManager[None]] = nullcontext
    mode: str = "copy"
    privileged: bool = False
    secrets: Secrets = field(default_factory=NoSecrets)
    mask: Mask = field(default_factory=NoMask)
    project: tuple[ProjectVariable, ...] = ()
    mounts: tuple[PlannedMount, ...] = ()
    credentials: Credentials | None = None
    skip: tuple[PhaseType, ...] = ()
    stubs: tuple[PlannedStub, ...] = ()
    fakes: tuple[str, ...] = ()
    until: PhaseType | None = None
    keep: str = "never"
    kept_of: str = ""
    resumed: Resumption | None = None
    collector: Collector = NoFiles(lambda: None)
    reports: Reports | None = None
    artifacts: Artifacts | None = None
    outputs: ProjectArtifacts = ProjectArtifacts()
    tick_s: float = 1.0


def build(buildspec: str, setting: Setting | None = None) -> Built:
    """Run a buildspec on the scripted engine."""
    setting = setting or Setting()
    engine = ScriptedEngine(setting.answers, registry=setting.registry)
    request = BuildRequest(
        project=Project(
            name="sample", environment_variables=setting.project, artifacts=setting.outputs
        ),
        environment=EnvironmentPlan(
            image=setting.image,
            image_reference=setting.image,
            pull=setting.pull,
            privileged=setting.privileged,
            mounts=setting.mounts,
            stubs=setting.stubs,
            aws_credentials="none" if setting.credentials is None else "env",
        ),
        source=SourcePlan(location="/somewhere", directory="", mode=setting.mode),
        cache=setting.cache,
        runtimes=setting.runtimes,
        variables=setting.variables,
        timeout_s=setting.timeout_s,
        skip=setting.skip,
        until=setting.until,
    )
    plan = compile_plan(read_buildspec(buildspec.encode(), "buildspec.yml"), request)
    plan = replace(plan, resumed=setting.resumed)
    events: list[Event] = []
    services = Services(
        open_engine=setting.open_engine or (lambda: engine),
        source=setting.source,
        emit=events.append,
        clock=TickingClock(setting.tick_s),
        interrupted=setting.interrupted,
        stop_code=lambda: 130,
        open_cache=setting.open_cache,
        baseline=lambda: setting.baseline,
        unattended=setting.unattended,
        secrets=setting.secrets,
        mask=setting.mask,
        credentials=setting.credentials,
        fake_secrets=setting.fakes,
        keep=setting.keep,
        kept_of=setting.kept_of,
        open_collector=lambda _: setting.collector,
        open_artifacts=_opening(setting.artifacts),
        reports=setting.reports,
    )
    code = run_build(plan, IDENTITY, services)
    return Built(exit_code=code, events=tuple(events), result=fold(events), engine=engine)


def _opening(
    artifacts: Artifacts | None,
) -> Callable[[Callable[[], None]], Artifacts] | None:
    return None if artifacts is None else lambda _: artifacts


FAILING = Answer(exit_status=3)
