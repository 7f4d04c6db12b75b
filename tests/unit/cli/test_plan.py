"""`plan`, `run --dry-run`, `env`: what a build would do."""

import json
from pathlib import Path

import pytest

from localbuild.buildspec.read import read_buildspec
from localbuild.plan.codec import plan_from_json, plan_to_json
from localbuild.plan.compile import BuildRequest, compile_plan
from localbuild.plan.model import EnvironmentPlan, PlannedMount, SourcePlan
from localbuild.project.model import Project
from tests.unit.cli.calling import SPEC, Home

SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*/buildspec.yml"))
NO_ENGINE = ("--docker-host", "tcp://127.0.0.1:1")
RICH = """\
version: 0.2
run-as: builder
env:
  shell: bash
  variables: {STAGE: dev, LINES: "a\\nb"}
  parameter-store: {PASSWORD: /app/password}
  exported-variables: [VERSION]
phases:
  install:
    on-failure: RETRY-2
    runtime-versions: {python: 3.12}
    commands: [make deps]
  build:
    commands:
      - make
      - |
        echo one
        echo two
    finally: [make clean]
reports: {unit: {files: [r.xml], base-directory: out}}
artifacts: {files: [out/*]}
cache: {paths: [deps/**/*]}
"""


def test_the_plan_for_people(home: Home) -> None:
    home.write("buildspec.yml", RICH)
    called = home.call("plan", "-i", "img", "-e", "A=b", "--timeout", "90s", *NO_ENGINE)
    assert called.code == 0
    lines = called.out.splitlines()
    assert "buildspec  buildspec.yml (version 0.2)" in lines
    assert "image      img  (--image)" in lines
    assert any("not looked for: no Docker engine answers" in line for line in lines)
    assert "timeout    1m30s  (--timeout)" in lines
    assert "  STAGE    = dev  (buildspec)" in lines
    assert "  LINES    = a … (1 more line)  (buildspec)" in lines
    assert "  A        = b  (command line)" in lines
    assert "  PASSWORD = ***  (buildspec; Parameter Store /app/password)" in lines
    assert "INSTALL  as builder, on-failure: RETRY 2 times" in lines
    assert "  buildspec.yml:16: echo one … (1 more line)" in lines
    assert "artifacts  the record  (default)" in lines
    assert lines[lines.index("artifacts  the record  (default)") + 1].strip() == "out/*"
    assert "reports    the record  (default)" in lines
    assert "           unit: r.xml in out (JUNITXML)" in lines
    assert lines[-1] == "4 commands planned"


def test_nothing_is_started_or_written(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    for words in (("plan",), ("run", "-n")):
        assert home.call(*words, *NO_ENGINE).code == 0
    assert [p.name for p in home.cwd.iterdir()] == ["buildspec.yml"]


def test_a_dry_run_is_the_plan(home: Home) -> None:
    home.write("buildspec.yml", RICH)
    assert home.call("run", "--dry-run", "--json").out == home.call("plan", "--json").out


def test_a_refused_buildspec_is_told_with_every_problem(home: Home) -> None:
    home.write("buildspec.yml", "version: 0.2\nphases:\n  built: {}\n  tested: {}\n")
    called = home.call("plan")
    assert (called.code, called.out) == (3, "")
    assert "buildspec.yml:3:3: error: " in called.err
    assert "buildspec.yml:4:3: error: " in called.err


def test_no_buildspec_is_told_with_hints(home: Home) -> None:
    called = home.call("plan")
    assert called.code == 3
    assert called.err.splitlines() == [
        "error: YAML file does not exist",
        "  hint: there is no buildspec.yml",
        "  hint: name one: localbuild run -f FILE",
    ]


def test_a_plan_survives_its_round_trip() -> None:
    request = BuildRequest(
        project=Project(name="app"),
        environment=EnvironmentPlan(
            image="i",
            image_reference="r",
            cpus=1.5,
            mounts=(PlannedMount(source="a", target="/b"),),
        ),
        source=SourcePlan(location="/src", directory=""),
        variables=(("A", "b"),),
    )
    plan = compile_plan(read_buildspec(RICH.encode(), "buildspec.yml"), request)
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: p.parent.name)
def test_the_plan_of_every_sample_survives_its_round_trip(sample: Path) -> None:
    request = BuildRequest(
        project=Project(name="app"),
        environment=EnvironmentPlan(image="i", image_reference="i"),
        source=SourcePlan(location="/src", directory=""),
    )
    plan = compile_plan(read_buildspec(sample.read_bytes(), "buildspec.yml"), request)
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"project": 1}, "plan.project is no str"),
        ({"timeoutS": "x"}, "plan.timeoutS is no float"),
        ({"timeoutS": True}, "plan.timeoutS is no float"),
        ({"source": []}, "plan.source is no object"),
        ({"phases": {}}, "plan.phases is no list"),
        ({"declaredPhases": [["BUILD"]]}, r"plan.declaredPhases\[0\] has not 2 items"),
        ({"environment": {}}, "plan.environment.image is missing"),
        ({"variables": [{"name": "a", "value": "b", "origin": "x"}]}, "'x' is not a valid Origin"),
    ],
)
def test_what_is_no_plan_is_refused(change: dict[str, object], message: str) -> None:
    request = BuildRequest(
        project=Project(name="app"),
        environment=EnvironmentPlan(image="i", image_reference="i"),
        source=SourcePlan(location="/src", directory=""),
    )
    plan = plan_to_json(compile_plan(read_buildspec(SPEC.encode(), "b"), request))
    with pytest.raises(ValueError, match=message):
        plan_from_json(plan | change)


def test_the_environment_of_a_build(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("env", "--json", "-i", "img", "-e", "A=b", "--region", "eu-west-1")
    found = {v["name"]: (v["value"], v["origin"]) for v in json.loads(called.out)}
    assert found["A"] == ("b", "option")
    assert found["STAGE"] == ("dev", "buildspec")
    assert found["AWS_REGION"] == ("eu-west-1", "codebuild")
    assert found["CODEBUILD_INITIATOR"] == ("me", "codebuild")
    assert found["CODEBUILD_BUILD_NUMBER"] == ("1", "codebuild")
    assert "STAGE" in home.call("env").out


def test_nothing_in_a_command_can_steer_the_terminal(home: Home) -> None:
    home.write("buildspec.yml", 'version: 0.2\nphases: {build: {commands: ["echo \\e[2J"]}}\n')
    assert "\x1b" not in home.call("plan", *NO_ENGINE).out
