"""`explain`, `schema`, `version`, `completion`, `image`, `clean`, `doctor`."""

import json
from datetime import UTC, datetime

import pytest

from localbuild import __version__
from localbuild.buildspec.rules import RULES
from localbuild.cli.checks import (
    Check,
    Finding,
    Verdict,
    check_clock,
    check_space,
    run_checks,
)
from localbuild.cli.commands.explain import EXIT_CODES, STATUS_CODES, explanations
from localbuild.errors import EngineUnavailableError, ExitCode, StatusCode
from tests.unit.cli.calling import SPEC, Home
from tests.unit.cli.recorded import good_build, record, running_build

NO_ENGINE = ("--docker-host", "tcp://127.0.0.1:1")


def test_every_code_is_explained() -> None:
    assert set(EXIT_CODES) == set(ExitCode)
    assert set(STATUS_CODES) == set(StatusCode)
    assert set(RULES) <= set(explanations())


@pytest.mark.parametrize("asked", ["LB104", "lb104", "3", "YAML_FILE_ERROR", "yaml-file-error"])
def test_a_code_is_explained(asked: str, home: Home) -> None:
    called = home.call("explain", asked)
    assert called.code == 0
    assert called.out.startswith(f"{asked.upper().replace('-', '_')}: ")


def test_all_exit_codes(home: Home) -> None:
    lines = home.call("explain", "exit-codes").out.splitlines()
    assert [int(line.split()[0]) for line in lines] == [int(code) for code in ExitCode]


def test_a_code_that_is_none(home: Home) -> None:
    called = home.call("explain", "LB10")
    assert called.code == 2
    assert "there is no code 'LB10'; did you mean LB" in called.err


def test_schemas_are_listed_and_printed(home: Home) -> None:
    names = home.call("schema").out.split()
    assert {"buildspec", "config", "plan"} <= set(names)
    assert json.loads(home.call("schema", "--json").out) == names
    for name in names:
        found = json.loads(home.call("schema", name).out)
        assert found["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_a_schema_that_is_none(home: Home) -> None:
    called = home.call("schema", "buildspecs")
    assert called.code == 2
    assert "did you mean 'buildspec'?" in called.err


def test_the_version(home: Home) -> None:
    assert home.call("version").out == f"localbuild {__version__}\n"
    found = json.loads(home.call("version", "--json").out)
    assert found["localbuild"] == __version__
    assert all(found["libraries"].values())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_a_completion_script(shell: str, home: Home) -> None:
    called = home.call("completion", shell)
    assert called.code == 0
    assert "_LOCALBUILD_COMPLETE" in called.out


def test_a_shell_without_completion(home: Home) -> None:
    assert home.call("completion", "tcsh").code == 2


def test_images_and_what_stands_for_them(home: Home) -> None:
    home.write("localbuild.toml", '[images]\n"aws/codebuild/standard:7.0" = "mine:7"\n')
    lines = home.call("image", "ls").out.splitlines()
    rows = {line.split()[0]: line.split(None, 1)[1] for line in lines}
    assert rows["aws/codebuild/standard:7.0"] == "mine:7"
    assert rows["aws/codebuild/standard:6.0"].startswith("published nowhere")
    assert rows["aws/codebuild/amazonlinux-x86_64-standard:5.0"].endswith(", the default")


def test_an_image_is_resolved_without_an_engine(home: Home) -> None:
    called = home.call("image", "resolve", "python:3.12", *NO_ENGINE)
    assert (called.code, called.out) == (0, "python:3.12\n")
    assert called.err.startswith("not looked for: no Docker engine answers")


def test_without_a_name_the_image_of_a_build_is_resolved(home: Home) -> None:
    home.write("localbuild.toml", 'image = "filed"\n')
    assert home.call("image", "resolve", *NO_ENGINE).out == "filed\n"
    environ = {"LOCALBUILD_IMAGE": "environs"}
    assert home.call("image", "resolve", *NO_ENGINE, environ=environ).out == "environs\n"


def test_clean_asks_before_it_removes_records(home: Home) -> None:
    for events in (running_build(), good_build(), good_build()):
        record(home.cwd, events)
    called = home.call("clean", "--builds", "--keep", "0", *NO_ENGINE)
    assert (called.code, called.err.splitlines()[0]) == (2, "error: nobody is there to be asked")
    assert len(list((home.cwd / ".localbuild/builds").glob("[0-9]"))) == 3


def test_clean_needs_an_engine(home: Home) -> None:
    assert home.call("clean", *NO_ENGINE).code == 4


def test_a_doctor_without_an_engine_looks_at_everything_else(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("doctor", "--json", "-i", "img", *NO_ENGINE)
    found = {check["id"]: check for check in json.loads(called.out)}
    assert called.code == 1
    assert found["engine"]["verdict"] == found["image"]["verdict"] == "problem"
    assert found["engine"]["hints"]
    assert found["buildspec"]["text"] == "buildspec.yml: valid, 2 commands"
    assert found["record"]["verdict"] == "good"
    assert called.err == "2 problems\n" or called.err.startswith("2 problems, ")


def test_a_doctor_finds_a_bad_buildspec_and_wrong_settings(home: Home) -> None:
    home.write("buildspec.yml", "version: 0.2\nphases: {built: {}}\n")
    assert "✘ buildspec.yml: Invalid buildspec phase name" in home.call("doctor", *NO_ENGINE).out
    home.write("localbuild.toml", "imag = 1\n")
    called = home.call("doctor", *NO_ENGINE)
    assert called.code == 1
    assert "✘ localbuild.toml:1: unknown key 'imag'; did you mean 'image'?" in called.out


def test_a_check_that_fails_or_hangs_keeps_no_other_back() -> None:
    import threading

    never = threading.Event()

    def refuse() -> Finding:
        raise EngineUnavailableError("nobody answers", hints=("start it",))

    def hang() -> Finding:
        never.wait()
        return Finding(text="late")

    checks = (
        Check(id="a", ask=refuse),
        Check(id="b", ask=hang),
        Check(id="c", ask=lambda: Finding(text="fine")),
    )
    found = list(run_checks(checks, 0.01))
    never.set()
    assert found == [
        ("a", Finding(text="a: nobody answers", verdict=Verdict.PROBLEM, hints=("start it",))),
        ("b", Finding(text="b: no answer within 0.01 s", verdict=Verdict.PROBLEM)),
        ("c", Finding(text="fine")),
    ]


def test_a_clock_in_the_past_and_a_full_disk() -> None:
    assert check_clock(datetime(1970, 1, 1, tzinfo=UTC)).verdict is Verdict.PROBLEM
    assert check_clock(datetime(2030, 1, 1, tzinfo=UTC)).verdict is Verdict.GOOD
    assert check_space(10**9, "/").verdict is Verdict.WARNING
    assert check_space(10**11, "/").verdict is Verdict.GOOD
