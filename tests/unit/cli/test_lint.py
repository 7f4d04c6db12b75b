"""`lint`: which files, which formats, which exit code."""

import json
import subprocess

import pytest

from localbuild.cli.findings import summary
from localbuild.cli.lintable import default_files
from localbuild.errors import Place, Problem, Severity
from tests.unit.cli.calling import SPEC, Home

WRONG = "version: 0.2\nphases:\n  built: {}\n"
ODD = "version: 0.2\nphases:\n  build:\n    comands: [make]\n    commands: [make]\n"


def test_all_good(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    home.write("ci/buildspec-test.yaml", SPEC)
    home.write("ci/other.yml", WRONG)
    home.write("node_modules/x/buildspec.yml", WRONG)
    called = home.call("lint")
    assert (called.code, called.out) == (0, "")
    assert called.err == "All good: 2 buildspecs checked.\n"


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (SPEC, (), 0),
        (SPEC, ("--fail-level", "error"), 0),
        (ODD, (), 1),
        (ODD, ("--fail-level", "error"), 0),
        (WRONG, (), 3),
        (WRONG, ("--fail-level", "error"), 3),
        ("a: b: c", (), 3),
        ("", (), 3),
    ],
)
def test_the_exit_code(text: str, options: tuple[str, ...], code: int, home: Home) -> None:
    home.write("b.yml", text)
    assert home.call("lint", "b.yml", *options).code == code


def test_findings_are_the_result_and_the_count_is_not(home: Home) -> None:
    home.write("buildspec.yml", WRONG)
    home.write("buildspec-2.yml", ODD)
    called = home.call("lint")
    assert called.out.splitlines()[0].startswith("buildspec-2.yml:4:5: warning: ")
    assert "\nbuildspec.yml:3:3: error: unknown phase 'built' [LB103]\n" in called.out
    assert called.err == "Found 1 error, 1 warning in 2 files.\n"


def test_quiet_leaves_only_the_findings(home: Home) -> None:
    home.write("buildspec.yml", ODD)
    called = home.call("lint", "-q")
    assert called.err == ""
    assert "LB104" in called.out


def test_stdin(home: Home) -> None:
    called = home.call("validate", "-", stdin=WRONG.encode())
    assert called.code == 3
    assert called.out.startswith("<stdin>:3:3: error: ")


def test_a_missing_file_keeps_no_other_back(home: Home) -> None:
    home.write("b.yml", WRONG)
    called = home.call("lint", "none.yml", "b.yml")
    assert called.code == 3
    assert called.err.startswith("error: none.yml: No such file or directory\n")
    assert "b.yml:3:3: error: " in called.out
    found = json.loads(home.call("lint", "none.yml", "b.yml", "--json").out)
    assert (found["files"], found["missing"], found["errors"]) == (1, ["none.yml"], 1)


def test_a_folder_stands_for_its_buildspecs(home: Home) -> None:
    home.write("ci/deep/buildspec.yml", WRONG)
    assert home.call("lint", "ci").out.startswith("ci/deep/buildspec.yml:3:3: ")


def test_nothing_to_check_is_a_missing_buildspec(home: Home) -> None:
    called = home.call("lint")
    assert called.code == 3
    assert called.err.startswith("error: there is no buildspec*.yml here or below\n")


def test_git_says_which_files_there_are(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    home.write("ignored/buildspec.yml", WRONG)
    home.write(".gitignore", "ignored\n")
    subprocess.run(["git", "init", "-q", str(home.cwd)], check=True)
    assert home.call("lint", environ={"PATH": "/usr/bin:/bin"}).code == 0


def test_a_file_that_git_knows_and_that_is_gone_is_passed_over(home: Home) -> None:
    home.write("buildspec.yml", "")
    assert default_files(home.cwd, lambda _: ["buildspec.yml", "gone/buildspec.yml"]) == [
        "buildspec.yml"
    ]


def test_json(home: Home) -> None:
    home.write("buildspec.yml", WRONG)
    for words in (("--json",), ("--format", "json")):
        found = json.loads(home.call("lint", *words).out)
        assert {k: found[k] for k in ("files", "errors", "warnings")} == {
            "files": 1,
            "errors": 1,
            "warnings": 0,
        }
        (problem,) = found["problems"]
        assert (problem["file"], problem["line"], problem["column"]) == ("buildspec.yml", 3, 3)
        assert (problem["code"], problem["severity"]) == ("LB103", "error")


def test_annotations_escape_what_github_would_take_apart(home: Home) -> None:
    home.write("a,b:c%.yml", WRONG)
    line = home.call("lint", "--format", "github", "a,b:c%.yml").out.splitlines()[0]
    place = "file=a%2Cb%3Ac%25.yml,line=3,col=3,endColumn=8,title=LB103"
    assert line.startswith(f"::error {place}::unknown phase 'built' ")
    assert "%0Ahint: " in line


def test_sarif_names_its_rules(home: Home) -> None:
    home.write("a b.yml", WRONG)
    (run,) = json.loads(home.call("lint", "--format", "sarif", "a b.yml").out)["runs"]
    (result,) = run["results"]
    rules = run["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "LB103"
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "a%20b.yml"
    assert location["region"] == {"startLine": 3, "startColumn": 3, "endColumn": 8}


@pytest.mark.parametrize(
    ("errors", "warnings", "text"),
    [
        (0, 0, "All good: 3 buildspecs checked."),
        (1, 0, "Found 1 error in 3 files."),
        (2, 1, "Found 2 errors, 1 warning in 3 files."),
        (0, 2, "Found 2 warnings in 3 files."),
    ],
)
def test_the_count(errors: int, warnings: int, text: str) -> None:
    severities = [Severity.ERROR] * errors + [Severity.WARNING] * warnings
    problems = [
        Problem(severity=s, code="LB1", message="m", place=Place(file="f", line=1))
        for s in severities
    ]
    assert summary(problems, 3) == text
