"""`--project`: the weakest layer, the notes that go with it, and `project show`."""

import json
from typing import Any

import pytest

from tests.unit.cli.calling import SPEC, Home

TEMPLATE = """\
Parameters:
  Stage: {Type: String, Default: dev}
Resources:
  Bucket: {Type: "AWS::S3::Bucket"}
  Build:
    Type: AWS::CodeBuild::Project
    Properties:
      Name: web
      TimeoutInMinutes: 15
      SourceVersion: main
      ServiceRole: !GetAtt Role.Arn
      Source:
        Type: CODEPIPELINE
        BuildSpec: |
          version: 0.2
          phases:
            build:
              commands:
                - make
      Environment:
        Type: LINUX_CONTAINER
        Image: aws/codebuild/standard:7.0
        ComputeType: BUILD_GENERAL1_SMALL
        PrivilegedMode: true
        EnvironmentVariables:
          - {Name: STAGE, Value: !Ref Stage}
          - {Name: BUCKET, Value: !Ref Bucket}
          - {Name: KEY, Value: "{{resolve:ssm:/app/key}}"}
          - {Name: CODEBUILD_X, Value: "1"}
      Cache: {Type: LOCAL, Modes: [LOCAL_CUSTOM_CACHE]}
      VpcConfig: {VpcId: vpc-1}
      FileSystemLocations:
        - {Type: EFS, Identifier: data, MountPoint: /mnt/data, Location: "fs-1:/"}
  Role: {Type: "AWS::IAM::Role"}
"""

WANTED_NOTES = """\
t.yml:27: !Ref Bucket: only AWS knows it; 'Bucket' stands for it in BUCKET \
(--parameter Bucket=VALUE)
t.yml:29: CODEBUILD_X is not passed on: the prefix CODEBUILD_ is reserved for CodeBuild's own \
variables
t.yml:31: vpcConfig: no Docker network stands for it, so the build gets the default one \
(--network NETWORK)
t.yml:33: file system data (fs-1:/) is not mounted: no folder stands for it \
(--volume DIR:/mnt/data)
t.yml: 1 more that a build here makes nothing of: localbuild project show t.yml
""".splitlines()


def plan(home: Home, *words: str) -> dict[str, Any]:
    """The plan of a call with the template."""
    home.write("t.yml", TEMPLATE)
    called = home.call("plan", "--json", "--project", "t.yml", *words)
    assert called.code == 0, called.err
    found = json.loads(called.out)
    assert isinstance(found, dict)
    return found


def test_a_plan_has_the_projects_settings(home: Home) -> None:
    found = plan(home)
    assert found["project"] == "web"
    assert found["timeoutS"] == 900.0
    assert found["source"]["version"] == "main"
    assert (found["buildspec"], found["buildspecLocation"]) == (
        "t.yml",
        "/codebuild/readonly/buildspec.yml",
    )
    assert found["environment"]["image"] == "aws/codebuild/standard:7.0"
    assert found["environment"]["computeType"] == "BUILD_GENERAL1_SMALL"
    assert found["environment"]["privileged"] is True
    assert (found["cache"]["type"], found["cache"]["modes"]) == ("LOCAL", ["LOCAL_CUSTOM_CACHE"])
    assert [(v["name"], v["value"], v["origin"]) for v in found["variables"]] == [
        ("STAGE", "dev", "project"),
        ("BUCKET", "Bucket", "project"),
    ]
    assert [(s["name"], s["type"], s["reference"], s["line"]) for s in found["secrets"]] == [
        ("KEY", "PARAMETER_STORE", "/app/key", 28)
    ]
    assert found["phases"][2]["commands"] == [{"text": "make", "line": 19}]


@pytest.mark.parametrize(
    ("words", "environ", "toml", "image"),
    [
        ((), {}, "", "aws/codebuild/standard:7.0"),
        ((), {}, 'image = "toml"', "toml"),
        ((), {"LOCALBUILD_IMAGE": "environ"}, 'image = "toml"', "environ"),
        (("--image", "option"), {"LOCALBUILD_IMAGE": "environ"}, "", "option"),
        (("--image-override", "override"), {}, "", "override"),
    ],
)
def test_every_other_place_wins(
    words: tuple[str, ...], environ: dict[str, str], toml: str, image: str, home: Home
) -> None:
    home.write("t.yml", TEMPLATE)
    home.write("localbuild.toml", toml)
    called = home.call("plan", "--json", "--project", "t.yml", *words, environ=environ)
    assert json.loads(called.out)["environment"]["image"] == image


def test_another_buildspec_wins_over_the_inline_one(home: Home) -> None:
    home.write("other.yml", SPEC)
    assert plan(home, "-f", "other.yml")["buildspec"] == "other.yml"


