"""The end of a build says what was not the real thing in it."""

from functools import partial

import pytest

from localbuild.events.model import CommandSkipped, Event
from localbuild.events.stand_ins import StandIns, StubUse
from localbuild.logs.notes import NoteLines
from localbuild.logs.pretty import PrettyLines
from localbuild.logs.style import Style
from localbuild.terms import PhaseType, StatusType
from tests.unit.events.histories import BUILD
from tests.unit.logs.samples import at, build_ended, rendered, started

GOOD = build_ended(2, StatusType.SUCCEEDED)


def skipped(number: int, phase: PhaseType = PhaseType.POST_BUILD) -> CommandSkipped:
    return CommandSkipped(
        time=at(1),
        build=BUILD,
        phase=phase,
        list="commands",
        number=number,
        command=f"command {number}",
        file="buildspec.yml",
        line=number,
        reason="why",
    )


def told(*stubs: StubUse, phases: tuple[PhaseType, ...] = (), fakes: tuple[str, ...] = ()) -> Event:
    return StandIns(time=at(1), build=BUILD, skipped_phases=phases, stubs=stubs, fake_secrets=fakes)


def end_of(*events: Event, status: StatusType = StatusType.SUCCEEDED) -> list[str]:
    """The lines of a build's end, without the last."""
    lines = partial(NoteLines, Style(), warnings=False, ending=True)
    return rendered(lines, started(), *events, build_ended(2, status)).splitlines()[:-1]


@pytest.mark.parametrize(
    ("stub", "line"),
    [
        (StubUse(command="aws", calls=0), "stub: aws, no calls (--stub)"),
        (StubUse(command="aws", calls=1, arguments=("",)), "stub: aws, 1 call (--stub)"),
        (
            StubUse(command="aws", calls=2, arguments=("s3 ls", "a\nb")),
            "stub: aws, 2 calls: s3 ls; a b (--stub)",
        ),
        (
            StubUse(command="aws", calls=9, arguments=tuple("abcdef")),
            "stub: aws, 9 calls: a; b; c; ... (--stub)",
        ),
        (
            StubUse(command="aws", calls=1, arguments=("x" * 100,)),
            f"stub: aws, 1 call: {'x' * 57}... (--stub)",
        ),
        (StubUse(command="aws", calls=-1), "stub: aws, calls not known (--stub)"),
    ],
)
def test_a_stub(stub: StubUse, line: str) -> None:
    assert end_of(told(stub)) == [line]


def test_a_skipped_phase_and_a_fake_secret() -> None:
    phases = (PhaseType.PRE_BUILD, PhaseType.POST_BUILD)
    assert end_of(skipped(1), skipped(2), told(phases=phases, fakes=("PASS",))) == [
        "skipped: PRE_BUILD, no commands (--skip)",
        "skipped: POST_BUILD, 2 commands (--skip)",
        "fake secret: PASS (--fake-secret)",
    ]


def test_a_failed_build_lists_only_what_was_to_run() -> None:
    events = (skipped(1), skipped(2, PhaseType.BUILD), told(phases=(PhaseType.POST_BUILD,)))
    found = end_of(*events, status=StatusType.FAILED)
    assert found[1:] == [
        "not run: BUILD 2  command 2  (buildspec.yml:2)",
        "skipped: POST_BUILD, 1 command (--skip)",
    ]


def test_a_build_that_did_without_nothing_says_nothing() -> None:
    assert end_of() == []


def test_the_pretty_log_ends_with_it_too() -> None:
    text = rendered(partial(PrettyLines, Style()), started(), told(fakes=("A",)), GOOD)
    assert "\nfake secret: A (--fake-secret)\nSUCCEEDED" in text
