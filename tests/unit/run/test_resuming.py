"""A build that fails, is kept, and goes on as another one: on the scripted engine."""

from dataclasses import replace

import pytest

from localbuild.engines.scripted import Answer, ScriptedContainer, ScriptedEngine
from localbuild.events.document import build_document, count_commands
from localbuild.events.model import Warned
from localbuild.plan.cache import CachePlan
from localbuild.plan.model import BuildPlan, EnvironmentPlan, Origin, PlannedSecret, SourcePlan
from localbuild.plan.resumption import Resumption
from localbuild.plan.script import DIRECTORY_FILE, ENV_FILE
from localbuild.plan.states import LAST, before_command
from localbuild.ports.engine import CommandRequest, ContainerSpec, Image
from localbuild.ports.kept import KEPT_OF_LABEL
from localbuild.ports.mask import NoMask
from localbuild.run.reporter import Reporter
from localbuild.run.states import KeptStates
from localbuild.terms import PhaseType, VariableType
from tests.unit.run.recording_cache import RecordingCache
from tests.unit.run.scripted_build import FAILING, Built, Setting, TickingClock, build

SPEC = """\
version: 0.2
env: {exported-variables: [A]}
phases:
  install: {commands: [get]}
  build: {commands: [make, check, pack], finally: [tidy]}
  post_build: {commands: [publish]}
cache: {paths: [node_modules]}
"""
NAME = "localbuild-sample-7-00000000"
A_PLAN = BuildPlan(
    project="sample",
    version="0.2",
    buildspec="buildspec.yml",
    buildspec_location="/src/buildspec.yml",
    environment=EnvironmentPlan(image="i", image_reference="i"),
    source=SourcePlan(location="/somewhere", directory="/src"),
)
AT_CHECK = Resumption(
    build="sample:1",
    number=3,
    container=NAME,
    phase=PhaseType.BUILD,
    command=2,
    state=before_command(PhaseType.BUILD, "commands", 2),
)


def failed(keep: str = "failure", kept_of: str = "") -> Built:
    """The build that was begun: `check` has failed."""
    return build(SPEC, Setting(answers={"check": FAILING}, keep=keep, kept_of=kept_of))


def gone_on(
    engine: ScriptedEngine, resumed: Resumption = AT_CHECK, setting: Setting | None = None
) -> Built:
    """The build that goes on there."""
    setting = setting or Setting(keep="failure")
    return build(SPEC, replace(setting, open_engine=lambda: engine, resumed=resumed))


def mended() -> ScriptedEngine:
    """An engine with the kept container, in which `check` does not fail any more."""
    engine = ScriptedEngine()
    engine.containers = failed().engine.containers
    for container in engine.containers:
        container.answer = lambda request: Answer()
    return engine


def texts(container: ScriptedContainer) -> list[str]:
    """The scripts that have run."""
    return [request.script for request in container.requests]


def test_a_failed_build_s_container_is_kept_and_its_record_knows_it() -> None:
    done = failed(kept_of="word")
    (container,) = done.engine.containers
    assert (container.kept, container.alive) == (True, False)
    assert dict(container.spec.labels)[KEPT_OF_LABEL] == "word"
    own = build_document(done.result)["localbuild"]
    assert isinstance(own, dict)
    assert own["container"] == {"name": NAME, "kept": True, "leftOut": []}
    warning = next(w for w in done.result.warnings if "is kept" in w.message)
    until = "until the next one of this project is, or for 7 days"
    assert (warning.message, warning.is_note) == (f"container {NAME} is kept {until}", False)
    asked = failed()
    (note,) = (e for e in asked.events if isinstance(e, Warned) and e.is_note)
    assert (note.message, note.is_note) == (f"container {NAME} is kept", True)
    assert note not in asked.result.warnings
    assert [hint.split("   ")[0] for hint in warning.hints] == [
        "localbuild shell latest",
        "localbuild retry latest",
        "localbuild clean --kept",
    ]


@pytest.mark.parametrize(
    ("keep", "stays"), [("never", False), ("failure", False), ("always", True)]
)
def test_a_good_build_s_container_stays_only_where_it_is_asked_for(keep: str, stays: bool) -> None:
    done = build(SPEC, Setting(keep=keep))
    assert [c.kept for c in done.engine.containers] == [stays]
    assert (done.result.kept is not None) == stays


def test_states_are_set_aside_only_for_a_container_that_may_stay() -> None:
    (never,) = failed(keep="never").engine.containers
    assert not any("/states/" in text or "before-env.sh" in text for text in texts(never))
    (kept,) = failed().engine.containers
    ran = "\n".join(texts(kept))
    for state in ("INSTALL", "BUILD", "BUILD-commands-2-before", "BUILD-commands-2-after"):
        assert f"/states/{state}/env.sh" in ran


def test_it_goes_on_with_the_command_that_failed() -> None:
    engine = mended()
    done = gone_on(engine)
    assert (done.exit_code, done.ran) == (0, ["check", "pack", "tidy", "publish"])
    assert count_commands(done.result) == {"planned": 4, "ran": 4, "failed": 0}
    assert {c.command: c.reason for c in done.result.skipped} == {
        "get": "ran in build 3",
        "make": "ran in build 3",
    }
    assert "INSTALL" not in done.statuses
    assert done.statuses["DOWNLOAD_SOURCE"] == "SUCCEEDED"
    assert any("Going on in the container of build 3" in line for line in done.said)
    own = build_document(done.result)["localbuild"]
    assert isinstance(own, dict)
    assert own["resumedFrom"] == {"buildNumber": 3, "id": "sample:1"}
    assert engine.containers == []


