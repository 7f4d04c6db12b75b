"""The user's own credentials in a whole build on the scripted engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event

from localbuild.engines.scripted import Answer
from localbuild.errors import ExitCode, SecretsError, StatusCode, UsageError
from localbuild.ports.engine import Container, Interruption
from localbuild.terms import PhaseType, StatusType
from tests.unit.run.scripted_build import Built, Setting
from tests.unit.run.scripted_build import build as build_scripted

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


def scripts(done: Built) -> list[str]:
    """What was run in the container, in order."""
    return [request.script for request in done.engine.containers[0].requests]


def warned(done: Built) -> list[str]:
    """What was said about the option."""
    found = (warning.message for warning in done.result.warnings)
    return [message for message in found if message.startswith("--aws-credentials")]


def build(
    credentials: Recording | None,
    *,
    variables: tuple[tuple[str, str], ...] = (),
    answers: dict[str, Answer] | None = None,
) -> Built:
    """A build that has them, or not."""
    return build_scripted(
        SPEC, Setting(credentials=credentials, variables=variables, answers=answers or {})
    )


def test_they_are_there_before_the_first_command_and_in_no_spec() -> None:
    credentials = Recording()
    done = build(credentials)
    assert done.exit_code == 0
    assert credentials.calls == ["fetch", "open", "close"]
    first = scripts(done)[0]
    assert first.startswith("printf %s 'export AWS_ACCESS_KEY_ID=")
    assert first.endswith(" >> /codebuild/output/tmp/env.sh\n")
    spec = done.engine.containers[0].spec
    assert spec.memory_directories == ("/codebuild/output/tmp",)
    assert not any("it's" in file.text for file in spec.files)
    assert "it's" not in repr(done.events)


def test_without_them_nothing_is_different() -> None:
    done = build(None)
    assert len(scripts(done)) == 1
    assert done.engine.containers[0].spec.memory_directories == ()


def test_without_any_nothing_is_started() -> None:
    credentials = Recording(missing=True)
    done = build(credentials)
    assert done.exit_code == ExitCode.STORAGE
    assert done.engine.containers == []
    assert done.result.failure is not None
    assert (done.result.failure.message, done.result.failure.hints) == ("none", ("do",))
    phase = done.result.phase(PhaseType.PROVISIONING)
    assert phase is not None
    assert phase.status == "FAILED"


def test_where_there_is_no_way_no_command_runs() -> None:
    credentials = Recording(no_way=True)
    done = build(credentials)
    assert done.exit_code == ExitCode.USAGE
    assert (scripts(done), credentials.calls) == ([], ["fetch", "open", "close"])


def test_credentials_of_the_build_itself_count() -> None:
    credentials = Recording()
    done = build(credentials, variables=(("AWS_SESSION_TOKEN", "own"),))
    assert done.exit_code == 0
    assert credentials.calls == ["fetch", "close"]
    assert warned(done) == [
        "--aws-credentials: the build sets AWS_SESSION_TOKEN itself, and gets no others"
    ]


def test_what_went_wrong_meanwhile_is_told_at_the_end() -> None:
    done = build(Recording(faults=("they could not be refreshed: why",)))
    assert done.exit_code == 0
    assert warned(done) == ["--aws-credentials: they could not be refreshed: why"]


def test_a_container_that_does_not_take_them_is_no_place_for_a_build() -> None:
    script = "printf %s 'export AWS_ACCESS_KEY_ID='\\''x'\\''\n' >> /codebuild/output/tmp/env.sh"
    done = build(
        Recording(variables={"AWS_ACCESS_KEY_ID": "x"}), answers={script: Answer(exit_status=1)}
    )
    assert done.exit_code == ExitCode.ENGINE
    assert [c.command for c in done.result.commands] == []


def test_a_stop_is_heard_while_nobody_answers() -> None:
    asked, let_go = Event(), Event()

    class Silent(Recording):
        def fetch(self) -> None:
            asked.set()
            let_go.wait(30)

    stopped = Setting(
        credentials=Silent(), interrupted=lambda: Interruption.STOP if asked.is_set() else None
    )
    done = build_scripted(SPEC, stopped)
    let_go.set()
    assert (done.exit_code, done.engine.containers) == (130, [])
    phase = done.result.phase(PhaseType.PROVISIONING)
    assert phase is not None
    assert phase.status is StatusType.STOPPED
