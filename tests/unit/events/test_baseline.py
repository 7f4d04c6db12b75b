"""What a cache was worth: which builds are compared, and which stretch of them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given

from localbuild.events.baseline import read_baseline, saved_seconds
from localbuild.events.caching import (
    Baseline,
    CacheOutcome,
    CacheRestored,
    CacheSaved,
    ProjectCache,
)
from localbuild.events.document import build_document
from localbuild.events.fold import fold
from localbuild.events.model import BuildEnded, BuildStarted, Event, PhaseEnded, PhaseStarted
from localbuild.terms import PhaseType, StatusType
from tests.unit.events.histories import BUILD, START, histories

BASELINE = Baseline(number=2, seconds=50)
GOOD = StatusType.SUCCEEDED


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def started(kind: str = "S3") -> BuildStarted:
    return BuildStarted(
        time=START,
        build=BUILD,
        project="my-app",
        number=3,
        arn="arn",
        initiator="me",
        image="an-image",
        source="/src",
        cache=ProjectCache(type=kind),
    )


def ended(status: StatusType = GOOD) -> BuildEnded:
    return BuildEnded(time=at(60), build=BUILD, status=status, exit_code=0)


def span(phase: PhaseType, begin: float, end: float) -> tuple[Event, Event]:
    return (
        PhaseStarted(time=at(begin), build=BUILD, phase=phase),
        PhaseEnded(time=at(end), build=BUILD, phase=phase, status=GOOD),
    )


PHASES = (
    *span(PhaseType.DOWNLOAD_SOURCE, 0, 9),
    *span(PhaseType.INSTALL, 10, 20),
    *span(PhaseType.POST_BUILD, 25, 40),
)


def restored(outcome: CacheOutcome, baseline: Baseline = BASELINE) -> Event:
    return CacheRestored(time=at(8), build=BUILD, outcome=outcome, seconds=2.5, baseline=baseline)


SAVED = CacheSaved(time=at(39), build=BUILD, saved=True, seconds=4)
UNSAVED = CacheSaved(time=at(39), build=BUILD, saved=False, reason="PRE_BUILD FAILED")


@pytest.mark.parametrize(
    ("history", "seconds"),
    [
        ((started(), *PHASES, ended()), 30),
        ((started("NO_CACHE"), *PHASES, ended()), 30),
        ((started(), restored("off"), *PHASES, ended()), 30),
        ((started(), restored("miss"), *PHASES, SAVED, ended()), 26),
        ((started(), restored("miss"), *PHASES, UNSAVED, ended()), 30),
    ],
)
def test_a_baseline_is_a_build_s_time_without_its_save(
    history: tuple[Event, ...], seconds: float
) -> None:
    assert read_baseline(build_document(fold(history))) == Baseline(number=3, seconds=seconds)


@pytest.mark.parametrize(
    "history",
    [
        (started(), *PHASES),
        (started(), *PHASES, ended(StatusType.FAILED)),
        (started("LOCAL"), *PHASES, ended()),
        (started(), restored("hit"), *PHASES, ended()),
        (started(), restored("fallback"), *PHASES, ended()),
        (started(), *PHASES[:4], ended()),
    ],
)
def test_no_baseline(history: tuple[Event, ...]) -> None:
    assert read_baseline(build_document(fold(history))) is None


@pytest.mark.parametrize("document", [{}, {"localbuild": {"cache": {}}}, {"localbuild": 3}])
def test_a_strange_document_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_baseline(document)


@given(histories())
def test_every_document_of_ours_can_be_asked(history: tuple[Event, ...]) -> None:
    read_baseline(build_document(fold(history)))


@pytest.mark.parametrize(
    ("history", "seconds"),
    [
        ((started(), restored("hit"), *PHASES, ended()), 50 - 30 - 2.5),
        ((started(), restored("fallback"), *PHASES, SAVED, ended()), 50 - 30 - 2.5),
        ((started(), restored("hit", Baseline(number=1, seconds=5)), *PHASES, ended()), -27.5),
        ((started(), restored("hit", Baseline()), *PHASES, ended()), None),
        ((started(), restored("miss"), *PHASES, ended()), None),
        ((started(), *PHASES, ended()), None),
        ((started(), restored("hit"), *PHASES), None),
        ((started(), restored("hit"), *PHASES, ended(StatusType.FAILED)), None),
        ((started(), restored("hit"), *PHASES[:4], ended()), None),
    ],
)
def test_a_build_is_compared_with_all_that_its_cache_cost_it(
    history: tuple[Event, ...], seconds: float | None
) -> None:
    assert saved_seconds(fold(history)) == seconds
