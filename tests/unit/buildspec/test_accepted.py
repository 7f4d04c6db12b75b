"""What the service accepts although its page does not say so: odd forms of real buildspecs."""

import pytest

from localbuild.errors import Severity
from localbuild.terms import PhaseType
from tests.unit.buildspec.shorthand import COMMANDS, HEAD, codes, read


@pytest.mark.parametrize("version", ["0.2", '"0.2"', "'0.2'", "0.1", '"0.1"'])
def test_versions(version: str) -> None:
    assert read(f"version: {version}\n").version == version.strip("'\"")


def test_no_phases_at_all() -> None:
    for text in (HEAD, HEAD + "phases:\n", HEAD + "phases: {}\n"):
        spec = read(text)
        assert (spec.phases, spec.phase_names, spec.warnings) == ((), (), ())


def test_a_phase_without_commands() -> None:
    spec = read(HEAD + "phases:\n  install:\n    runtime-versions: {nodejs: 18}\n  build: {}\n")
    install = spec.phase(PhaseType.INSTALL)
    assert install is not None
    assert install.commands == ()
    assert [(str(r.name), str(r.version)) for r in install.runtime_versions] == [("nodejs", "18")]
    assert spec.phase(PhaseType.BUILD) is not None
    assert spec.phase(PhaseType.PRE_BUILD) is None


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        ("make", ["make"]),
        ("|\n      make\n      make test\n", ["make\nmake test\n"]),
        ("", []),
        ("~", []),
        ("# later", []),
        ("[]", []),
        ("[make, '', ~, 'null', 007, true, 1.10]", ["make", "", "null", "007", "true", "1.10"]),
        ("\n    - make\n    -\n    - # later\n    - make test", ["make", "make test"]),
        ("['a: b', \"c\"]", ["a: b", "c"]),
    ],
)
def test_commands(commands: str, expected: list[str]) -> None:
    spec = read(f"{HEAD}phases:\n  build:\n    commands: {commands}\n    finally: {commands}\n")
    (phase,) = spec.phases
    assert [str(c) for c in phase.commands] == expected
    assert [str(c) for c in phase.finally_] == expected
    assert spec.warnings == ()


def test_the_order_of_the_file_is_not_the_order_of_running() -> None:
    names = ["post_build", "build", "install", "pre_build"]
    spec = read(HEAD + "phases:\n" + "".join(f"  {name}: {{}}\n" for name in names))
    assert [phase.type.value for phase in spec.phases] == [
        "INSTALL",
        "PRE_BUILD",
        "BUILD",
        "POST_BUILD",
    ]
    assert [name.value.lower() for name in spec.phase_names] == names


@pytest.mark.parametrize(
    "key", ["artifacts", "cache", "reports", "env", "batch", "proxy", "phases"]
)
def test_a_section_may_be_null(key: str) -> None:
    assert read(f"{HEAD}{key}:\n").warnings == ()


@pytest.mark.parametrize(
    ("files", "expected"),
    [("'**/*'", ["**/*"]), ("", []), ("[a, ~, b]", ["a", "b"]), ("[]", [])],
)
def test_file_lists(files: str, expected: list[str]) -> None:
    spec = read(
        f"{HEAD}artifacts:\n  files: {files}\nreports:\n  r:\n    files: {files}\n"
        f"cache:\n  paths: {files}\n"
    )
    assert spec.artifacts is not None
    assert spec.cache is not None
    lists = (spec.artifacts.files, spec.reports[0].files, spec.cache.paths)
    assert [[str(f) for f in found] for found in lists] == [expected] * 3


@pytest.mark.parametrize("word", ["yes", "YES", "true", "True", '"on"', "'yes'", "On"])
def test_words_for_yes(word: str) -> None:
    assert read(f"{HEAD}env:\n  git-credential-helper: {word}\n").env.git_credential_helper


@pytest.mark.parametrize("word", ["no", "No", "false", "FALSE", '"off"', "", "~"])
def test_words_for_no(word: str) -> None:
    assert not read(f"{HEAD}env:\n  git-credential-helper: {word}\n").env.git_credential_helper


@pytest.mark.parametrize("shell", ["bash", "/bin/bash", "sh", "/bin/sh"])
def test_shells(shell: str) -> None:
    assert str(read(f"{HEAD}env:\n  shell: {shell}\n").env.shell) == shell


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("NO", "NO"),
        ("3.10", "3.10"),
        ("007", "007"),
        ("180", "180"),
        ("true", "true"),
        ("1e3", "1e3"),
        ("0x1F", "0x1F"),
        ("2024-01-01", "2024-01-01"),
        ("12:30:45", "12:30:45"),
        ("", ""),
        ("~", ""),
        ("null", ""),
        ("'null'", "null"),
        ("$PATH:/x", "$PATH:/x"),
        ("'a: b'", "a: b"),
        ("{{.Tag}}x", None),
    ],
)
def test_values_of_variables_are_what_is_written(value: str, expected: str | None) -> None:
    if expected is None:
        value, expected = f"'{value}'", value
    (variable,) = read(f"{HEAD}env:\n  variables:\n    NAME: {value}\n").env.variables
    assert (str(variable.name), str(variable.value)) == ("NAME", expected)


