"""What is refused: every problem at once, the first one in the service's words."""

import pytest

from localbuild.errors import Severity
from tests.unit.buildspec.shorthand import COMMANDS, HEAD, codes, errors, read, refusal

PHASES = HEAD + "phases:\n"
SECOND = HEAD + "artifacts:\n  files: [a]\n  secondary-artifacts:\n"


def test_a_missing_version() -> None:
    for text in ("", "phases: {}\n", "# empty\n", "batch: {build-list: [{identifier: a}]}\n"):
        error = refusal(text)
        assert error.message == "wrong number of container tags, expected 1"
        assert codes(error.problems)[0] == "LB101"


def test_an_unknown_phase_is_named_in_capitals() -> None:
    error = refusal(PHASES + "  postbuild: {}\n  build: {}\n")
    assert error.message == (
        "Invalid buildspec phase name: POSTBUILD. Expecting: BUILD,INSTALL,POST_BUILD,PRE_BUILD"
    )
    (problem,) = error.problems
    assert problem.suggestion == "did you mean 'post_build'?"


def test_a_command_that_is_a_mapping_is_counted_from_zero_nulls_included() -> None:
    error = refusal(COMMANDS + '      -\n      - make\n      - echo "a: b"\n')
    assert error.message == (
        "Expected Commands[2] to be of string type: found subkeys instead at line 7, "
        "value of the key tag on line 6 might be empty"
    )
    assert error.problems[0].hints == ("quote it: - 'echo \"a: b\"'",)


