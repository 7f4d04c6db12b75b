"""Whole builds whose bucket is sick in every way: they succeed, say so, and end within bounds."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from localbuild.cache.stores.pace import Limits
from localbuild.cache.stores.retrying import Patience
from tests.faults.conftest import Tally
from tests.faults.counts import short_and_full
from tests.integration.builds import Build, Ended, project, spec, wait_until
from tests.s3.fault_server import Faulty, Mode, fault_server
from tests.s3.servers import BUCKET, free_ports

pytestmark = [pytest.mark.docker, pytest.mark.s3]
SECTION = "cache:\n  key: k\n  paths: [deps/**/*]\n"
TEXT = spec(
    "cat deps/file 2>/dev/null | wc -c",
    "mkdir -p deps; head -c 300000 /dev/urandom > deps/file",
    "echo made",
    after=SECTION,
)
PLACE = f"s3://{BUCKET}/sick"

ASKED = {
    Mode.BLACK_HOLE: "[Tt]ime|does not get on",
    Mode.DRIP_HEADERS: "does not get on",
    Mode.DRIP_BODY: "does not get on",
    Mode.STALL: "[Tt]ime|does not get on",
    Mode.CUT: "the answer broke off",
    Mode.HANG_UP: "closed|aborted|reset",
    Mode.GARBAGE: "[Cc]onnection|no S3 server",
    Mode.BROKEN: "InternalError",
    Mode.OVERLOADED: "SlowDown",
    Mode.DENIED: "s3:[A-Za-z]+ is denied",
    Mode.EXPIRED: "credentials expired",
    Mode.SKEWED: "clock is wrong",
    Mode.LYING: "no S3 server",
    Mode.NO_BUCKET: "NoSuchBucket",
    Mode.QUOTA: "InsufficientStorage",
}
"""What a build must say of a server that does so with whatever it is asked."""

IN_MAKE_TEST = (Mode.CUT, Mode.LYING)
DEAD_S, DRIPPING_S = 30.0, 60.0
DRIPPING = (Mode.DRIP_BODY, Mode.DRIP_HEADERS, Mode.STALL, Mode.BLACK_HOLE)


@pytest.fixture
def faulty(aws: None) -> Iterator[Faulty]:
    with fault_server() as made:
        yield made


def build(folder: Path, endpoint_url: str, seconds: float) -> Ended:
    """A build with its cache there: whatever that does, it succeeds, in time."""
    options = ("--cache", PLACE, "--cache-layers", "off", "--region", "us-east-1")
    with Build(folder, *options, "--endpoint-url", endpoint_url) as running:
        wait_until(lambda: running.ended, "the end of a build", seconds)
        ended = running.end()
    assert ended.code == 0, ended.stderr
    assert ended.document["buildStatus"] == "SUCCEEDED"
    assert set(ended.phases.values()) == {"SUCCEEDED"}
    assert "made" in ended.stdout.splitlines()
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended


def warnings(ended: Ended) -> list[str]:
    """What it said about its bucket."""
    return [line for line in ended.stderr.splitlines() if line.startswith("warning: cache:")]


def restored(ended: Ended) -> int:
    """How many bytes of the cached file were there before it was made."""
    return next(int(line) for line in ended.stdout.splitlines() if line.strip().isdigit())


def check(folder: Path, faulty: Faulty, mode: Mode, seconds: float) -> None:
    """Builds that save, that meet the sickness, and that find the bucket well again."""
    shutil.rmtree(folder, ignore_errors=True)
    project(folder, TEXT)
    faulty.objects.clear()
    faulty.misbehave(mode)
    sick = build(folder, faulty.endpoint_url, seconds)
    assert restored(sick) == 0
    if mode not in (Mode.DRIP_BODY, Mode.STALL, Mode.CUT):
        assert any(re.search(ASKED[mode], line) for line in warnings(sick)), sick.stderr
        assert not any("/m/" in name for name in faulty.objects)
        check_budget(faulty, mode)
    faulty.misbehave(Mode.WELL)
    build(folder, faulty.endpoint_url, seconds)
    faulty.misbehave(mode)
    sick = build(folder, faulty.endpoint_url, seconds)
    assert restored(sick) == 0
    assert any(re.search(ASKED[mode], line) for line in warnings(sick)), sick.stderr
    check_budget(faulty, mode)
    faulty.misbehave(Mode.WELL)
    well = build(folder, faulty.endpoint_url, seconds)
    assert restored(well) == 300_000
    assert warnings(well) == []


def check_budget(faulty: Faulty, mode: Mode) -> None:
    """A server that does not get on is asked at most three times for a thing, then never again."""
    if mode in DRIPPING:
        assert len(faulty.requests) <= 3 + 2 * Patience().attempts, faulty.requests


def test_the_bounds_are_those_of_the_design() -> None:
    """Dead: 10 s. Dripping: a window of 10 s, and no third where the second was in vain."""
    assert Patience().budget_s <= 10
    assert Limits().connect_s * Patience().attempts <= 10
    assert Limits().window_s <= 10
    assert Limits().answer_s <= 10


def test_a_dead_bucket(tmp_path: Path, aws: None) -> None:
    folder = project(tmp_path / "dead", TEXT)
    ended = build(folder, f"http://127.0.0.1:{free_ports(1)[0]}", DEAD_S)
    assert any("connect" in line for line in warnings(ended)), ended.stderr
    assert PLACE in ended.stderr


@pytest.mark.parametrize(
    "mode",
    [
        pytest.param(mode, marks=() if mode in IN_MAKE_TEST else pytest.mark.faults)
        for mode in ASKED
    ],
)
def test_a_sick_bucket(tmp_path: Path, faulty: Faulty, mode: Mode) -> None:
    check(tmp_path / "sick", faulty, mode, DRIPPING_S)


@pytest.mark.faults
def test_sick_buckets_again_and_again(tmp_path: Path, faulty: Faulty, tally: Tally) -> None:
    quick = [mode for mode in ASKED if mode not in DRIPPING]
    for turn in range(3):
        for mode in quick:
            check(tmp_path / f"sick {turn}", faulty, mode, DRIPPING_S)
    tally("builds with a sick bucket that took harm", 3 * len(quick) * 2)


@short_and_full(1, 5)
def test_a_bucket_without_conditional_writes(
    tmp_path: Path, faulty: Faulty, tally: Tally, count: int
) -> None:
    """It is told of, and serves all the same."""
    for turn in range(count):
        folder = project(tmp_path / f"plain {turn}", TEXT)
        faulty.objects.clear()
        faulty.misbehave(Mode.NO_CONDITIONS)
        first = build(folder, faulty.endpoint_url, DEAD_S)
        assert any("no conditional writes" in line for line in warnings(first)), first.stderr
        again = build(folder, faulty.endpoint_url, DEAD_S)
        assert restored(again) == 300_000
    tally("builds with a bucket without conditional writes that took harm", 2 * count)
