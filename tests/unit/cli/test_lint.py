"""`lint`: which files, which formats, which exit code."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from localbuild.buildspec.rules import LINTED
from localbuild.cli.findings import summary
from localbuild.cli.lintable import default_files
from localbuild.cli.linting import FIXABLE, Looked, source_tree, write_fixed
from localbuild.errors import Place, Problem, Severity
from tests.unit.cli.calling import SPEC, Home

ROOT = Path(__file__).parents[3]
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
        counts = {k: found[k] for k in ("files", "errors", "warnings", "notes")}
        assert counts == {"files": 1, "errors": 1, "warnings": 0, "notes": 0}
        (problem,) = found["problems"]
        assert (problem["file"], problem["line"], problem["column"]) == ("buildspec.yml", 3, 3)
        assert (problem["code"], problem["severity"]) == ("LB103", "error")


def test_a_folder_without_a_buildspec_is_named(home: Home) -> None:
    (home.cwd / "e").mkdir()
    called = home.call("lint", "e")
    assert called.code == 3
    assert called.err.startswith("error: there is no buildspec*.yml in e\n")


def test_annotations_escape_what_github_would_take_apart(home: Home) -> None:
    home.write("a,b:c%.yml", WRONG)
    line = home.call("lint", "--format", "github", "a,b:c%.yml").out.splitlines()[0]
    place = "file=a%2Cb%3Ac%25.yml,line=3,col=3,endColumn=8,title=LB103"
    assert line.startswith(f"::error {place}::unknown phase 'built'; did you mean 'build'?%0A")
    assert "%0Ahint: " in line


def test_sarif_names_its_rules(home: Home) -> None:
    home.write("a b.yml", WRONG)
    (run,) = json.loads(home.call("lint", "--format", "sarif", "a b.yml").out)["runs"]
    (result,) = run["results"]
    rules = run["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "LB103"
    assert rules[0]["help"]["markdown"].startswith(rules[0]["shortDescription"]["text"])
    assert "```yaml\n" in rules[0]["help"]["markdown"]
    assert "hint: allowed here" in result["message"]["text"]
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


NOTED = "version: 0.2\nphases:\n  build:\n    commands:\n      - sudo make\n"
MENDABLE = "version: 0.2  # why\nphases:\n  build:\n    commands:\n      - echo a: b\n"
MENDED = MENDABLE.replace("echo a: b", "'echo a: b'")


def test_notes_fail_only_where_they_are_asked_to(home: Home) -> None:
    home.write("b.yml", NOTED)
    called = home.call("lint", "b.yml")
    assert (called.code, called.err) == (0, "Found 1 note in 1 file.\n")
    assert "[LB314]" in called.out
    assert home.call("lint", "b.yml", "--fail-level", "note").code == 1


def test_severities_in_other_formats(home: Home) -> None:
    home.write("b.yml", NOTED)
    assert home.call("lint", "b.yml", "--format", "github").out.startswith("::notice file=b.yml,")
    (run,) = json.loads(home.call("lint", "b.yml", "--format", "sarif").out)["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert run["results"][0]["level"] == rule["defaultConfiguration"]["level"] == "note"
    found = json.loads(home.call("lint", "b.yml", "--json").out)
    assert (found["notes"], found["problems"][0]["severity"]) == (1, "note")


def test_sarif_has_what_the_standard_requires(home: Home) -> None:
    home.write("b.yml", f"{NOTED}      - npm test | tee x\nimage: x\nfoo: x\n")
    log = json.loads(home.call("lint", str(home.cwd / "b.yml"), "--format", "sarif").out)
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    driver = log["runs"][0]["tool"]["driver"]
    assert driver["name"] == "localbuild"
    ids = [rule["id"] for rule in driver["rules"]]
    assert ids == sorted(set(ids))
    for result in log["runs"][0]["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert 1 <= region["startColumn"] < region["endColumn"]
        assert location["physicalLocation"]["artifactLocation"]["uri"].startswith("file:///")


@pytest.mark.parametrize(
    ("options", "environ"),
    [
        (("--ignore", "LB314"), {}),
        (("--ignore", "lb302,LB314"), {}),
        (("--ignore", "LB302", "--ignore", "LB314"), {}),
        ((), {"LOCALBUILD_LINT_IGNORE": "LB314"}),
    ],
)
def test_codes_can_be_ignored(
    options: tuple[str, ...], environ: dict[str, str], home: Home
) -> None:
    home.write("b.yml", NOTED)
    called = home.call("lint", "b.yml", *options, environ=environ)
    assert (called.code, called.out) == (0, "")
    assert called.err == "All good: 1 buildspec checked.\n"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("localbuild.toml", '[lint]\nignore = ["LB314"]\n'),
        ("pyproject.toml", '[tool.localbuild.lint]\nignore = ["LB314"]\n'),
    ],
)
def test_a_project_can_ignore_codes(file: str, text: str, home: Home) -> None:
    home.write("b.yml", NOTED)
    home.write(file, text)
    assert home.call("lint", "b.yml").out == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[lint]\nignore = ["LB999"]\n', "there is no finding 'LB999' to ignore"),
        ('[lint]\nignore = "LB314"\n', "localbuild.toml:2: ignore is a list of codes"),
        ("[lint]\nskip = []\n", "localbuild.toml:2: unknown key 'skip' in [lint]"),
    ],
)
def test_a_project_that_ignores_what_there_is_not(text: str, said: str, home: Home) -> None:
    home.write("b.yml", NOTED)
    home.write("localbuild.toml", text)
    called = home.call("lint", "b.yml")
    assert called.code == 2
    assert said in called.err


def test_the_option_s_name_alone_is_told_its_table(home: Home) -> None:
    home.write("b.yml", NOTED)
    home.write("localbuild.toml", 'ignore = ["LB314"]\n')
    called = home.call("lint", "b.yml")
    hint = called.err.splitlines()[-1].removeprefix("  hint: ")
    assert (called.code, hint) == (2, 'lint.ignore = ["LB314"]')
    home.write("localbuild.toml", f"{hint}\n")
    assert "LB314" not in home.call("lint", "b.yml").out


def test_what_can_be_mended_is_counted(home: Home) -> None:
    home.write("b.yml", MENDABLE)
    called = home.call("lint", "b.yml")
    assert (called.code, called.err) == (
        3,
        "Found 1 error in 1 file (1 can be mended with --fix).\n",
    )


def test_fix_mends_in_place_and_keeps_the_mode(home: Home) -> None:
    path = home.write("b.yml", MENDABLE)
    path.chmod(0o640)
    link = home.cwd / "link.yml"
    link.symlink_to(path)
    called = home.call("lint", "--fix", "link.yml")
    assert (called.code, called.out) == (0, "")
    assert called.err == "Fixed 1 finding. All good: 1 buildspec checked.\n"
    assert (path.read_text(), path.stat().st_mode & 0o777) == (MENDED, 0o640)
    assert link.is_symlink()
    assert home.call("lint", "--fix", "b.yml").err == "All good: 1 buildspec checked.\n"


def test_diff_shows_what_fix_would_do_and_writes_nothing(home: Home) -> None:
    path = home.write("b.yml", MENDABLE)
    for words in (("--diff",), ("--fix", "--diff")):
        called = home.call("lint", *words, "b.yml")
        assert (called.code, called.err) == (1, "Would fix 1 finding.\n")
        assert called.out.startswith("--- a/b.yml\n+++ b/b.yml\n@@ ")
        assert "-      - echo a: b\n+      - 'echo a: b'\n" in called.out
    assert path.read_text() == MENDABLE
    home.write("good.yml", SPEC)
    called = home.call("lint", "--diff", "good.yml")
    assert (called.code, called.out, called.err) == (0, "", "Nothing to fix.\n")


@pytest.mark.parametrize("words", [("--json",), ("--format", "sarif"), ("--format", "github")])
def test_a_diff_is_no_other_format(words: tuple[str, ...], home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("lint", "--diff", *words)
    assert (called.code, called.out) == (2, "")
    assert "--diff is a text of its own" in called.err


def test_a_diff_can_be_applied(home: Home) -> None:
    path = home.write("b.yml", MENDABLE.rstrip("\n"))
    diff = home.call("lint", "--diff", "b.yml").out
    subprocess.run(["git", "init", "-q", str(home.cwd)], check=True)
    subprocess.run(["git", "apply"], cwd=home.cwd, input=diff, text=True, check=True)
    assert path.read_text() == MENDED.rstrip("\n")


def test_stdin_can_be_shown_mended_but_not_written(home: Home) -> None:
    assert "+      - 'echo a: b'" in home.call("lint", "--diff", "-", stdin=MENDABLE.encode()).out
    called = home.call("lint", "--fix", "-", stdin=MENDABLE.encode())
    assert called.code == 2
    assert "stdin" in called.err


def test_a_file_that_cannot_be_written_is_named(home: Home) -> None:
    looked = Looked(name="none.yml", data=b"a", problems=(), fixed=b"b", mended=1)
    with pytest.raises(FileNotFoundError):
        write_fixed(looked, home.cwd)


def test_the_source_is_known_from_the_file_s_folder_up_to_where_the_call_stands(home: Home) -> None:
    home.write("ci/buildspec.yml", "")
    home.write("app/x", "")
    tree = source_tree(home.cwd, "ci/buildspec.yml")
    assert tree is not None
    assert {"ci", "app", "buildspec.yml"} <= tree.names
    assert source_tree(home.cwd / "ci", "../app/b.yml") is None


def test_what_nothing_makes_is_told_where_the_source_is_at_hand(home: Home) -> None:
    text = f"{NOTED.replace('sudo make', 'docker build .')}artifacts:\n  files: [image.json]\n"
    home.write("b.yml", text)
    assert "[LB213]" in home.call("lint", "b.yml").out
    assert home.call("lint", "-", stdin=text.encode()).out == ""
    home.write("image.json", "{}")
    assert home.call("lint", "b.yml").out == ""


def test_a_code_is_explained_with_its_samples(home: Home) -> None:
    page = home.call("explain", "lb401").out
    assert page.startswith("LB401: ")
    assert "\nBad:\n\n    version: 0.2\n" in page
    assert "\nGood:\n\n    version: 0.2\n" in page
    found = json.loads(home.call("explain", "LB401", "--json").out)["LB401"]
    assert found["fixable"] is True
    assert found["bad"].startswith("version: 0.2\n")


def test_what_may_be_mended_is_what_is_explained_so() -> None:
    assert {code for code, found in LINTED.items() if found.fixable} == FIXABLE


HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_of_pre_commit_calls_what_there_is(hook: dict[str, str], home: Home) -> None:
    assert re.search(hook["files"], "ci/buildspec-test.yaml")
    assert not re.search(hook["files"], "mybuildspec.yml")
    home.write("b.yml", MENDABLE)
    program, *words = hook["entry"].split()
    assert program == "localbuild"
    assert home.call(*words, "b.yml").code == (0 if "--fix" in words else 3)