def test_a_project_may_be_named_by_the_configuration_or_the_environment(home: Home) -> None:
    home.write("t.yml", TEMPLATE)
    environ = {"LOCALBUILD_PROJECT": "t.yml#Build", "LOCALBUILD_PARAMETER": "Stage=qa"}
    found = json.loads(home.call("plan", "--json", environ=environ).out)
    assert found["variables"][0]["value"] == "qa"
    home.write("sub/localbuild.toml", 'project = "../t.yml"\nparameter = ["Stage=x=y", "Bucket=b"]')
    found = json.loads(home.call("plan", "--json", "sub").out)
    assert [v["value"] for v in found["variables"]] == ["x=y", "b"]


def test_parameters_of_several_places_come_together(home: Home) -> None:
    home.write("t.yml", TEMPLATE)
    home.write("localbuild.toml", 'project = "t.yml"\nparameter = ["Stage=toml", "Bucket=toml"]')
    found = json.loads(home.call("plan", "--json", "--parameter", "Stage=option").out)
    assert [v["value"] for v in found["variables"]] == ["option", "toml"]
    home.write("localbuild.toml", 'project = "t.yml"\nparameter = "x"')
    called = home.call("plan", "--parameter", "Stage=option")
    assert called.err.startswith("error: localbuild.toml:2: parameter: 'x' is not KEY=VALUE")


def test_a_toml_file_may_be_the_project(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    home.write("ci.toml", 'name = "other"\nimage = "x"\n')
    found = json.loads(home.call("plan", "--json", "--project", "ci.toml").out)
    assert (found["project"], found["environment"]["image"]) == ("other", "x")


def test_what_does_not_apply_is_said_before_the_build(home: Home) -> None:
    home.write("t.yml", TEMPLATE)
    notes = home.call("plan", "--project", "t.yml").err.splitlines()
    assert [note.removeprefix("note: ") for note in notes[:5]] == WANTED_NOTES


def test_a_network_and_a_volume_stand_for_what_is_in_aws(home: Home) -> None:
    home.write("data/x", "")
    home.write("t.yml", TEMPLATE)
    words = ("--project", "t.yml", "--network", "db", "-V", "./data:/mnt/data")
    assert "vpcConfig" not in home.call("plan", *words).err
    assert "file system" not in home.call("plan", *words).err
    found = {v["name"]: v for v in json.loads(home.call("env", "--json", *words).out)}
    assert found["CODEBUILD_DATA"]["value"] == "/mnt/data"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--project", "no.yml"), "error: --project no.yml: No such file or directory"),
        (("--project", "no.toml"), "error: --project no.toml: no such file"),
        (("--project", "#x"), "error: --project: '#x' is not FILE#NAME"),
        (("--project", "t.yml#Other"), "error: t.yml: there is no project 'Other'"),
        (("--project", "t.yml", "--parameter", "x"), "error: --parameter: 'x' is not KEY=VALUE"),
        (
            ("--project", "t.yml", "--parameter", "Stag=1"),
            "error: --parameter Stag: t.yml has no such parameter; did you mean 'Stage'?",
        ),
        (("--project", "bad.yml"), "bad.yml:5:25: error: timeoutInMinutes: 'soon' is no whole"),
        (("--project", "win.yml"), "error: win.yml:6: Build builds on WINDOWS_CONTAINER"),
    ],
)
def test_what_is_wrong(words: tuple[str, ...], message: str, home: Home) -> None:
    home.write("t.yml", TEMPLATE)
    head = "Resources:\n  Build:\n    Type: AWS::CodeBuild::Project\n    Properties:\n"
    home.write("bad.yml", f"{head}      TimeoutInMinutes: soon\n")
    home.write("win.yml", f"{head}      Environment:\n        Type: WINDOWS_CONTAINER\n")
    called = home.call("plan", *words)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith(message)


def test_an_error_in_an_inline_buildspec_is_told_by_the_templates_line(home: Home) -> None:
    home.write("t.yml", TEMPLATE.replace("commands:", "comands:"))
    called = home.call("run", "--project", "t.yml", "--image", "x", "-n")
    assert "t.yml:18: unknown key" in called.err


def test_show_tells_the_origin_of_each_value(home: Home) -> None:
    home.write("t.yml", TEMPLATE)
    called = home.call(
        "project", "show", "t.yml#Build", "--parameter", "Bucket=b", "--image", "mine"
    )
    assert called.code == 0, called.err
    rows = [line.split() for line in called.out.splitlines()]
    for wanted in (
        "name web [t.yml:8]",
        "image mine [--image]",
        "computeType BUILD_GENERAL1_SMALL [t.yml:23]",
        "timeout 15m00s [t.yml:9]",
        "autoRetryLimit 0 [default]",
        "buildspec inline, 5 lines [t.yml:14]",
        "cache LOCAL LOCAL_CUSTOM_CACHE [t.yml:30]",
        "STAGE dev [t.yml:26 (parameter Stage, default at t.yml:2)]",
        "BUCKET b [t.yml:27 (--parameter Bucket)]",
        "KEY Parameter Store /app/key [t.yml:28]",
        "vpcConfig vpc-1 [t.yml:31]",
        "fileSystem data fs-1:/ at /mnt/data [t.yml:33]",
    ):
        assert wanted.split() in rows, wanted
    assert "  t.yml:11: serviceRole has no meaning for a build on this machine" in called.out


