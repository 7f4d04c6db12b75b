"""A build's course: which phases are entered, which commands run, how it ends."""

from collections.abc import Callable
from threading import Event

import pytest

from localbuild.engines.scripted import Answer, ScriptedEngine
from localbuild.errors import EngineLostError, EngineUnavailableError
from localbuild.events.model import CommandSkipped, Failed, Warned
from localbuild.ports.engine import Engine, Image, Interruption
from localbuild.terms import StatusType
from tests.unit.run.scripted_build import FAILING, Setting, build

FOUR = """
version: 0.2
phases:
  install: {commands: [in]}
  pre_build: {commands: [pre]}
  build: {commands: [make, test], finally: [tidy]}
  post_build: {commands: [post]}
"""
ALL = ["in", "pre", "make", "test", "tidy", "post"]


def test_every_planned_command_runs_in_order() -> None:
    built = build(FOUR)
    assert built.ran == ALL
    assert built.exit_code == 0
    assert built.result.status is StatusType.SUCCEEDED
    assert built.result.planned == 6


@pytest.mark.parametrize(
    ("failing", "ran"),
    [
        ("in", ["in"]),
        ("pre", ["in", "pre"]),
        ("make", ["in", "pre", "make", "tidy", "post"]),
        ("test", ALL),
        ("tidy", ALL),
        ("post", ALL),
    ],
)
def test_what_still_runs_after_a_failure(failing: str, ran: list[str]) -> None:
    built = build(FOUR, Setting(answers={failing: FAILING}))
    assert built.ran == ran
    assert built.exit_code == 1
    assert built.result.status is StatusType.FAILED
    skipped = [e.command for e in built.events if isinstance(e, CommandSkipped)]
    assert sorted(skipped + ran) == sorted(ALL)


@pytest.mark.parametrize(
    ("failing", "uploaded"),
    [("in", False), ("pre", False), ("make", True), ("post", True)],
)
def test_artifacts_are_attempted_once_build_was_reached(failing: str, uploaded: bool) -> None:
    built = build(FOUR, Setting(answers={failing: FAILING}))
    assert ("UPLOAD_ARTIFACTS" in built.statuses) is uploaded


def test_a_failure_is_told_as_the_service_tells_it() -> None:
    built = build(FOUR, Setting(answers={"make": FAILING}))
    context = next(p.context for p in built.result.phases if p.type == "BUILD")
    assert context.status_code == "COMMAND_EXECUTION_ERROR"
    assert context.message == "Error while executing command: make. Reason: exit status 3"


def with_on_failure(value: str) -> str:
    return FOUR.replace("build: {commands: [make", f"build: {{on-failure: {value}, commands: [make")


def test_abort_goes_straight_to_the_end() -> None:
    built = build(with_on_failure("ABORT"), Setting(answers={"make": FAILING}))
    assert built.ran == ["in", "pre", "make", "tidy"]
    assert "UPLOAD_ARTIFACTS" not in built.statuses
    assert built.exit_code == 1


def test_continue_takes_no_offence() -> None:
    built = build(with_on_failure("CONTINUE"), Setting(answers={"make": FAILING}))
    assert built.ran == ["in", "pre", "make", "tidy", "post"]
    assert built.statuses["BUILD"] == "FAILED"
    assert (built.result.status, built.exit_code) == (StatusType.SUCCEEDED, 0)
    scripts = [r.script for r in built.engine.containers[0].requests]
    assert "CODEBUILD_BUILD_SUCCEEDING=0" in scripts[-1]


def test_a_continued_failure_does_not_hide_a_later_one() -> None:
    answers = {"make": FAILING, "post": FAILING}
    built = build(with_on_failure("CONTINUE"), Setting(answers=answers))
    assert (built.result.status, built.exit_code) == (StatusType.FAILED, 1)