REFUSED: dict[str, tuple[str, str, int]] = {
    "root list": ("- a\n", "LB106", 1),
    "root text": ("hello\n", "LB106", 1),
    "version null": ("version:\n", "LB112", 1),
    "version 0.3": ("version: 0.3\n", "LB102", 1),
    "version 0.20": ("version: 0.20\n", "LB102", 1),
    "version list": ("version: [0.2]\n", "LB106", 1),
    "phases list": (HEAD + "phases: [build]\n", "LB106", 2),
    "phase null": (PHASES + "  build:\n", "LB112", 3),
    "phase list": (PHASES + "  build:\n    - make\n", "LB106", 4),
    "phase text": (PHASES + "  build: make\n", "LB106", 3),
    "phase name in capitals": (PHASES + "  BUILD: {}\n", "LB103", 3),
    "commands mapping": (PHASES + "  build:\n    commands:\n      a: b\n", "LB106", 5),
    "command list": (COMMANDS + "      - [a]\n", "LB105", 5),
    "finally mapping": (PHASES + "  build:\n    finally: [{a: b}]\n", "LB105", 4),
    "runtimes list": (PHASES + "  install:\n    runtime-versions: [python]\n", "LB106", 4),
    "runtime list": (PHASES + "  install:\n    runtime-versions: {a: [b]}\n", "LB106", 4),
    "runtime null": (PHASES + "  install:\n    runtime-versions:\n      a:\n", "LB112", 5),
    "on-failure": (PHASES + "  build: {on-failure: STOP}\n", "LB114", 3),
    "on-failure list": (PHASES + "  build: {on-failure: [ABORT]}\n", "LB106", 3),
    "run-as": (HEAD + "run-as: {a: b}\n", "LB106", 2),
    "env list": (HEAD + "env:\n  - A: b\n", "LB106", 3),
    "variables list": (HEAD + "env:\n  variables:\n    - A: b\n", "LB106", 4),
    "value mapping": (HEAD + "env:\n  variables:\n    A: {b: c}\n", "LB106", 4),
    "value list": (HEAD + "env:\n  parameter-store:\n    A: [b]\n", "LB106", 4),
    "exported mapping": (HEAD + "env:\n  exported-variables: {a: b}\n", "LB106", 3),
    "boolean": (HEAD + "env:\n  git-credential-helper: jes\n", "LB107", 3),
    "boolean number": (HEAD + "proxy:\n  logs: 1\n", "LB107", 3),
    "boolean list": (HEAD + "proxy:\n  logs: [yes]\n", "LB106", 3),
    "powershell": (HEAD + "env:\n  shell: powershell\n", "LB110", 3),
    "PowerShell.exe": (HEAD + "env:\n  shell: PowerShell.exe\n", "LB110", 3),
    "cmd.exe": (HEAD + "env:\n  shell: cmd.exe\n", "LB110", 3),
    "zsh": (HEAD + "env:\n  shell: zsh\n", "LB111", 3),
    "artifacts list": (HEAD + "artifacts: [a]\n", "LB106", 2),
    "artifact file": (HEAD + "artifacts:\n  files:\n    - a: b\n", "LB106", 4),
    "files mapping": (HEAD + "artifacts:\n  files: {a: b}\n", "LB106", 3),
    "secondary list": (HEAD + "artifacts:\n  secondary-artifacts: [a]\n", "LB106", 3),
    "secondary text": (HEAD + "artifacts:\n  secondary-artifacts: a\n", "LB106", 3),
    **{
        f"identifier {name!r}": (SECOND + f"    {name!r}: {{files: [a]}}\n", "LB118", 5)
        for name in ("../../x", "/x", "..", ".", "", "a/b", "primary", "-a", "a" * 128, "a b")
    },
    "report list": (HEAD + "reports:\n  unit:\n    - a\n", "LB106", 4),
    "report text": (HEAD + "reports:\n  unit: a\n", "LB106", 3),
    "reports list": (HEAD + "reports: [a]\n", "LB106", 2),
    "six reports": (HEAD + "reports: {a: , b: , c: , d: , e: , f: }\n", "LB115", 2),
    "six fallback keys": (HEAD + "cache: {fallback-keys: [a, b, c, d, e, f]}\n", "LB115", 2),
    "cache action": (HEAD + "cache: {action: both}\n", "LB108", 2),
    "cache action with a foreign letter": (HEAD + "cache: {action: \u017fave}\n", "LB108", 2),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_it_is_refused(name: str) -> None:
    text, code, line = REFUSED[name]
    assert errors(text) == [(code, line)]


def test_identifiers_that_are_ones() -> None:
    for name in ("a", "_", "benchmark-report", "9", "primary2", "a" * 127):
        read(SECOND + f"    {name!r}: {{files: [a]}}\n")


def test_every_problem_is_told_sorted_by_line() -> None:
    text = (
        "version: 0.3\n"
        "artifacts: [a]\n"
        "phases:\n"
        "  build:\n"
        "    comands: []\n"
        "    commands:\n"
        "      - a: b\n"
        "      - [c]\n"
        "  test: {}\n"
        "env: {shell: zsh, shall: x}\n"
    )
    error = refusal(text)
    assert [(p.code, p.place.line) for p in error.problems] == [
        ("LB102", 1),
        ("LB106", 2),
        ("LB104", 5),
        ("LB105", 7),
        ("LB105", 8),
        ("LB103", 9),
        ("LB111", 10),
        ("LB104", 10),
    ]
    assert error.message == "version '0.3' is unknown"
    warnings = [p.code for p in error.problems if p.severity is Severity.WARNING]
    assert warnings == ["LB104", "LB104"]


def test_the_message_is_the_first_errors_not_a_warnings() -> None:
    error = refusal(HEAD + "image: x\nphases:\n  post-build: {}\n")
    assert codes(error.problems) == ["LB104", "LB103"]
    assert error.message.startswith("Invalid buildspec phase name: POST-BUILD.")


@pytest.mark.parametrize("text", [HEAD + 'env: {"a\\nb": c, shell: zsh}\n', "version: 'a\n\n b'\n"])
def test_messages_are_one_line(text: str) -> None:
    error = refusal(text)
    assert "\n" not in error.message
    assert all("\n" not in problem.message for problem in error.problems)


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        (COMMANDS + "      - a\n    finaly: []\n  install: x\n", "did you mean 'finally'?"),
        (PHASES + "  prebuild: {}\n", "did you mean 'pre_build'?"),
        (HEAD + "enviroment: x\nrun-as: []\nenv: x\n", ""),
        (HEAD + "cache: {action: Saves}\n", "did you mean 'save'?"),
        (HEAD + "artifacts: {base_directory: x, files: {}}\n", "did you mean 'base-directory'?"),
        (HEAD + "artifacts: {baseDirectory: x, files: {}}\n", "did you mean 'base-directory'?"),
    ],
)
def test_suggestions(text: str, suggestion: str) -> None:
    assert refusal(text).problems[0].suggestion == suggestion