UNKNOWN = {
    "the buildspec": HEAD + "image: x\n",
    "env": HEAD + "env:\n  image: x\n",
    "phases.build": COMMANDS + "      - make\n    env: {}\n",
    "artifacts": HEAD + "artifacts:\n  files: x\n  type: zip\n",
    "artifacts.secondary-artifacts.a": HEAD
    + "artifacts:\n  files: x\n  secondary-artifacts:\n    a: {files: x, if: y}\n",
    "cache": HEAD + "cache:\n  directories: x\n",
    "reports.unit": HEAD + "reports:\n  unit: {files: x, fileFormat: y}\n",
    "proxy": HEAD + "proxy:\n  log: no\n",
}


@pytest.mark.parametrize("where", sorted(UNKNOWN))
def test_unknown_keys_are_warned_of(where: str) -> None:
    (problem,) = read(UNKNOWN[where]).warnings
    assert (problem.code, problem.severity) == ("LB104", Severity.WARNING)
    assert problem.message.endswith(f"in {where}")


def test_a_known_key_in_the_wrong_version_is_unknown() -> None:
    new = read(HEAD + "environment_variables:\n  plaintext: [never looked at]\n")
    assert codes(new.warnings) == ["LB104"]
    old = read(
        "version: 0.1\nenvironment_variables:\n  plaintext: {A: b}\nartifacts: {type: zip}\n"
    )
    assert old.warnings == ()
    assert [(str(v.name), str(v.value)) for v in old.env.variables] == [("A", "b")]


def test_runtime_versions_outside_install_are_ignored() -> None:
    spec = read(HEAD + "phases:\n  build:\n    runtime-versions: [python]\n")
    assert codes(spec.warnings) == ["LB104"]
    assert spec.phases[0].runtime_versions == ()


def test_the_last_of_a_duplicate_key_counts() -> None:
    spec = read(COMMANDS + "      - one\n    commands:\n      - two\n")
    assert [str(c) for c in spec.phases[0].commands] == ["two"]
    (problem,) = spec.warnings
    assert problem.code == "LB008"
    assert "line 4 and line 6" in problem.message
    spec = read(HEAD + "env:\n  variables:\n    A: 1\n    B: 2\n    A: 3\n")
    assert [(str(v.name), str(v.value)) for v in spec.env.variables] == [("A", "3"), ("B", "2")]


def test_an_anchor_that_nothing_refers_to_is_lost_from_the_command() -> None:
    assert codes(read(COMMANDS + "      - &cmake ..\n").warnings) == ["LB009"]
    assert codes(read(COMMANDS + "      - &x make\n      - *x\n").warnings) == []


def test_a_lone_exported_variable_is_a_list_of_one() -> None:
    spec = read(HEAD + "env:\n  exported-variables: TAG\n")
    assert [str(name) for name in spec.env.exported_variables] == ["TAG"]
    assert codes(spec.warnings) == ["LB109"]


def test_a_report_group_without_its_indentation_is_ignored() -> None:
    spec = read(HEAD + "reports:\n  arn:aws:codebuild:eu-west-1:1:report-group/x\n")
    assert spec.reports == ()
    assert codes(spec.warnings) == ["LB109"]


@pytest.mark.parametrize("name", ["JUNIT", "html"])
def test_an_unknown_report_format_loses_the_report_not_the_build(name: str) -> None:
    spec = read(f"{HEAD}reports:\n  unit:\n    files: x\n    file-format: {name}\n")
    assert codes(spec.warnings) == ["LB108"]
    assert spec.reports[0].file_format == name.upper()


def test_an_ordinary_build_ignores_a_batch_that_is_not_sound() -> None:
    spec = read(HEAD + "batch:\n  build-list: x\n")
    assert spec.batch is None
    assert {p.severity for p in spec.warnings} == {Severity.WARNING}
    assert "LB106" in codes(spec.warnings)


@pytest.mark.parametrize(
    "text",
    [
        COMMANDS + "      - docker inspect --format '{{.Id}}' x\n",
        COMMANDS + "      - echo ${var.x} {{ y }}\n",
        HEAD + "env:\n  variables:\n    CODEBUILD_X: y\n    'a b': c\n",
        HEAD + "env:\n  secrets-manager:\n    A: team/$STAGE:key\n",
        HEAD + "artifacts:\n  base-directory: /abs\n  files: [../x, ./y]\n",
        HEAD + "cache:\n  paths: ['~/.npm', $HOME/.m2/**/*]\n",
    ],
)
def test_forms_that_need_no_word(text: str) -> None:
    assert read(text).warnings == ()
