"""Buildspecs for Windows are refused before anything starts, and no other ones are."""

import json
from pathlib import Path

import pytest

from localbuild.buildspec.read import read_buildspec
from localbuild.errors import BuildspecError
from localbuild.plan.windows import is_windows_image, refuse_windows

SAMPLES = sorted(Path(__file__).parents[3].glob("samples/*/buildspec.yml"))


def refuse(*commands: str, shell: str = "") -> None:
    """Look at a buildspec with these commands."""
    document = {
        "version": 0.2,
        "env": {"shell": shell} if shell else {},
        "phases": {"build": {"commands": list(commands)}},
    }
    refuse_windows(read_buildspec(json.dumps(document).encode(), "ci.yml"), "ci.yml")


@pytest.mark.parametrize(
    "command",
    [
        "$env:Path += ';C:\\tools'",
        "$ENV:A = 1",
        "C:\\tools\\nuget.exe restore",
        '& "C:\\Program Files\\dotnet\\dotnet.exe" build',
        "nuget.exe restore app.sln",
        "msbuild.exe app.sln",
        "powershell -File build.ps1",
        "powershell.exe -Command ls",
        "cmd /c build.cmd",
        "choco install -y git",
        "xcopy a b",
        "Copy-Item a b",
        "Write-Host hello",
        "  Get-ChildItem",
        "if not exist out mkdir out",
        "Invoke-WebRequest https://example.com -OutFile a.zip",
    ],
)
def test_a_command_for_windows_alone(command: str) -> None:
    with pytest.raises(BuildspecError, match="for Windows, and only Linux") as caught:
        refuse("dotnet restore", command, "dotnet test")
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.file) == ("LB209", "ci.yml")
    assert caught.value.hints == ("if it is for Linux, name the shell:   env: / shell: bash",)


@pytest.mark.parametrize(
    "command",
    [
        "make",
        "pwsh -File build.ps1",
        "mono nuget.exe restore",
        "wine setup.exe",
        "GOOS=windows go build -o app.exe",
        "echo 'Copy-Item a b'",
        "curl -O https://example.com/setup.exe",
        "./Set-Version.sh",
        "dotnet publish -r win-x64",
        "cat <<EOF\n$env:A\nEOF",
        "go-test-Report x",
    ],
)
def test_a_command_that_may_run_on_linux(command: str) -> None:
    refuse(command)


@pytest.mark.parametrize(
    "command",
    ["export A=b", "chmod +x a", "apt-get update", "./build.sh", "if [ -f a ]; then b; fi", "A=b"],
)
def test_what_is_for_linux_alone_counts_more(command: str) -> None:
    refuse("choco install x || true", command)


def test_who_names_a_shell_has_said_what_it_is_for() -> None:
    refuse("Write-Host hello", shell="bash")


def test_the_first_such_command_is_named() -> None:
    text = b"version: 0.2\nphases:\n  build:\n    commands:\n      - dotnet test\n      - setx A b"
    with pytest.raises(BuildspecError) as caught:
        refuse_windows(read_buildspec(text, "buildspec.yml"), "buildspec.yml")
    assert caught.value.problems[0].place.line == 6


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: p.parent.name)
def test_no_sample_is_for_windows(sample: Path) -> None:
    refuse_windows(read_buildspec(sample.read_bytes(), "buildspec.yml"), "buildspec.yml")


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("aws/codebuild/windows-base:2019-2.0", True),
        ("aws/codebuild/windows-base:2022-1.0", True),
        ("mcr.microsoft.com/windows/servercore:ltsc2022", True),
        ("mcr.microsoft.com/dotnet/framework/sdk:4.8", True),
        ("mcr.microsoft.com/dotnet/sdk:8.0", False),
        ("aws/codebuild/standard:7.0", False),
        ("me/windows-base:1", False),
    ],
)
def test_images_of_windows(reference: str, expected: bool) -> None:
    assert is_windows_image(reference) is expected
