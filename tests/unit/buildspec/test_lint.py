"""Lint: golden files for every code, comments that silence, secrets that are not shown again."""

import re
from pathlib import Path

import pytest

from localbuild.buildspec.lint.produced import SourceTree
from localbuild.buildspec.lint.registry import LINT_RULES, SHELL_RULES, Rule
from localbuild.buildspec.lint.text import lint_text
from localbuild.buildspec.model import Buildspec
from localbuild.buildspec.read import read_buildspec
from localbuild.buildspec.render import render_problems
from localbuild.buildspec.rules import LINTED
from localbuild.errors import BuildspecError, Severity
from tests.unit.buildspec.shorthand import COMMANDS, HEAD, codes

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "lint"
ERR = sorted((GOLDEN / "err").glob("*.yml"))
OK = sorted((GOLDEN / "ok").glob("*.yml"))
TOO_LARGE_FOR_A_FILE = {"LB003"}
NEEDS_A_TREE = {"LB213"}


@pytest.mark.parametrize("path", ERR, ids=lambda path: path.stem)
def test_findings_are_told_as_before(path: Path) -> None:
    told = render_problems(lint_text(path.read_bytes(), path.name))
    assert told + "\n" == path.with_suffix(".out").read_text(encoding="utf-8")
    code = path.stem[:5]
    assert code not in LINTED or f"[{code}]" in told


@pytest.mark.parametrize("path", OK, ids=lambda path: path.stem)
def test_nothing_is_said_of_a_sound_file(path: Path) -> None:
    assert render_problems(lint_text(path.read_bytes(), path.name)) == ""


def test_every_code_has_a_golden_file_and_every_output_a_source() -> None:
    told = {code for path in ERR for code in re.findall(r"\[(LB\d{3})\]", _out(path))}
    assert told == set(LINTED) - TOO_LARGE_FOR_A_FILE - NEEDS_A_TREE
    assert {path.with_suffix(".yml") for path in (GOLDEN / "err").glob("*.out")} == set(ERR)


def _out(path: Path) -> str:
    return path.with_suffix(".out").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", [*LINT_RULES, *SHELL_RULES], ids=lambda rule: rule.__name__)
def test_a_rule_yields_only_its_own_code(rule: Rule) -> None:
    code = rule.__name__[:5].upper()
    found = {
        problem.code
        for path in ERR
        for spec in (spec_of(path),)
        if spec is not None
        for problem in rule(spec)
    }
    assert found == {code}


def spec_of(path: Path) -> Buildspec | None:
    """The buildspec of a file, None where it is refused."""
    try:
        return read_buildspec(path.read_bytes(), path.name)
    except BuildspecError:
        return None


SILENCE = [
    ("# localbuild: ignore LB302", []),
    ("#localbuild:ignore LB302", []),
    ("# why not  # localbuild: ignore LB301, LB302", []),
    ("# localbuild: ignore LB301 LB302", []),
    ("# localbuild: ignore LB301", ["LB302"]),
    ("# localbuild: ignore", ["LB302", "LB221"]),
    ("# localbuild: ignore LB302 LB999", ["LB221"]),
    ("# localbuild: ignore LB302 LB999 LB221", []),
    ("# ignore LB302", ["LB302"]),
]


@pytest.mark.parametrize(("comment", "left"), SILENCE)
def test_a_comment_silences_its_line(comment: str, left: list[str]) -> None:
    text = COMMANDS + f"      - set -e {comment}\n      - set -x\n"
    assert codes(lint_text(text.encode(), "b")) == [*left, "LB302"]


def test_a_comment_silences_warnings_of_the_reader_but_no_error() -> None:
    text = HEAD + "image: x  # localbuild: ignore LB104\nrun-as: [x]  # localbuild: ignore LB106\n"
    assert codes(lint_text(text.encode(), "b")) == ["LB106"]


def test_a_secret_is_not_shown_again() -> None:
    secrets = ("correct-horse", "AKIAABCDEFGHIJKLMNOP", "postgres://app:hunter2@db/app")
    text = HEAD + "env:\n  variables:\n"
    text += "".join(f"    DB_{n}_PASSWORD: '{secret}'\n" for n, secret in enumerate(secrets))
    problems = lint_text(text.encode(), "b")
    assert codes(problems) == ["LB501"] * 3
    assert all(secret not in repr(problems) for secret in secrets)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("TOKEN", "$TOKEN"), ("TOKEN", "arn:aws:x"), ("SECRET", "/team/secret"), ("TOKEN", "")),
        *(("API_KEY", "https://example.org"), ("SECRET_NAME", "team-secret"), ("TOKEN", "true")),
        *(("PASSWORD", "********"), ("PASSWORD", "<password>"), ("TOKENS", "abcdefgh")),
        *(("URL", "https://user@example.org"), ("URL", "https://a:$PW@b"), ("MONKEY", "bananas")),
    ],
)
def test_what_is_no_secret(name: str, value: str) -> None:
    text = f"{HEAD}env:\n  variables:\n    {name}: '{value}'\n"
    assert "LB501" not in codes(lint_text(text.encode(), "b"))


