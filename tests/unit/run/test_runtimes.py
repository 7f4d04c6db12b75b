"""`runtime-versions` in DOWNLOAD_SOURCE: what runs, what is said, how it fails."""

from collections.abc import Mapping

import pytest

from localbuild.engines.scripted import Answer
from localbuild.events.model import Failed, Warned
from localbuild.plan.cache import CachePlan, CacheSave
from localbuild.ports.engine import Interruption
from localbuild.terms import StatusType
from tests.unit.run.scripted_build import FAILING, Built, Setting, build

FILE = "/codebuild/image/config/runtimes.yml"
READ = f"  echo && cat {FILE} && cd /codebuild/readonly"
IMAGE = b"""
runtimes:
  python:
    versions:
      3.9: {commands: [use 3.9]}
      3.12: {commands: [say 3.12, use 3.12]}
      default: {commands: [get it, use it]}
  nodejs:
    versions:
      18: {commands: [node 18]}
"""


def spec(runtimes: str, version: str = "0.2") -> str:
    return f"""
version: {version}
phases:
  install:
    runtime-versions: {runtimes}
  build: {{commands: [make]}}
"""


def run(
    runtimes: str, answers: Mapping[str, Answer] | None = None, setting: Setting | None = None
) -> Built:
    """A build on an image that has runtimes."""
    setting = setting or Setting()
    setting.answers = {READ: Answer(output=(b"\n", IMAGE)), **(answers or {})}
    return build(spec(runtimes), setting)


def context(built: Built) -> tuple[str, str]:
    phase = next(p for p in built.result.phases if p.type == "DOWNLOAD_SOURCE")
    return phase.context.status_code, phase.context.message


def scripts(built: Built) -> list[str]:
    return [request.script for request in built.engine.containers[0].requests]


def test_its_commands_run_before_the_build() -> None:
    built = run("{python: 3.x, nodejs: 18}")
    assert (built.exit_code, built.ran) == (0, ["say 3.12", "use 3.12", "node 18", "make"])
    assert built.statuses["DOWNLOAD_SOURCE"] == "SUCCEEDED"
    assert not [w for w in built.result.warnings if w.code]


def test_the_lines_stand_between_variables_and_source() -> None:
    said = run("{python: 3.9}").said
    first = said.index("Processing environment variables")
    assert (
        said[first + 1] == "Selecting 'python' runtime version '3.9' based on manual selections..."
    )
    assert said[first + 2].startswith("Moving to directory /codebuild/output/src")


def test_only_the_buildspecs_commands_are_counted() -> None:
    built = run("{python: 3.12}")
    assert built.result.planned == 1
    assert [(c.phase, c.number, c.line) for c in built.result.commands] == [
        ("DOWNLOAD_SOURCE", 1, 5),
        ("DOWNLOAD_SOURCE", 2, 5),
        ("BUILD", 1, 6),
    ]


def test_a_version_that_is_not_listed_is_in_a_variable_for_its_commands_alone() -> None:
    built = run("{python: 3.8.1, nodejs: 18}")
    assert built.ran == ["get it", "use it", "node 18", "make"]
    ran = scripts(built)
    told = next(n for n, script in enumerate(ran) if "VERSION='3.8.1'" in script)
    taken = next(n for n, script in enumerate(ran) if "unset VERSION" in script)
    assert "get it" in ran[told + 1]
    assert "node 18" in ran[taken + 1]


def test_state_is_kept_in_version_0_1_too() -> None:
    setting = Setting(answers={READ: Answer(output=(b"\n" + IMAGE,))})
    built = build(spec("{python: 3.9}", "0.1"), setting)
    (script,) = (s for s in scripts(built) if "use 3.9" in s)
    assert "export -p" in script
    assert built.exit_code == 0


def test_a_version_may_be_in_a_variable() -> None:
    built = run("{python: $PY}", setting=Setting(variables=(("PY", "3.9"),)))
    assert built.ran == ["use 3.9", "make"]


def test_a_command_that_fails_ends_the_build() -> None:
    built = run("{python: 3.12, nodejs: 18}", {"say 3.12": FAILING})
    assert (built.exit_code, built.ran) == (1, ["say 3.12"])
    message = "Error while executing command: say 3.12. Reason: exit status 3"
    assert context(built) == ("COMMAND_EXECUTION_ERROR", message)
    assert "INSTALL" not in built.statuses
    assert "Registering with agent" not in built.said


@pytest.mark.parametrize("failing", [READ, "VERSION='3.8.1'", "unset __localbuild_version"])
def test_a_command_of_ours_that_fails_is_told_as_well(failing: str) -> None:
    built = run("{python: 3.8.1}", {failing: FAILING})
    assert (built.exit_code, built.statuses["DOWNLOAD_SOURCE"]) == (1, "FAILED")
    assert "make" not in built.ran


