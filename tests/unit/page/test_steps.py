"""What a build spent its time on."""

from hypothesis import given

from localbuild.events.caching import CacheRestored
from localbuild.events.model import Event, PhaseRetried, Timing
from localbuild.page.log import LogLimits
from localbuild.page.step import Step
from localbuild.page.story import tell_story
from localbuild.terms import PhaseType, StatusType
from tests.unit.events.histories import BUILD, histories
from tests.unit.logs.samples import (
    SCRIPT,
    at,
    build_ended,
    command_ended,
    command_started,
    failing_build,
    phase_ended,
    phase_started,
    started,
)


def steps(*events: Event) -> tuple[Step, ...]:
    """The steps of a history."""
    return tell_story(events, LogLimits()).steps


def facts(step: Step) -> tuple[str, str, float, float, str]:
    """A step in short, with its beginning in seconds."""
    began = round((step.started - at(0)).total_seconds(), 3)
    return step.kind, step.name, began, round(step.seconds, 3), step.verdict


def test_phases_and_their_commands_in_order() -> None:
    found = [facts(step) for step in steps(*failing_build())]
    assert found == [
        ("phase", "SUBMITTED", 0, 0, "good"),
        ("phase", "DOWNLOAD_SOURCE", 0.1, 0.3, "good"),
        ("phase", "BUILD", 1, 3.3, "bad"),
        ("command", "npm ci", 1.1, 1.5, "good"),
        ("command", SCRIPT, 2.7, 1.5, "bad"),
        ("skipped", "npm run lint", 4.2, 0, "skipped"),
        ("phase", "POST_BUILD", 4.4, 0.1, "good"),
        ("phase", "UPLOAD_ARTIFACTS", 4.6, 0.1, "good"),
        ("phase", "COMPLETED", 4.8, 0.2, "bad"),
    ]


def test_a_command_knows_its_place_its_line_and_its_exit_status() -> None:
    failed = next(step for step in steps(*failing_build()) if step.name == SCRIPT)
    story = tell_story(failing_build(), LogLimits())
    (line,) = [line for line in story.log.lines if line.number == failed.line]
    assert line.markup == "Running command set -e"
    assert (failed.place, failed.note) == ("buildspec.yml:6", "exit status 1")


def test_the_cache_and_our_own_steps_begin_before_they_are_told() -> None:
    found = steps(
        started(),
        phase_started(1, PhaseType.DOWNLOAD_SOURCE),
        Timing(time=at(2), build=BUILD, name="source", seconds=0.5, detail="3 files"),
        CacheRestored(time=at(4), build=BUILD, outcome="miss", key="k", seconds=1.5),
        phase_ended(5, PhaseType.DOWNLOAD_SOURCE),
        phase_started(6, PhaseType.COMPLETED),
        build_ended(6, StatusType.SUCCEEDED),
        Timing(time=at(8), build=BUILD, name="unheard of", seconds=2),
    )
    assert [facts(step) for step in found] == [
        ("phase", "DOWNLOAD_SOURCE", 1, 4, "good"),
        ("timing", "copy the source", 1.5, 0.5, "good"),
        ("cache", "restore the cache", 2.5, 1.5, "warn"),
        ("phase", "COMPLETED", 6, 2, "good"),
        ("timing", "unheard of", 6, 2, "good"),
    ]
    assert [step.note for step in found[1:3]] == ["3 files", "Cache miss: key k; used nothing"]
    assert found[-1].phase is PhaseType.COMPLETED


def test_retries_are_told_apart() -> None:
    found = steps(
        started(),
        phase_started(0, PhaseType.BUILD),
        command_started(0, 1, "a"),
        command_ended(1.5, 1, "a", 1),
        PhaseRetried(
            time=at(2), build=BUILD, phase=PhaseType.BUILD, attempt=1, retries=3, reason="r"
        ),
        command_started(2, 1, "a"),
        command_ended(3.5, 1, "a"),
    )
    assert [facts(step) for step in found] == [
        ("phase", "BUILD", 0, 3.5, "running"),
        ("command", "a", 0, 1.5, "bad"),
        ("retry", "retry 1 of 3", 2, 0, "warn"),
        ("command", "a", 2, 1.5, "good"),
    ]


def test_a_command_that_never_ended_runs_until_the_last_thing_that_is_known() -> None:
    found = steps(
        started(),
        phase_started(0, PhaseType.BUILD),
        command_started(1, 1, "sleep"),
        phase_ended(9, PhaseType.BUILD, StatusType.TIMED_OUT),
    )
    assert [facts(step)[2:] for step in found] == [(0, 9, "bad"), (1, 8, "running")]


@given(histories())
def test_any_history_has_steps(events: tuple[Event, ...]) -> None:
    story = tell_story(events, LogLimits())
    assert all(step.seconds >= 0 for step in story.steps)
    assert story.seconds >= 0
    assert sum(step.kind == "phase" for step in story.steps) == len(story.result.phases)