@pytest.mark.parametrize(
    "command",
    [
        *("TAG=1", "export TAG", "read TAG < file", "printf -v TAG x", ". ./env", "source ./env"),
        *("eval $(./env)", "for TAG in a b; do :; done"),
    ],
)
def test_a_command_may_set_what_is_exported(command: str) -> None:
    text = HEAD + "env:\n  exported-variables: [TAG]\n  shell: bash\n"
    text += COMMANDS.removeprefix(HEAD) + f"      - '{command}'\n"
    assert codes(lint_text(text.encode(), "b")) == []


@pytest.mark.parametrize("command", ["echo $TAG", "echo ${TAG}", "echo my-TAG", "echo TAGS"])
def test_a_use_sets_nothing(command: str) -> None:
    text = HEAD + "env:\n  exported-variables: [TAG]\n"
    text += COMMANDS.removeprefix(HEAD) + f"      - {command}\n"
    assert codes(lint_text(text.encode(), "b")) == ["LB204"]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("node_modules/**/*", []),
        ("/root/.m2", ["LB401"]),
        ("/root/.m2/", ["LB401"]),
        ("tools/build.sh", []),
        (".cache", ["LB401"]),
        (".env.local", []),
    ],
)
def test_cache_paths(path: str, found: list[str]) -> None:
    text = f"{HEAD}cache:\n  paths: ['{path}']\n"
    assert codes(lint_text(text.encode(), "b")) == found


def test_a_file_with_a_batch_is_read_as_a_batch_build_reads_it() -> None:
    text = b'version: "0.2"\nbatch:\n  build-list:\n    - identifier: a\n    - identifier: a\n'
    problems = lint_text(text, "b")
    assert [(p.code, p.severity) for p in problems] == [
        ("LB113", Severity.ERROR),
        ("LB201", Severity.ERROR),
    ]


def test_of_many_findings_a_hundred_are_told() -> None:
    text = COMMANDS + "      - set -e\n" * 500
    assert len(lint_text(text.encode(), "b")) == 100


TREE = SourceTree(names=frozenset({"appspec.yml", "scripts"}))


@pytest.mark.parametrize(
    ("command", "file", "found"),
    [
        ("docker build -t app .", "imagedefinitions.json", ["LB213"]),
        ("docker build -t app .", "appspec.yml", []),
        ("docker build -t app .", "./scripts/**/*", []),
        ("docker build -t app .", "**/*", []),
        ("docker build -t app .", "/tmp/x", []),
        ("docker build -t app .", "$OUT/x", []),
        ("docker build -o out .", "out/app", []),
        ("printf x > imagedefinitions.json", "imagedefinitions.json", []),
        ("make", "imagedefinitions.json", []),
        ("echo $(./make-it)", "imagedefinitions.json", []),
        ("aws ecs list-tasks", "imagedefinitions.json", ["LB213"]),
        ("aws s3 cp s3://b/a a", "imagedefinitions.json", []),
    ],
)
def test_what_nothing_makes(command: str, file: str, found: list[str]) -> None:
    text = f"{COMMANDS}      - {command}\nartifacts:\n  files: ['{file}']\n"
    assert codes(lint_text(text.encode(), "b", tree=TREE)) == found
    assert codes(lint_text(text.encode(), "b")) == []


def test_codes_that_are_ignored_are_not_told_but_errors_are() -> None:
    text = COMMANDS + "      - set -e\n      - sudo make\n"
    assert codes(lint_text(text.encode(), "b", ignore=frozenset({"LB302"}))) == ["LB314"]
    wrong = "version: 0.3\n"
    assert codes(lint_text(wrong.encode(), "b", ignore=frozenset({"LB102"}))) == ["LB102"]


def test_notes_are_less_than_warnings() -> None:
    text = COMMANDS + "      - sudo make\n      - set -e\n"
    found = [(p.code, p.severity) for p in lint_text(text.encode(), "b")]
    assert found == [("LB314", Severity.NOTE), ("LB302", Severity.WARNING)]


def test_a_secret_is_not_shown_beside_another_finding_on_its_line() -> None:
    key = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
    text = COMMANDS + f"      - git clone https://{key}@github.com/a/b; sudo make; echo done\n"
    problems = lint_text(text.encode(), "b")
    assert {"LB305", "LB314", "LB507"} <= set(codes(problems))
    assert key not in repr(problems)


def test_no_rule_about_shells_speaks_of_windows_commands() -> None:
    text = COMMANDS + "      - Write-Host [[ $a ]]; npm test; dir\n      - '& dir'\n"
    assert codes(lint_text(text.encode(), "b")) == ["LB209"]


@pytest.mark.parametrize("depth", [50, 500, 20_000])
def test_hostile_commands_are_looked_at_in_no_time(depth: int) -> None:
    for part in ("$(", "(", "((", "[[ ", "${a:-", "`", "if ", "{ ", "a||", "a;(", '"$(', "<<a "):
        lint_text(f"{COMMANDS}      - |\n        {part * depth}\n".encode(), "b")
