"""The user's own credentials in a whole build on the scripted engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from localbuild.buildspec.read import read_buildspec
from localbuild.engines.scripted import Answer, ScriptedEngine
from localbuild.errors import ExitCode, SecretsError, StatusCode, UsageError
from localbuild.events.fold import fold
from localbuild.events.model import Event
from localbuild.events.result import BuildResult
from localbuild.plan.compile import BuildRequest, compile_plan
from localbuild.plan.model import EnvironmentPlan, SourcePlan
from localbuild.ports.engine import Container
from localbuild.project.model import Project
from localbuild.run.build import run_build
from localbuild.run.services import Services
from localbuild.terms import PhaseType
from tests.unit.run.scripted_build import IDENTITY, EmptySource, TickingClock

SPEC = "version: 0.2\nphases: {build: {commands: [make]}}\n"


@dataclass(slots=True)
class Recording:
    """Credentials that remember what was asked of them."""

    variables: Mapping[str, str] = field(default_factory=lambda: {"AWS_ACCESS_KEY_ID": "it's"})
    missing: bool = False
    no_way: bool = False
    faults: tuple[str, ...] = ()
    calls: list[str] = field(default_factory=list)

    def fetch(self) -> None:
        self.calls.append("fetch")
        if self.missing:
            raise SecretsError("none", status_code=StatusCode.CLIENT_ERROR, hints=("do",))

    def open_in(self, container: Container) -> Mapping[str, str]:
        self.calls.append("open")
        if self.no_way:
            raise UsageError("no way")
        return self.variables

    def close(self) -> tuple[str, ...]:
        self.calls.append("close")
        return self.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    code: int
    events: tuple[Event, ...]
    result: BuildResult
    engine: ScriptedEngine

    @property
    def scripts(self) -> list[str]:
        return [r.script for r in self.engine.containers[0].requests]

    @property
    def warnings(self) -> list[str]:
        found = (warned.message for warned in self.result.warnings)
        return [message for message in found if message.startswith("--aws-credentials")]


def build(
    credentials: Recording | None,
    *,
    variables: tuple[tuple[str, str], ...] = (),
    answers: dict[str, Answer] | None = None,
) -> Done:
    engine = ScriptedEngine(answers or {})
    way = "none" if credentials is None else "env"
    request = BuildRequest(
        project=Project(name="sample"),
        environment=EnvironmentPlan(
            image="scripted:1", image_reference="scripted:1", aws_credentials=way
        ),
        source=SourcePlan(location="/somewhere", directory=""),
        variables=variables,
    )
    plan = compile_plan(read_buildspec(SPEC.encode(), "buildspec.yml"), request)
    events: list[Event] = []
    services = Services(
        open_engine=lambda: engine,
        source=EmptySource(),
        emit=events.append,
        clock=TickingClock(),
        interrupted=lambda: None,
        stop_code=lambda: 130,
        credentials=credentials,
    )
    code = run_build(plan, IDENTITY, services)
    return Done(code=code, events=tuple(events), result=fold(events), engine=engine)


def test_they_are_there_before_the_first_command_and_in_no_spec() -> None:
    credentials = Recording()
    done = build(credentials)
    assert done.code == 0
    assert credentials.calls == ["fetch", "open", "close"]
    first = done.scripts[0]
    assert first.startswith("printf %s 'export AWS_ACCESS_KEY_ID=")
    assert first.endswith(" >> /codebuild/output/tmp/env.sh\n")
    spec = done.engine.containers[0].spec
    assert spec.memory_directories == ("/codebuild/output/tmp",)
    assert not any("it's" in file.text for file in spec.files)
    assert "it's" not in repr(done.events)


def test_without_them_nothing_is_different() -> None:
    done = build(None)
    assert len(done.scripts) == 1
    assert done.engine.containers[0].spec.memory_directories == ()


def test_without_any_nothing_is_started() -> None:
    credentials = Recording(missing=True)
    done = build(credentials)
    assert done.code == ExitCode.STORAGE
    assert done.engine.containers == []
    assert done.result.failure is not None
    assert (done.result.failure.message, done.result.failure.hints) == ("none", ("do",))
    phase = done.result.phase(PhaseType.PROVISIONING)
    assert phase is not None
    assert phase.status == "FAILED"


def test_where_there_is_no_way_no_command_runs() -> None:
    credentials = Recording(no_way=True)
    done = build(credentials)
    assert done.code == ExitCode.USAGE
    assert (done.scripts, credentials.calls) == ([], ["fetch", "open", "close"])


def test_credentials_of_the_build_itself_count() -> None:
    credentials = Recording()
    done = build(credentials, variables=(("AWS_SESSION_TOKEN", "own"),))
    assert done.code == 0
    assert credentials.calls == ["fetch", "close"]
    assert done.warnings == [
        "--aws-credentials: the build sets AWS_SESSION_TOKEN itself, and gets no others"
    ]


def test_what_went_wrong_meanwhile_is_told_at_the_end() -> None:
    done = build(Recording(faults=("they could not be refreshed: why",)))
    assert done.code == 0
    assert done.warnings == ["--aws-credentials: they could not be refreshed: why"]


def test_a_container_that_does_not_take_them_is_no_place_for_a_build() -> None:
    script = "printf %s 'export AWS_ACCESS_KEY_ID='\\''x'\\''\n' >> /codebuild/output/tmp/env.sh"
    done = build(
        Recording(variables={"AWS_ACCESS_KEY_ID": "x"}), answers={script: Answer(exit_status=1)}
    )
    assert done.code == ExitCode.ENGINE
    assert [c.command for c in done.result.commands] == []
