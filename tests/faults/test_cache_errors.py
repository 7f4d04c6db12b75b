"""System calls that fail, each in its turn: a warning, never a traceback, nothing half, no harm."""

import errno
import random
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from localbuild.ports.cache import CacheOutcome
from tests.faults.conftest import Tally
from tests.faults.counts import short_and_full
from tests.faults.rooms import Came
from tests.faults.scenes import Restore, Save, SaveAgain, Scene
from tests.faults.syscalls import GO_ON, OPEN, Call, Ended, Judge, Supervisor
from tests.faults.trees import differing, facts_of
from tests.trees.compare import NOTHING, Facts, differences

Trees = Mapping[str, dict[bytes, Facts]]
ERRORS = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EMFILE)


def fail_at(number: int, error: int) -> Judge:
    """That call fails; only an open can run out of descriptors."""

    def judge(call: Call) -> int:
        wanted = call.number == number and (error != errno.EMFILE or call.kind == OPEN)
        return error if wanted else GO_ON

    return judge


def check_save(scene: Scene, came: Came) -> None:
    """It was saved, or it is said why not; what could not be read is not in it, and counted."""
    scene.check_store()
    if not came.saved.saved:
        assert came.warnings
    if any("not saved" in line for line in came.warnings):
        root, back = scene.restored("partly")
        assert back.restored.outcome is CacheOutcome.HIT
        lost = differing(scene.trees[2 if isinstance(scene, SaveAgain) else 1], root)
        assert all("missing" in line or "group" in line for line in lost), lost
    else:
        scene.check()


def check_restore(scene: Restore, came: Came) -> None:
    """All of it came, or nothing did, nothing is left, and it is said why."""
    if came.restored.outcome is CacheOutcome.MISS:
        assert came.warnings
        assert _changes(scene.before, facts_of(scene.root)) == []
        assert scene.staging() == []
    scene.check()


def _changes(before: Trees, after: Trees) -> list[str]:
    """What is not as it was; a directory's time changes with what comes and goes in it."""
    return [
        line
        for base in before
        for line in differences(_timeless(before[base]), _timeless(after[base]), NOTHING)
    ]


def _timeless(found: dict[bytes, Facts]) -> dict[bytes, Facts]:
    return {p: replace(f, mtime_ns=0) if f.kind == "directory" else f for p, f in found.items()}


@pytest.fixture(params=[Save, SaveAgain, Restore], ids=lambda kind: kind.__name__.lower())
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    made: Scene = request.param(tmp_path)
    yield made
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize("reads", [False, True], ids=["writes", "reads"])
@short_and_full(30, 1, "step")
def test_a_call_that_fails(
    scene: Scene, tmp_path: Path, chance: random.Random, tally: Tally, step: int, reads: bool
) -> None:
    """In full each call that writes fails in each way, and each third that reads in one."""
    supervisor = Supervisor(folder=tmp_path, and_reads=reads)
    ways = len(ERRORS) if step == 1 and not reads else 1
    step *= 3 if reads else 1
    number, tried = chance.randint(1, step), 0
    calls = supervisor.run(scene.work, *scene.make(), judge=lambda _: GO_ON).calls
    while number <= calls:
        for error in chance.sample(ERRORS, ways):
            args = scene.make()
            ended = supervisor.run(scene.work, *args, judge=fail_at(number, error))
            check(scene, ended, f"call {number}: {errno.errorcode[error]}")
            scene.clean()
            tried += 1
        number += step
    tally(f"failing calls of a {type(scene).__name__.lower()} that did harm", tried)


def check(scene: Scene, ended: Ended, where: str) -> None:
    """No traceback, and whatever else must be so."""
    assert ended.code == 0, where
    assert isinstance(ended.said, Came), where
    assert "Error" not in repr(ended.said).replace("[Errno", ""), where
    if isinstance(scene, Restore):
        check_restore(scene, ended.said)
    else:
        check_save(scene, ended.said)
