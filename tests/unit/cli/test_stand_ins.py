"""`--skip`, `--stub` and `--aws-credentials`: read, refused, and shown in the plan."""

import json
from pathlib import Path

import pytest

from localbuild.cli.stand_ins import parse_phases, parse_stubs
from localbuild.plan.model import PlannedStub
from localbuild.terms import PhaseType
from tests.unit.cli.calling import SPEC, Home

BASE = Path("/")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("BUILD", (PhaseType.BUILD,)),
        ("post-build", (PhaseType.POST_BUILD,)),
        (["post_build", "Install", "POST_BUILD"], (PhaseType.INSTALL, PhaseType.POST_BUILD)),
    ],
)
def test_phases(value: object, expected: tuple[PhaseType, ...]) -> None:
    assert parse_phases(value, BASE) == expected


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("BUIDL", "'BUIDL' is no phase with commands; did you mean BUILD?"),
        ("DOWNLOAD_SOURCE", "there are: INSTALL, PRE_BUILD, BUILD, POST_BUILD"),
        ("", "is no phase"),
    ],
)
def test_other_phases_are_refused(word: str, message: str) -> None:
    with pytest.raises(ValueError, match="is no phase") as caught:
        parse_phases(word, BASE)
    assert message in str(caught.value)


def test_stubs() -> None:
    found = parse_stubs(["aws", "docker=a=b\nc", "aws=last"], BASE)
    assert found == (
        PlannedStub(command="aws", output="last"),
        PlannedStub(command="docker", output="a=b\nc"),
    )


@pytest.mark.parametrize("word", ["", "=x", "a/b", "../aws", "-x", "a b", "echo", "cd=/", "["])
def test_what_cannot_be_stood_in_for(word: str) -> None:
    with pytest.raises(ValueError, match=r"is no command's name|is the shell's own"):
        parse_stubs(word, BASE)


def test_the_plan_shows_them(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call(
        *("plan", "--skip", "build", "--stub", "aws=12", "--stub", "docker"),
        *("--aws-credentials", "env"),
    )
    assert called.code == 0, called.err
    assert "stub       aws  prints 2 characters, succeeds\n" in called.out
    assert "stub       docker  prints nothing, succeeds\n" in called.out
    assert "aws        yours, as variables\n" in called.out
    assert "\nBUILD  not run (--skip)\n" in called.out
    assert "\n0 commands planned\n" in called.out


def test_the_plan_as_json_has_them(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    home.write("localbuild.toml", 'skip = ["BUILD"]\nstub = "aws"\n')
    environ = {"LOCALBUILD_AWS_CREDENTIALS": "endpoint"}
    plan = json.loads(home.call("plan", "--json", environ=environ).out)
    assert plan["environment"]["stubs"] == [{"command": "aws", "output": ""}]
    assert plan["environment"]["awsCredentials"] == "endpoint"
    assert [p["type"] for p in plan["phases"] if p["skipped"]] == ["BUILD"]


def test_variables_of_the_environment_hold_several(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    environ = {"LOCALBUILD_STUB": "aws=a b\ndocker", "LOCALBUILD_SKIP": "BUILD\nINSTALL"}
    plan = json.loads(home.call("plan", "--json", environ=environ).out)
    assert plan["environment"]["stubs"] == [
        {"command": "aws", "output": "a b"},
        {"command": "docker", "output": ""},
    ]


def test_a_project_cannot_ask_for_the_users_credentials(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    home.write("localbuild.toml", 'aws-credentials = "env"\n')
    called = home.call("plan")
    assert called.code == 2
    assert "localbuild.toml:1: " in called.err


@pytest.mark.parametrize(
    "words",
    [
        ("--skip", "UPLOAD_ARTIFACTS"),
        ("--stub", "cd"),
        ("--aws-credentials", "mount"),
    ],
)
def test_wrong_values_are_wrong_usage(words: tuple[str, ...], home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("plan", *words)
    assert called.code == 2
    assert words[0] in called.err


@pytest.mark.parametrize(
    "words",
    [
        ("-i", "aws/codebuild/windows-base:2019-2.0"),
        ("--image-override", "mcr.microsoft.com/windows/servercore:ltsc2022"),
        ("--platform", "windows/amd64"),
        ("--environment-type-override", "WINDOWS_SERVER_2019_CONTAINER"),
    ],
)
def test_a_windows_host_is_refused_in_plain_words(words: tuple[str, ...], home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("plan", *words)
    assert called.code == 2
    assert f"{words[1]} needs a Windows host, and only Linux builds run here\n" in called.err


def test_an_image_may_stand_in_for_one_of_windows(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    home.write("localbuild.toml", '[images]\n"aws/codebuild/windows-base:2019-2.0" = "mine:1"\n')
    assert home.call("plan", "--json", "-i", "aws/codebuild/windows-base:2019-2.0").code == 0


def test_a_buildspec_for_windows_is_refused(home: Home) -> None:
    home.write("buildspec.yml", SPEC.replace("make test", "nuget.exe restore"))
    called = home.call("plan")
    assert called.code == 3
    assert called.err.startswith(
        "buildspec.yml:9:9: error: this buildspec is for Windows, and only Linux builds run here "
    )