@pytest.mark.parametrize(
    ("runtimes", "message"),
    [
        (
            "{docker: 18}",
            (
                "Unknown runtime named 'docker'. This build image has the following runtimes: "
                "nodejs, python"
            ),
        ),
        (
            "{nodejs: 15}",
            (
                "Unknown runtime version named '15' of nodejs. This build image has the following "
                "versions: 18"
            ),
        ),
        ("{python: $PY}", "runtime-versions: python: '$PY': $PY is not set"),
    ],
)
def test_what_the_image_has_not_is_the_buildspecs_fault(runtimes: str, message: str) -> None:
    built = run(runtimes)
    assert (built.exit_code, built.ran) == (3, [])
    assert built.result.status is StatusType.FAILED
    assert context(built) == ("YAML_FILE_ERROR", message)
    (warning,) = (e for e in built.events if isinstance(e, Warned) and e.code)
    assert (warning.code, warning.file, warning.line) == ("LB605", "buildspec.yml", 5)
    assert warning.message == message
    (failed,) = (e for e in built.events if isinstance(e, Failed))
    assert any("--runtimes image" in hint for hint in failed.hints)


def test_every_refusal_is_told_and_the_first_is_the_phases() -> None:
    built = run("{docker: 18, nodejs: 15}")
    assert context(built)[1].startswith("Unknown runtime named 'docker'")
    told = [w.message.split(".")[0] for w in built.result.warnings if w.code == "LB605"]
    assert told == [
        "Unknown runtime named 'docker'",
        "Unknown runtime version named '15' of nodejs",
    ]


def test_a_broken_file_of_the_image_is_told_with_its_place() -> None:
    built = run("{python: 3.9}", {READ: Answer(output=(b"\nruntimes: [\n",))})
    code, message = context(built)
    assert (built.exit_code, code) == (3, "YAML_FILE_ERROR")
    assert message.startswith(f"{FILE}:")


def test_an_image_without_runtimes_is_a_warning() -> None:
    built = build(spec("{python: 3.12}"))
    assert (built.exit_code, built.ran) == (0, ["make"])
    assert any(line.startswith("[WARN] Skipping install of runtimes.") for line in built.said)
    (warning,) = (w for w in built.result.warnings if w.code)
    assert (warning.code, warning.line) == ("LB601", 5)
    assert "python 3.12: not selected" in warning.message
    assert f"scripted:1 has no {FILE}" in warning.message


def test_the_images_own_are_kept_where_that_is_wished() -> None:
    built = run("{python: 3.12, docker: 18}", setting=Setting(runtimes="image"))
    assert (built.exit_code, built.ran) == (0, ["make"])
    (warning,) = (w for w in built.result.warnings if w.code)
    assert warning.code == "LB601"
    assert "python 3.12, docker 18: not selected" in warning.message
    assert not [s for s in scripts(built) if FILE in s]


@pytest.mark.parametrize(("image", "count"), [("scripted:1", 0), ("aws/codebuild/standard:7.0", 1)])
def test_a_curated_image_says_that_none_is_selected(image: str, count: int) -> None:
    setting = Setting(image=image, registry=("aws/codebuild/standard:7.0",))
    built = build("version: 0.2\nphases: {build: {commands: [make]}}", setting)
    assert built.said.count("No runtime version selected in buildspec.") == count
    assert len(scripts(built)) == 1


@pytest.mark.parametrize(
    ("why", "code", "status"),
    [(Interruption.TIMEOUT, 124, "TIMED_OUT"), (Interruption.STOP, 130, "STOPPED")],
)
@pytest.mark.parametrize("slow", [READ, "use 3.12"])
def test_it_can_be_broken_off(slow: str, why: Interruption, code: int, status: str) -> None:
    asked = {"times": 0}

    def interrupted() -> Interruption | None:
        asked["times"] += 1
        return why if asked["times"] > 60 else None

    answers = {slow: Answer(output=(b"\n", IMAGE), runs_on=True)}
    built = run("{python: 3.12}", answers, Setting(interrupted=interrupted))
    assert (built.exit_code, built.statuses["DOWNLOAD_SOURCE"]) == (code, status)
    assert "make" not in built.ran


@pytest.mark.parametrize("last", [READ, "use 3.12"])
def test_a_container_that_ends_meanwhile_is_told(last: str) -> None:
    built = run("{python: 3.12}", {last: Answer(ends_container=True)})
    assert built.exit_code == 1
    assert context(built)[0] == "CONTAINER_TERMINATED"
    assert "make" not in built.ran


def test_a_build_that_never_began_saves_no_cache() -> None:
    cache = CachePlan(tiers=("/cache",), save=CacheSave.ALWAYS)
    text = spec("{python: 3.12}") + "cache: {paths: [files]}\n"
    answers = {READ: Answer(output=(b"\n" + IMAGE,)), "use 3.12": FAILING}
    built = build(text, Setting(answers=answers, cache=cache))
    assert built.exit_code == 1
    assert built.result.cache_restored is None
    assert built.result.cache_saved is None or not built.result.cache_saved.saved
