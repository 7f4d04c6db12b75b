"""System calls that fail, each in its turn: a warning, never a traceback, nothing half, no harm."""

import errno
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from localbuild.cache.stores.directory import DirectoryStore
from localbuild.ports.cache import CacheOutcome
from tests.faults.conftest import Tally
from tests.faults.counts import short_and_full
from tests.faults.rooms import Came, Project
from tests.faults.syscalls import GO_ON, OPEN, Call, Judge, Supervisor
from tests.faults.test_cache_kills import Replace, Restore, Save, Scene
from tests.faults.trees import differing, facts_of

ERRORS = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EMFILE)


def fail_at(number: int, error: int) -> Judge:
    """That call fails; only an open can run out of descriptors."""

    def judge(call: Call) -> int:
        wanted = call.number == number and (error != errno.EMFILE or call.kind == OPEN)
        return error if wanted else GO_ON

    return judge


def check(scene: Scene, came: Came) -> None:
    """What a build with a failing call must come to."""
    scene.check_store()
    if isinstance(scene, Restore):
        check_restore(scene, came)
        return
    if not came.saved.saved:
        assert came.warnings or came.saved.reason, came
        if isinstance(scene, Save):
            assert DirectoryStore(scene.store).find(Project(key=scene.key).manifest) is None