@pytest.mark.parametrize(
    ("value", "attempts"),
    [
        ("RETRY", 4),
        ("RETRY-0", 1),
        ("RETRY-2", 3),
        ("Retry-2-.*exit status 3", 3),
        ("RETRY-exit status 4", 1),
        ("RETRY-disk melted", 4),
    ],
)
def test_retries_run_the_phase_again(value: str, attempts: int) -> None:
    failing = Answer(exit_status=3, output=(b"the disk", b" melted\n"))
    built = build(with_on_failure(value), Setting(answers={"make": failing}))
    assert built.ran.count("make") == attempts
    assert built.ran.count("tidy") == attempts
    assert built.exit_code == 1


def test_a_pattern_that_never_ends_is_no_match() -> None:
    failing = Answer(exit_status=3, output=(b"a" * 40 + b"b\n",))
    built = build(with_on_failure("RETRY-1-(a+)+$"), Setting(answers={"make": failing}))
    assert built.ran.count("make") == 1
    assert any("matching took too long" in w.message for w in built.result.warnings)


def test_a_retry_counts_each_command_once() -> None:
    built = build(with_on_failure("RETRY-2"), Setting(answers={"make": FAILING}))
    skipped = [e.command for e in built.events if isinstance(e, CommandSkipped)]
    assert skipped == ["test"]


def test_a_timeout_ends_it_all() -> None:
    answers = {"make": Answer(runs_on=True)}
    built = build(FOUR, Setting(answers=answers, timeout_s=60))
    assert built.exit_code == 124
    assert built.result.status is StatusType.FAILED
    assert built.statuses["BUILD"] == "TIMED_OUT"
    assert "POST_BUILD" not in built.statuses
    context = next(p.context for p in built.result.phases if p.type == "BUILD")
    assert (context.status_code, context.message) == ("BUILD_TIMED_OUT", "Build has timed out.")


def test_a_stop_ends_it_all() -> None:
    asked: list[int] = []

    def interrupted() -> Interruption | None:
        asked.append(1)
        return Interruption.STOP if len(asked) > 12 else None

    answers = {"make": Answer(runs_on=True)}
    built = build(FOUR, Setting(answers=answers, interrupted=interrupted))
    assert built.exit_code == 130
    assert built.result.status is StatusType.STOPPED
    assert "STOPPED" in built.statuses.values()
    assert "post" not in built.ran


def test_a_stop_before_the_container_is_recorded_too() -> None:
    built = build(FOUR, Setting(interrupted=lambda: Interruption.STOP))
    assert built.statuses["PROVISIONING"] == "STOPPED"
    assert built.exit_code == 130
    assert built.engine.containers == []


def test_a_container_that_ends_takes_the_build_with_it() -> None:
    built = build(FOUR, Setting(answers={"make": Answer(ends_container=True)}))
    assert built.ran == ["in", "pre", "make"]
    assert built.exit_code == 1
    context = next(p.context for p in built.result.phases if p.type == "BUILD")
    assert context.status_code == "CONTAINER_TERMINATED"
    assert "POST_BUILD" not in built.statuses


def test_memory_is_blamed_only_with_its_flag() -> None:
    killed = build(FOUR, Setting(answers={"make": Answer(exit_status=137, out_of_memory=True)}))
    plain = build(FOUR, Setting(answers={"make": Answer(exit_status=137)}))
    assert "out of memory" in killed.result.commands[2].note
    assert plain.result.commands[2].note == ""


def test_a_missing_image_says_what_to_try() -> None:
    built = build(FOUR, Setting(image="aws/codebuild/standard:7.0", pull="never"))
    assert built.exit_code == 4
    assert built.statuses["PROVISIONING"] == "FAILED"
    failed = next(e for e in built.events if isinstance(e, Failed))
    assert "AWS does not publish it" in failed.message
    assert any("--image" in hint for hint in failed.hints)


def test_an_image_is_pulled_when_it_is_missing() -> None:
    built = build(FOUR, Setting(image="other:1", registry=("other:1",)))
    assert built.exit_code == 0


@pytest.mark.parametrize(
    ("error", "status"),
    [(EngineUnavailableError("no engine"), "FAULT"), (EngineLostError("lost"), "FAULT")],
)
def test_an_engine_that_is_not_there_is_a_fault(
    error: EngineUnavailableError | EngineLostError, status: str
) -> None:
    def refuse() -> Engine:
        raise error

    built = build(FOUR, Setting(open_engine=refuse))
    assert built.exit_code == 4
    assert built.statuses["PROVISIONING"] == status
    assert built.result.status.value == status


