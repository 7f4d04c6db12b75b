"""The lines about a cache, in every view."""

import re
from dataclasses import replace

import pytest

from localbuild.events.caching import Baseline, CacheRestored, CacheSaved
from localbuild.events.model import Event
from localbuild.logs.caching import cache_line, print_seconds
from localbuild.logs.codebuild import CodeBuildLines
from localbuild.logs.notes import NoteLines
from localbuild.logs.pretty import PrettyLines
from localbuild.logs.style import Style
from localbuild.terms import PhaseType, StatusType
from tests.unit.events.histories import BUILD
from tests.unit.logs.samples import (
    at,
    build_ended,
    phase_ended,
    phase_started,
    rendered,
    started,
)

FOUND = "(566 MB, 63,645 files)"
CHANGED = "package-lock.json changed (a1b2 -> c3d4)"
HIT = CacheRestored(
    time=at(0.3),
    build=BUILD,
    outcome="hit",
    key="npm-a1b2",
    matched_key="npm-a1b2",
    files=63645,
    size_bytes=566_000_000,
    seconds=0.125,
    baseline=Baseline(number=1, seconds=20),
)
FALLBACK = replace(HIT, outcome="fallback", key="npm-c3d4", why=(CHANGED,))
MISS = CacheRestored(time=at(0.3), build=BUILD, outcome="miss", key="npm-c3d4")
SAVED = CacheSaved(
    time=at(3),
    build=BUILD,
    saved=True,
    key="npm-c3d4",
    files=1,
    size_bytes=566_000_000,
    new_bytes=3_100_000,
    seconds=0.04,
)


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (HIT, "Cache hit: key npm-a1b2 (566 MB, 63,645 files) in 0.1 s"),
        (
            replace(HIT, layer=True, seconds=0.004),
            "Cache hit: key npm-a1b2 (566 MB, 63,645 files), a warm layer, in 4 ms",
        ),
        (
            replace(HIT, key="", matched_key=""),
            "Cache hit: the project's cache (566 MB, 63,645 files) in 0.1 s",
        ),
        (
            FALLBACK,
            f"Cache fallback: key npm-c3d4: {CHANGED}; used npm-a1b2 {FOUND} in 0.1 s",
        ),
        (MISS, "Cache miss: key npm-c3d4; used nothing"),
        (
            replace(MISS, why=("A changed", "B changed"), failure="x"),
            "Cache miss: key npm-c3d4: A changed; B changed; used nothing",
        ),
        (
            replace(MISS, key="", failure="s3://b: denied"),
            "Cache miss: s3://b: denied; used nothing",
        ),
        (
            replace(MISS, key=f"npm-{'0123456789abcdef' * 4}-x"),
            "Cache miss: key npm-0123456789ab...-x; used nothing",
        ),
        (replace(MISS, key=""), "Cache miss: the project has none yet; used nothing"),
        (
            replace(MISS, key="k" * 4000),
            f"Cache miss: key {'k' * 97}...; used nothing",
        ),
        (
            CacheRestored(time=at(0), build=BUILD, outcome="off", why=("action: save",)),
            "Cache not restored: action: save",
        ),
        (SAVED, "Cache saved: key npm-c3d4 (566 MB, 1 file), 3.1 MB new, in 40 ms"),
        (
            CacheSaved(time=at(0), build=BUILD, saved=False, reason="PRE_BUILD FAILED"),
            "Cache not saved: PRE_BUILD FAILED",
        ),
    ],
)
def test_a_line_says_it_all(event: CacheRestored | CacheSaved, line: str) -> None:
    assert cache_line(event) == line
    assert re.sub(r"^\[Container\] \S+ \S+ ", "", rendered(CodeBuildLines, event)) == f"{line}\n"
    assert rendered(pretty, started(), event).endswith(f"\n  {line}\n")


def pretty() -> PrettyLines:
    return PrettyLines(Style())


def notes() -> NoteLines:
    return NoteLines(Style(), warnings=True, ending=True)


def history(*more: Event) -> tuple[Event, ...]:
    return (
        started(),
        *more,
        phase_started(1, PhaseType.INSTALL),
        phase_ended(2, PhaseType.INSTALL),
        phase_started(4, PhaseType.POST_BUILD),
        phase_ended(5, PhaseType.POST_BUILD),
        build_ended(6, StatusType.SUCCEEDED),
    )


@pytest.mark.parametrize(
    ("baseline", "line"),
    [
        (Baseline(number=1, seconds=20), "15.9 s faster than build 1, which had no cache"),
        (Baseline(number=1, seconds=3), "1.1 s slower than build 1, which had no cache"),
        (Baseline(number=1, seconds=4.2), "as fast as build 1, which had no cache"),
        (Baseline(number=1, seconds=4.05), "as fast as build 1, which had no cache"),
    ],
)
def test_the_end_says_what_it_was_worth(baseline: Baseline, line: str) -> None:
    events = history(replace(HIT, baseline=baseline))
    assert f" This build was {line}\n" in rendered(CodeBuildLines, *events)
    for view in (pretty, notes):
        assert rendered(view, *events).splitlines()[-2] == f"this build was {line}"


@pytest.mark.parametrize("event", [MISS, replace(HIT, baseline=Baseline())])
def test_nothing_is_said_where_there_is_nothing_to_compare(event: Event) -> None:
    for view in (CodeBuildLines, pretty, notes):
        assert "his build was" not in rendered(view, *history(event))


def test_a_key_cannot_break_out_of_its_line() -> None:
    event = replace(MISS, key="a\n[Container] b\x1b[2J", why=("c\rd",))
    line = "Cache miss: key a [Container] b [2J: c d; used nothing"
    assert cache_line(event) == line


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 ms"), (0.0994, "99 ms"), (0.0996, "0.1 s"), (59.9, "59.9 s"), (125, "2m05s")],
)
def test_times_are_short(seconds: float, text: str) -> None:
    assert print_seconds(seconds) == text
