"""Skipped phases, stand-ins and fake secrets in a whole build on the scripted engine."""

from dataclasses import replace

from localbuild.container.stubs import CALLS_FILE, CALLS_SCRIPT
from localbuild.engines.scripted import Answer
from localbuild.events.document import build_document, count_commands
from localbuild.events.model import CommandSkipped
from localbuild.events.stand_ins import StandIns, StubUse
from localbuild.plan.cache import CachePlan, CacheSave
from localbuild.plan.model import (
    BuildPlan,
    EnvironmentPlan,
    PhasePlan,
    PlannedStub,
    SourcePlan,
)
from localbuild.run.cache_rules import why_not_whole
from localbuild.terms import PhaseType
from tests.unit.run.scripted_build import Built, Setting
from tests.unit.run.scripted_build import build as build_scripted

SPEC = """\
version: 0.2
env: {variables: {PATH: "/mine"}}
phases:
  build: {commands: [make]}
  post_build: {commands: [upload, notify], finally: [clean]}
"""
AWS = PlannedStub(command="aws", output="out")


def files(done: Built) -> dict[str, tuple[str, int]]:
    """The files that the container began with: text and mode by path."""
    found = done.engine.containers[0].spec.files
    return {file.path: (file.text, file.mode) for file in found}


def build(
    *,
    skip: tuple[PhaseType, ...] = (),
    stubs: tuple[PlannedStub, ...] = (),
    fakes: tuple[str, ...] = (),
    answers: dict[str, Answer] | None = None,
) -> Built:
    """A build with some of it left out or stood in for."""
    return build_scripted(SPEC, Setting(skip=skip, stubs=stubs, fakes=fakes, answers=answers or {}))


def test_a_skipped_phase_runs_nothing_and_succeeds() -> None:
    done = build(skip=(PhaseType.POST_BUILD,))
    assert done.exit_code == 0
    assert [c.command for c in done.result.commands] == ["make"]
    reasons = [(e.command, e.reason) for e in done.events if isinstance(e, CommandSkipped)]
    assert reasons == [(name, "--skip POST_BUILD") for name in ("upload", "notify", "clean")]
    assert count_commands(done.result) == {"planned": 1, "ran": 1, "failed": 0}
    phase = done.result.phase(PhaseType.POST_BUILD)
    assert phase is not None
    assert phase.status == "SUCCEEDED"


def test_a_phase_that_is_skipped_does_not_hide_a_failure() -> None:
    done = build(skip=(PhaseType.POST_BUILD,), answers={"make": Answer(exit_status=2)})
    assert done.exit_code == 1


def test_stand_ins_come_first_on_whatever_path_counts() -> None:
    found = files(build(stubs=(AWS,)))
    state = found["/codebuild/output/tmp/env.sh"][0]
    assert "export PATH='/codebuild/user/stubs:/mine'\n" in state
    assert found["/codebuild/user/stubs/aws"][1] == 0o755
    assert found[CALLS_FILE] == ("", 0o666)


def test_without_stand_ins_nothing_is_different() -> None:
    done = build()
    assert "export PATH='/mine'\n" in files(done)["/codebuild/output/tmp/env.sh"][0]
    assert not any("stub" in path for path in files(done))
    assert not any(isinstance(event, StandIns) for event in done.events)


def test_calls_are_counted_before_the_container_goes() -> None:
    record = Answer(output=(b"aws s3 ", b"ls\0aws \0"))
    done = build(stubs=(AWS,), fakes=("PASS",), answers={CALLS_SCRIPT.strip(): record})
    found = done.result.stand_ins
    assert found is not None
    assert found.stubs == (StubUse(command="aws", calls=2, arguments=("s3 ls", "")),)
    own = build_document(done.result)["localbuild"]
    assert isinstance(own, dict)
    assert own["stubs"] == [{"command": "aws", "calls": 2, "arguments": ["s3 ls", ""]}]
    assert own["fakeSecrets"] == ["PASS"]


def test_calls_that_cannot_be_counted_are_not_zero() -> None:
    done = build(stubs=(AWS,), answers={"make": Answer(ends_container=True)})
    found = done.result.stand_ins
    assert found is not None
    assert found.stubs == (StubUse(command="aws", calls=-1),)
    own = build_document(done.result)["localbuild"]
    assert isinstance(own, dict)
    assert own["stubs"] == [{"command": "aws", "calls": None, "arguments": []}]


def test_a_cache_that_may_lack_something_is_not_saved() -> None:
    plan = BuildPlan(
        project="sample",
        version="0.2",
        buildspec="buildspec.yml",
        buildspec_location="/src/buildspec.yml",
        environment=EnvironmentPlan(image="i", image_reference="i"),
        source=SourcePlan(location="/somewhere", directory="/src"),
    )

    def why(type: PhaseType, save: CacheSave = CacheSave.SUCCESS) -> str:
        phases = (PhasePlan(type=type, declared=True, skipped=True),)
        return why_not_whole(replace(plan, cache=CachePlan(save=save), phases=phases))

    assert why(PhaseType.INSTALL) == "INSTALL was skipped (--skip)"
    assert why(PhaseType.POST_BUILD) == ""
    assert why(PhaseType.BUILD, CacheSave.ALWAYS) == ""
    assert why_not_whole(plan) == ""
