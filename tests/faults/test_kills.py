"""Builds that are ended at any moment, by any signal: nothing runs on, nothing is left."""

import json
import os
import random
import signal
import tempfile
import time
from pathlib import Path

import pytest

from tests.integration.builds import Build, containers_of, project, run, spec, wait_until

pytestmark = [pytest.mark.docker, pytest.mark.faults]
SEED = int(os.environ.get("LOCALBUILD_SEED", "0")) or random.randrange(1, 2**31)
KILLS = 60
STOPS = 30
BUILD = spec("echo begun", "sleep 1; echo $RANDOM > file", "sleep 600")


@pytest.fixture(scope="module")
def moments() -> random.Random:
    """Chance; LOCALBUILD_SEED repeats a run. The folders of a run are named by its seed."""
    return random.Random(SEED)


def test_no_kill_leaves_anything_running(tmp_path: Path, moments: random.Random) -> None:
    name = f"kills-{SEED}"
    folder = project(tmp_path / name, BUILD)
    for number in range(KILLS):
        with Build(folder) as build:
            time.sleep(moments.uniform(0, 1.2))
            build.signal(signal.SIGKILL)
            build.end()
        wait_until(lambda: not containers_of(name, running=True), f"kill {number}", seconds=5)
    assert run(project(tmp_path / "after", spec("true"))).code == 0
    assert containers_of(name) == []
    left = [p for p in Path(tempfile.gettempdir()).glob("localbuild-pipes-*") if older(p, 60)]
    assert left == []


def older(path: Path, seconds: float) -> bool:
    """A folder that nobody has named yet may belong to a build that is just beginning."""
    return (path / "owner").exists() or time.time() - path.stat().st_mtime > seconds


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_every_stop_ends_well(
    tmp_path: Path, moments: random.Random, number: signal.Signals, code: int
) -> None:
    name = f"stops-{code}-{SEED}"
    folder = project(tmp_path / name, BUILD)
    for _ in range(STOPS):
        with Build(folder) as build:
            time.sleep(moments.uniform(0.35, 1.5))
            build.signal(number)
            ended = build.end()
        assert ended.code == code, ended.stderr
        assert "Traceback" not in ended.stderr
        assert containers_of(name) == []
    for record in (folder / ".localbuild" / "builds").glob("[0-9]*/build.json"):
        assert json.loads(record.read_text())["buildStatus"] == "STOPPED", record
