"""A build's secrets: fetched before all else, and in no event."""

from collections.abc import Sequence
from threading import Event

import pytest

from localbuild.events.model import Failed, Warned
from localbuild.events.project import EnvironmentVariable
from localbuild.logs.mask import Mask
from localbuild.plan.model import PlannedMount
from localbuild.ports.engine import Engine, Interruption
from localbuild.ports.secrets import Resolution, SecretRequest
from localbuild.project.model import ProjectVariable
from localbuild.secrets.fake import FakeSecrets
from localbuild.terms import PhaseType, StatusType, VariableType
from tests.unit.run.scripted_build import Built, Setting, build

STATE = "/codebuild/output/tmp"
SPEC = """\
version: 0.2
env:
  parameter-store:
    TOKEN: /app/$STAGE/token
  secrets-manager:
    PASS: db:password
  variables: {STAGE: dev}
phases: {build: {commands: [make]}}
"""
GIVEN = {"/app/dev/token": "it's a token", "db": '{"password": "pass-word"}'}


def state_of(built: Built) -> str:
    """The variables that the container began with."""
    files = {f.path: f.text for f in built.engine.containers[0].spec.files}
    return files[f"{STATE}/env.sh"]


def warned(built: Built) -> list[tuple[str, int, str]]:
    """What was told of a variable."""
    found = [e for e in built.events if isinstance(e, Warned) and e.code == "LB604"]
    return [(e.file, e.line, e.message) for e in found]


def test_values_reach_the_first_command_and_nothing_else() -> None:
    mask = Mask()
    built = build(SPEC, Setting(secrets=FakeSecrets(GIVEN), mask=mask))
    assert built.exit_code == 0
    state = state_of(built)
    assert "export TOKEN='it'\\''s a token'\n" in state
    assert "export PASS='pass-word'\n" in state
    for value in ("it's a token", "pass-word"):
        assert mask.text(value) == "***"
        assert value not in repr(built.events)
    assert "pass-word" not in repr(built.engine.containers[0].spec)


def test_the_log_has_the_services_lines() -> None:
    said = build(SPEC, Setting(secrets=FakeSecrets(GIVEN))).said
    at = said.index("Processing environment variables")
    assert said[at + 1] == "Decrypting parameter store environment variables"
    plain = SPEC.replace("parameter-store", "secrets-manager", 1).replace(
        "  secrets-manager:\n    PASS", "    PASS"
    )
    given = FakeSecrets({"TOKEN": "t", "PASS": "p"})
    assert "Decrypting parameter store environment variables" not in (
        build(plain, Setting(secrets=given)).said
    )


def test_variables_lie_in_memory_where_there_are_secrets() -> None:
    built = build(SPEC, Setting(secrets=FakeSecrets(GIVEN)))
    assert built.engine.containers[0].spec.memory_directories == (STATE,)
    own = (PlannedMount(source="v", target=f"{STATE}/"),)
    built = build(SPEC, Setting(secrets=FakeSecrets(GIVEN), mounts=own))
    assert built.engine.containers[0].spec.memory_directories == ()
    without = build("version: 0.2\nphases: {build: {commands: [make]}}\n")
    assert without.engine.containers[0].spec.memory_directories == ()


def test_every_value_that_is_not_to_be_had_is_told_of_before_an_engine_is_asked() -> None:
    def never() -> Engine:
        raise AssertionError("an engine was opened")

    built = build(SPEC, Setting(open_engine=never))
    assert (built.exit_code, built.ran) == (5, [])
    assert list(built.statuses) == [
        "SUBMITTED", "QUEUED", "DOWNLOAD_SOURCE", "FINALIZING", "COMPLETED"
    ]  # fmt: skip
    assert warned(built) == [
        ("buildspec.yml", 4, "TOKEN: parameter does not exist: /app/dev/token"),
        ("buildspec.yml", 6, "PASS: secret does not exist: db:password"),
    ]
    [failed] = [e for e in built.events if isinstance(e, Failed)]
    assert failed.status_code == "Decrypted Variables Error"
    assert failed.message == "parameter does not exist: /app/dev/token"
    assert failed.hints[-1] == "localbuild run --fake-secret TOKEN=VALUE --fake-secret PASS=VALUE"
    context = next(p.context for p in built.result.phases if p.type == "DOWNLOAD_SOURCE")
    assert (context.status_code, context.message) == (failed.status_code, failed.message)


def test_a_secret_alone_has_the_other_status_code() -> None:
    built = build(SPEC, Setting(secrets=FakeSecrets({"TOKEN": "t"})))
    [failed] = [e for e in built.events if isinstance(e, Failed)]
    assert (failed.exit_code, failed.status_code) == (5, "Secrets Manager Error")


def test_a_variable_in_a_reference_that_is_not_set_is_a_failure_like_others() -> None:
    built = build(SPEC.replace("{STAGE: dev}", "{}"), Setting(secrets=FakeSecrets(GIVEN)))
    assert warned(built) == [("buildspec.yml", 4, "TOKEN: '/app/$STAGE/token': $STAGE is not set")]


def test_a_project_variable_is_told_with_its_own_place() -> None:
    typed = ProjectVariable(
        name="TOKEN",
        value="/template",
        type=VariableType.PARAMETER_STORE,
        file="template.yml",
        line=12,
    )
    built = build(SPEC, Setting(project=(typed,), secrets=FakeSecrets({"PASS": "p"})))
    assert warned(built) == [("template.yml", 12, "TOKEN: parameter does not exist: /template")]
    assert built.result.started.environment_variables == (
        EnvironmentVariable(name="TOKEN", value="/template", type="PARAMETER_STORE"),
    )


def test_a_plain_value_makes_aws_unneeded() -> None:
    variables = (("TOKEN", "t"), ("PASS", "p"))
    assert build(SPEC, Setting(variables=variables)).exit_code == 0


def test_a_value_that_cannot_be_masked_is_told_of_once() -> None:
    given = FakeSecrets({"TOKEN": "1", "PASS": "22"})
    built = build(SPEC, Setting(secrets=given, mask=Mask()))
    told = [e.message for e in built.events if isinstance(e, Warned) and "masked" in e.message]
    assert told == ["too short to be masked in what is written: TOKEN, PASS"]


class Silent:
    """A source that says nothing until it is let go."""

    def __init__(self) -> None:
        self.asked = Event()
        self.let_go = Event()

    def resolve(self, requests: Sequence[SecretRequest]) -> Resolution:
        self.asked.set()
        self.let_go.wait(30)
        return Resolution()


@pytest.mark.parametrize(
    ("why", "status", "exit_code"),
    [
        (Interruption.STOP, StatusType.STOPPED, 130),
        (Interruption.KILL, StatusType.STOPPED, 130),
        (Interruption.TIMEOUT, StatusType.TIMED_OUT, 124),
    ],
)
def test_a_stop_is_heard_while_nobody_answers(
    why: Interruption, status: StatusType, exit_code: int
) -> None:
    source = Silent()
    built = build(
        SPEC,
        Setting(secrets=source, interrupted=lambda: why if source.asked.is_set() else None),
    )
    source.let_go.set()
    assert (built.exit_code, built.ran) == (exit_code, [])
    assert built.engine.containers == []
    phase = built.result.phase(PhaseType.DOWNLOAD_SOURCE)
    assert phase is not None
    assert phase.status is status
