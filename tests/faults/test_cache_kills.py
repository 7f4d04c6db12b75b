"""A save and a restore that are killed at any moment: no repair, nothing half, nothing in the way.

Each system call that may change something is a moment; and there are moments by chance.
"""

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Tally
from tests.faults.counts import short_and_full
from tests.faults.scenes import Replace, Restore, Save, Scene
from tests.faults.syscalls import Supervisor, kill_at

PATIENCE_S = 60.0
SCENES = [Save, Replace, Restore]


@pytest.fixture(params=SCENES, ids=lambda kind: kind.__name__.lower())
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    made: Scene = request.param(tmp_path)
    yield made
    shutil.rmtree(tmp_path)


@short_and_full(16, 1, "step")
def test_a_kill_at_any_system_call(
    scene: Scene, supervisor: Supervisor, chance: random.Random, tally: Tally, step: int
) -> None:
    number, tried = chance.randint(1, step), 0
    while True:
        args = scene.make()
        ended = supervisor.run(scene.work, *args, judge=kill_at(number))
        if ended.calls < number:
            break
        assert ended.code == -signal.SIGKILL, number
        scene.check()
        scene.clean()
        number, tried = number + step, tried + 1
    assert ended.code == 0
    assert ended.said is not None
    scene.check()
    tally(f"kills at a system call of a {type(scene).__name__.lower()} that did harm", tried)


@short_and_full(4, 70)
def test_a_kill_at_any_time(
    scene: Scene, supervisor: Supervisor, chance: random.Random, tally: Tally, count: int
) -> None:
    times = []
    for _ in range(3):
        args, begun = scene.make(), time.monotonic()
        assert supervisor.killed(PATIENCE_S, scene.work, *args) == 0
        times.append(time.monotonic() - begun)
        scene.clean()
    killed = 0
    while killed < count:
        args = scene.make()
        code = supervisor.killed(chance.uniform(0, sorted(times)[1]), scene.work, *args)
        killed += code == -signal.SIGKILL
        scene.check()
        scene.clean()
    tally(f"kills at any time of a {type(scene).__name__.lower()} that did harm", killed)


def test_what_is_restored_is_what_was_saved(scene: Scene) -> None:
    """The judge of all the others sees a difference."""
    os.utime(scene.trees[1] / "src/deps/nothing", ns=(1, 1))
    with pytest.raises(AssertionError):
        scene.check_entry("other", 1)
