"""`--until`: a build that ends after a phase, on the scripted engine."""

import pytest

from localbuild.events.document import build_document, count_commands
from localbuild.plan.cache import CachePlan, CacheSave
from localbuild.terms import PhaseType
from tests.unit.run.recording_cache import RecordingCache
from tests.unit.run.scripted_build import FAILING, Built, Setting, build

SPEC = """\
version: 0.2
phases:
  install: {commands: [get]}
  build: {commands: [make, check], finally: [tidy]}
  post_build: {commands: [publish]}
artifacts: {files: [nothing-of-that-name]}
"""
CACHED = SPEC + "cache: {paths: [node_modules]}\n"


def skipped(done: Built) -> dict[str, str]:
    """Why each command that did not run did not."""
    return {command.command: command.reason for command in done.result.skipped}


def test_it_ends_well_after_its_last_phase() -> None:
    done = build(SPEC, Setting(until=PhaseType.BUILD))
    assert (done.exit_code, done.ran) == (0, ["get", "make", "check", "tidy"])
    assert done.statuses["BUILD"] == "SUCCEEDED"
    assert {"POST_BUILD", "UPLOAD_ARTIFACTS"} & done.statuses.keys() == set()
    assert skipped(done) == {"publish": "--until BUILD"}
    assert count_commands(done.result) == {"planned": 4, "ran": 4, "failed": 0}
    own = build_document(done.result)["localbuild"]
    assert isinstance(own, dict)
    assert own["until"] == "BUILD"


def test_a_failure_does_not_go_on_to_post_build() -> None:
    done = build(SPEC, Setting(until=PhaseType.BUILD, answers={"make": FAILING}))
    assert (done.exit_code, done.ran) == (1, ["get", "make", "tidy"])
    assert skipped(done) == {"check": "BUILD FAILED", "publish": "--until BUILD"}


def test_a_failure_before_it_is_as_ever() -> None:
    done = build(SPEC, Setting(until=PhaseType.BUILD, answers={"get": FAILING}))
    assert done.exit_code == 1
    assert skipped(done)["make"] == "BUILD was not entered: the build FAILED"
    assert skipped(done)["publish"] == "--until BUILD"


def test_until_the_source_is_there() -> None:
    done = build(SPEC, Setting(until=PhaseType.DOWNLOAD_SOURCE))
    assert (done.exit_code, done.ran) == (0, [])
    assert set(skipped(done).values()) == {"--until DOWNLOAD_SOURCE"}
    assert done.result.planned == 0


def test_post_build_runs_and_hands_nothing_out() -> None:
    done = build(SPEC, Setting(until=PhaseType.POST_BUILD))
    assert done.ran[-1] == "publish"
    assert "UPLOAD_ARTIFACTS" not in done.statuses


@pytest.mark.parametrize(
    ("until", "save", "reason"),
    [
        (PhaseType.BUILD, CacheSave.SUCCESS, ""),
        (PhaseType.INSTALL, CacheSave.SUCCESS, "the build ended after INSTALL (--until)"),
        (PhaseType.INSTALL, CacheSave.ALWAYS, ""),
    ],
)
def test_a_cache_is_saved_where_no_phase_is_missing(
    until: PhaseType, save: CacheSave, reason: str
) -> None:
    cache = RecordingCache()
    plan = CachePlan(tiers=("/store",), save=save)
    done = build(CACHED, Setting(until=until, cache=plan, open_cache=lambda: cache))
    assert done.result.cache_saved is not None
    assert done.result.cache_saved.reason == reason
    assert ("save" in cache.asked) == (not reason)