def test_its_first_script_brings_the_state_back_and_has_its_own_identity() -> None:
    engine = mended()
    (container,) = engine.containers
    before = len(container.requests)
    gone_on(engine)
    first = texts(container)[before]
    assert "/states/BUILD-commands-2-before/env.sh" in first
    assert "export CODEBUILD_BUILD_NUMBER='\\''7'\\''" in first
    assert "CODEBUILD_SRC_DIR" not in first


def test_one_that_fails_again_stays() -> None:
    engine = mended()
    engine.containers[0].answer = lambda request: (
        FAILING if "\npack\n" in request.script else Answer()
    )
    done = gone_on(engine)
    assert done.exit_code == 1
    assert done.result.kept is not None
    assert [c.kept for c in engine.containers] == [True]


def test_the_finally_list_goes_on_too() -> None:
    place = replace(AT_CHECK, list="finally", command=1)
    assert gone_on(mended(), place).ran == ["tidy", "publish"]


def test_artifacts_alone_are_handed_out_again() -> None:
    place = replace(AT_CHECK, phase=PhaseType.UPLOAD_ARTIFACTS, command=1, state=LAST)
    done = gone_on(mended(), place)
    assert (done.exit_code, done.ran) == (0, [])
    assert done.statuses["UPLOAD_ARTIFACTS"] == "SUCCEEDED"


def test_what_failed_and_was_forgiven_before_is_still_known() -> None:
    engine = mended()
    (container,) = engine.containers
    before = len(container.requests)
    gone_on(engine, replace(AT_CHECK, succeeding=False))
    script = next(text for text in texts(container)[before:] if "\ncheck\n" in text)
    assert "\nCODEBUILD_BUILD_SUCCEEDING=0\n" in script


def test_it_neither_restores_nor_saves_a_cache() -> None:
    cache = RecordingCache()
    setting = Setting(cache=CachePlan(tiers=("/store",)), open_cache=lambda: cache)
    done = gone_on(mended(), setting=setting)
    assert cache.asked == []
    assert done.result.cache_saved is not None
    assert done.result.cache_saved.reason == "the build went on in the container of build 3"


def test_a_source_is_copied_where_that_is_asked_for() -> None:
    engine = mended()
    (container,) = engine.containers
    container.trees.clear()
    gone_on(engine)
    assert container.trees == {}
    again = mended()
    (container,) = again.containers
    container.trees.clear()
    gone_on(again, replace(AT_CHECK, update_source=True))
    assert len(container.trees) == 1


def test_a_container_that_is_gone_ends_the_build() -> None:
    done = gone_on(ScriptedEngine())
    assert done.exit_code == 4
    assert done.result.failure is not None
    assert done.result.failure.message == f"container {NAME} is not there any more"


def test_one_whose_variables_are_gone_ends_the_build_and_stays() -> None:
    engine = mended()
    engine.containers[0].answer = lambda request: FAILING
    done = gone_on(engine)
    assert done.exit_code == 4
    assert done.result.failure is not None
    assert "variables of build 3 are not in its container" in done.result.failure.message
    assert [c.kept for c in engine.containers] == [True]


class Hiding(NoMask):
    """Masks one word."""

    def text(self, text: str) -> str:
        return text.replace("hidden", "***")


def test_what_is_saved_of_a_state_in_memory_holds_no_secret() -> None:
    secret = PlannedSecret(name="TOKEN", type=VariableType.PLAINTEXT, origin=Origin.OPTION)
    plan = replace(A_PLAN, secrets=(secret,))
    values = b"=short\0=a hidden word\0=plain\0\0"
    variables = b"export TOKEN='short'\nexport A='a hidden word'\nexport B='plain'\nexport C\n"
    answers = {
        f"cat {ENV_FILE}": variables,
        f"cat {DIRECTORY_FILE}": b"/src/hidden/place\n",
    }
    scripts: list[str] = []

    def answer(request: CommandRequest) -> Answer:
        scripts.append(request.script)
        said = next((a for text, a in answers.items() if request.script.startswith(text)), values)
        return Answer(output=(said,))

    image = Image(id="i", reference="i")
    container = ScriptedContainer(ContainerSpec(name="c", image=image), answer)
    reporter = Reporter("sample:1", TickingClock(), lambda _: None)
    assert KeptStates(plan, container, reporter, Hiding()).save() == ("TOKEN", "A")
    written = scripts[-1]
    assert "export B='plain'" in written
    assert f"\n{A_PLAN.source.directory}\n" in written
    assert not any(word in written for word in ("hidden", "short", "TOKEN"))


def test_nothing_is_asked_of_a_container_that_has_ended() -> None:
    container = ScriptedContainer(
        ContainerSpec(name="c", image=Image(id="i", reference="i")),
        lambda _: Answer(ends_container=True),
    )
    reporter = Reporter("sample:1", TickingClock(), lambda _: None)
    states = KeptStates(A_PLAN, container, reporter, NoMask())
    states.phase_begins(PhaseType.BUILD)
    assert states.save() == ()
    assert len(container.requests) == 1
