"""Makers of layers: one at a time, none that waits without end, and none that fails unheard."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from localbuild.cache.layer_failures import note_failure, read_failure, tell_failure
from localbuild.cache.layer_order import write_order
from localbuild.cache.layer_plan import LayerPlan
from localbuild.cache.layer_turns import NoTurnError, Patience, turn
from localbuild.cache.manifest import Builder, Manifest
from localbuild.cache.open import CacheOptions
from localbuild.cache.stores.open import StoreSettings
from localbuild.cli.warming import Warming
from localbuild.ports.engine import Image
from tests.unit.cache.cupboard import SCOPE
from tests.unit.cache.stores.doubles import FakeTime


def plan_of(created_s: float, content: str = "a") -> LayerPlan:
    manifest = Manifest(
        scope=SCOPE,
        version="v",
        key=content,
        paths=("deps/**/*",),
        created_s=created_s,
        builder=Builder(tool="t"),
    )
    base = Image(id="sha256:1", reference="i")
    return LayerPlan(manifest=manifest, base=base, source_directory="/src", paths=("deps/**/*",))


def patience(clock: FakeTime, then: Callable[[], object] = lambda: None) -> Patience:
    """That of somebody who waits a minute; `then` happens while he does."""

    def sleep(seconds: float) -> None:
        then()
        clock.sleep(seconds)

    return Patience(limit_s=60, look_s=1, monotonic=clock.monotonic, sleep=sleep)


@contextmanager
def busy(state: Path) -> Iterator[None]:
    """Another maker is at it."""
    descriptor = os.open(state / "layers.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield
    os.close(descriptor)


def test_one_after_the_other(tmp_path: Path) -> None:
    for created_s in (5, 6, 6, 7):
        with turn(tmp_path, plan_of(created_s), Patience()) as needed:
            assert needed


def test_nobody_waits_without_end(tmp_path: Path) -> None:
    clock = FakeTime()
    with (
        busy(tmp_path),
        pytest.raises(NoTurnError, match="other layers were being made for 60 s"),
        turn(tmp_path, plan_of(5), patience(clock)),
    ):
        raise AssertionError
    assert clock.seconds == 60


def test_of_two_who_want_the_same_layer_one_gives_up_in_silence(tmp_path: Path) -> None:
    with (
        turn(tmp_path, plan_of(5), Patience()) as first,
        turn(tmp_path, plan_of(5), patience(FakeTime())) as second,
    ):
        assert (first, second) == (True, False)


def test_who_waits_for_what_is_replaced_meanwhile_gives_up_at_once(tmp_path: Path) -> None:
    clock = FakeTime()

    def newer() -> None:
        with (
            pytest.raises(NoTurnError),
            turn(tmp_path, plan_of(6), Patience(limit_s=0)),
        ):
            raise AssertionError

    with busy(tmp_path), turn(tmp_path, plan_of(5), patience(clock, newer)) as needed:
        assert not needed
    assert clock.waits == [1]
    with turn(tmp_path, plan_of(5), Patience()) as needed:
        assert not needed
    with turn(tmp_path, plan_of(6), Patience()) as needed:
        assert needed


def test_another_entry_is_no_newer_one(tmp_path: Path) -> None:
    with (
        busy(tmp_path),
        pytest.raises(NoTurnError),
        turn(tmp_path, plan_of(6, "other"), Patience(limit_s=0)),
    ):
        raise AssertionError
    with turn(tmp_path, plan_of(5), Patience()) as needed:
        assert needed


def test_a_note_of_somebody_dead_counts_for_nothing(tmp_path: Path) -> None:
    with busy(tmp_path), pytest.raises(NoTurnError):
        turn(tmp_path, plan_of(9e9), Patience(limit_s=0)).__enter__()
    [note] = (tmp_path / "layers.wanted").iterdir()
    os.utime(note, (1, 1))
    with turn(tmp_path, plan_of(5), Patience()) as needed:
        assert needed


# --- what went wrong ------------------------------------------------------------------------------


def test_a_failure_is_told_once_and_known_until_a_layer_is_made(tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert (tell_failure(state), read_failure(state)) == ("", "")
    for _ in range(2):
        note_failure(state, "no disk")
    assert (tell_failure(state), tell_failure(state)) == ("no disk", "")
    note_failure(state, "no disk")
    assert (tell_failure(state), read_failure(state)) == ("", "no disk")
    note_failure(state, "no engine")
    assert tell_failure(state) == "no engine"
    note_failure(state, "")
    assert (tell_failure(state), read_failure(state)) == ("", "")


def test_a_maker_that_nobody_hears_notes_why_it_failed(tmp_path: Path) -> None:
    state = tmp_path / "state"
    options = CacheOptions(
        urls=(str(tmp_path / "c"),), settings=StoreSettings(), state=state, tool="t"
    )
    warming = {
        "options": {"urls": options.urls, "settings": {}, "state": str(state), "tool": "t"},
        "host": f"unix://{tmp_path}/none.sock",
        "context": "",
    }
    order = json.dumps({"plan": write_order(plan_of(5)), "warming": warming})
    command = [sys.executable, "-m", "localbuild.cli.warming"]
    ended = subprocess.run(command, input=order.encode(), check=False)
    assert ended.returncode == 1
    assert "none.sock" in read_failure(state)
    later = Warming(options=options, docker_host=warming["host"])  # type: ignore[arg-type]
    said = later.later(plan_of(6))
    assert said.startswith("cache: no warm layer was made after an earlier build: ")
    assert "none.sock" in said