class SilentRegistry(ScriptedEngine):
    """Pulls from a registry that says nothing until the test is over."""

    def __init__(self) -> None:
        super().__init__({})
        self.asked = Event()
        self.over = Event()

    def pull_image(
        self, reference: str, platform: str, on_progress: Callable[[str], None]
    ) -> Image:
        """Waits."""
        self.asked.set()
        self.over.wait()
        return super().pull_image(reference, platform, on_progress)


@pytest.mark.parametrize(
    ("interruption", "exit_code"), [(Interruption.STOP, 130), (Interruption.TIMEOUT, 124)]
)
def test_an_end_is_heard_while_a_registry_says_nothing(
    interruption: Interruption, exit_code: int
) -> None:
    engine = SilentRegistry()

    def interrupted() -> Interruption | None:
        return interruption if engine.asked.is_set() else None

    setting = Setting(image="other:1", open_engine=lambda: engine, interrupted=interrupted)
    built = build(FOUR, setting)
    engine.over.set()
    assert built.exit_code == exit_code
    assert built.ran == []


def test_a_stop_while_an_engine_says_nothing_is_a_stop() -> None:
    asked: list[Interruption] = []

    def refuse() -> Engine:
        asked.append(Interruption.STOP)
        raise EngineUnavailableError("no engine")

    def interrupted() -> Interruption | None:
        return asked[0] if asked else None

    built = build(FOUR, Setting(open_engine=refuse, interrupted=interrupted))
    assert (built.exit_code, built.result.status) == (130, StatusType.STOPPED)
    assert built.statuses["PROVISIONING"] == "STOPPED"
    assert built.result.failure is not None


def test_a_bug_is_recorded_before_it_is_raised() -> None:
    seen: list[object] = []

    def broken() -> Engine:
        raise ZeroDivisionError("oops")

    with pytest.raises(ZeroDivisionError):
        build(FOUR, Setting(open_engine=broken, interrupted=lambda: seen.append(1)))


def test_values_that_lie_with_aws_stop_the_build_unless_given() -> None:
    spec = FOUR + "env: {parameter-store: {TOKEN: /a/b}}\n"
    refused = build(spec)
    assert refused.exit_code == 5
    assert refused.statuses["DOWNLOAD_SOURCE"] == "FAILED"
    assert build(spec, Setting(variables=(("TOKEN", "x"),))).exit_code == 0


def test_the_first_command_has_the_environment() -> None:
    spec = FOUR + 'env: {variables: {PLAIN: "it\'s $HOME", SHARED: spec}}\n'
    built = build(spec, Setting(variables=(("SHARED", "option"),)))
    files = {f.path: f.text for f in built.engine.containers[0].spec.files}
    state = files["/codebuild/output/tmp/env.sh"]
    assert "export PLAIN='it'\\''s $HOME'\n" in state
    assert "export SHARED='option'\n" in state
    assert "export PATH='/usr/bin:/bin:/codebuild/user/bin'\n" in state
    assert "export CODEBUILD_BUILD_NUMBER='7'\n" in state


def test_warnings_of_the_source_are_warnings_of_the_build() -> None:
    warned = [e.message for e in build(FOUR).events if isinstance(e, Warned)]
    assert "source: one file vanished" in warned


@pytest.mark.parametrize(("pieces", "exported"), [(16, ()), (1, (("A", "x" * 1024**2),))])
def test_exported_values_without_end_are_not_read_to_their_end(
    pieces: int, exported: tuple[tuple[str, str], ...]
) -> None:
    script = "printf '%s\\0' \"${A+=}${A-}\""
    answer = Answer(output=(b"=", *(b"x" * 1024**2,) * pieces, b"\0"))
    built = build(FOUR + "env: {exported-variables: [A]}\n", Setting(answers={script: answer}))
    assert built.result.exported == exported
    warned = [e.message for e in built.events if isinstance(e, Warned)]
    unread = "exported-variables: the values could not be read"
    assert (unread in warned) is (not exported)