def test_show_tells_the_variables_of_the_call_as_its_own(home: Home) -> None:
    home.write("t.yml", TEMPLATE.replace("      Cache: {Type: LOCAL", "      x: {Type: LOCAL"))
    override = "name=MORE,value=/more,type=PARAMETER_STORE"
    words = ("-e", "STAGE=mine", "--environment-variables-override", override)
    called = home.call("project", "show", "t.yml", *words)
    rows = [line.split() for line in called.out.splitlines()]
    for wanted in (
        "STAGE mine [option]",
        "MORE Parameter Store /more [option]",
        "KEY Parameter Store /app/key [t.yml:28]",
        "cache your cache directory [default]",
    ):
        assert wanted.split() in rows, called.out


def test_show_as_json(home: Home) -> None:
    home.write("t.yml", TEMPLATE)
    called = home.call("project", "show", "--json", "--project", "t.yml")
    found = json.loads(called.out)
    assert (found["file"], found["kind"]) == ("t.yml", "CloudFormation template")
    assert {"name": "name", "value": "web", "origin": "t.yml:8"} in found["values"]
    assert found["environmentVariables"][0] == {
        "name": "STAGE",
        "value": "dev",
        "type": "PLAINTEXT",
        "origin": "t.yml:26 (parameter Stage, default at t.yml:2)",
    }
    assert {n["line"] for n in found["notes"]} >= {11, 27}


def test_show_without_a_definition_shows_the_settings(home: Home) -> None:
    home.write("localbuild.toml", 'name = "app"\n[env]\nA = "1"\n')
    called = home.call("project", "show")
    assert called.out.split()[:2] == ["name", "app"]
    assert "[localbuild.toml:1]" in called.out


def test_a_hidden_parameter_is_not_shown(home: Home) -> None:
    text = TEMPLATE.replace("Default: dev}", "NoEcho: true}")
    home.write("t.yml", text)
    called = home.call("project", "show", "t.yml", "--parameter", "Stage=hunter22")
    assert called.code == 0
    assert "hunter22" not in called.out + called.err


def test_no_column_tells_how_long_a_hidden_value_is(home: Home) -> None:
    home.write("t.yml", TEMPLATE.replace("Default: dev}", "NoEcho: true}"))
    shown = [
        home.call("project", "show", "t.yml", "--parameter", f"Stage={value}").out
        for value in ("hunter22", "hunter22" * 5, "hunter22\nhunter23")
    ]
    assert "  STAGE   ***  " in shown[0]
    assert shown[0] == shown[1] == shown[2]


def test_credentials_in_the_url_of_a_source_are_not_shown(home: Home) -> None:
    url = "https://who:hunter2secret@github.com/o/r.git"
    source = f"Source:\n        Type: GITHUB\n        Location: {url}"
    second = f"{{Type: GITHUB, Location: '{url}', SourceIdentifier: lib}}"
    text = TEMPLATE.replace("Source:\n        Type: CODEPIPELINE", source)
    head, role, rest = text.rpartition("  Role:")
    home.write("t.yml", f"{head}      SecondarySources: [{second}]\n{role}{rest}")
    for words in (("project", "show", "t.yml"), ("project", "show", "t.yml", "--json")):
        called = home.call(*words)
        assert called.code == 0
        assert called.out.count("https://who:***@github.com/o/r.git") == 3
        assert "hunter2secret" not in called.out + called.err
    called = home.call("plan", "--project", "t.yml", "-v")
    assert called.code == 0
    assert "hunter2secret" not in called.out + called.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--parameter", "A=b"),
            "--parameter: there is no --project whose template could have them",
        ),
        (("--project", "p.toml", "--parameter", "A=b"), "--parameter: p.toml is no template"),
        (("--project", "p.json", "--parameter", "A=b"), "--parameter: p.json is no template"),
        (("--project", "p.toml#web"), "--project p.toml#web: the file is one project"),
    ],
)
def test_what_only_a_template_has_is_refused_elsewhere(
    home: Home, words: tuple[str, ...], said: str
) -> None:
    home.write("p.toml", "privileged = true\n")
    home.write("p.json", '{"projects": [{"name": "web", "environment": {"image": "x"}}]}')
    called = home.call("plan", *words)
    assert (called.code, called.err.strip()) == (2, f"error: {said}")


def test_how_git_is_to_fetch_is_shown(home: Home) -> None:
    text = TEMPLATE.replace(
        "Type: CODEPIPELINE",
        "Type: GITHUB\n        GitCloneDepth: 3\n"
        "        GitSubmodulesConfig: {FetchSubmodules: true}",
    )
    home.write("t.yml", text)
    shown = [line.split() for line in home.call("project", "show", "t.yml").out.splitlines()]
    assert ["gitCloneDepth", "3", "[t.yml:14]"] in shown
    assert ["fetchSubmodules", "true", "[t.yml:15]"] in shown
