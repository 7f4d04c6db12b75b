"""Lint: golden files for every code, comments that silence, secrets that are not shown again."""

import re
from pathlib import Path

import pytest

from localbuild.buildspec.lint.registry import LINT_RULES
from localbuild.buildspec.lint.text import lint_text
from localbuild.buildspec.render import render_problems
from localbuild.buildspec.rules import RULES
from localbuild.errors import Severity
from tests.unit.buildspec.shorthand import COMMANDS, HEAD, codes, read

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "lint"
ERR = sorted((GOLDEN / "err").glob("*.yml"))
OK = sorted((GOLDEN / "ok").glob("*.yml"))
TOO_LARGE_FOR_A_FILE = {"LB003"}
TOLD_BY_A_BUILD = {"LB210", *(code for code in RULES if code >= "LB600")}


@pytest.mark.parametrize("path", ERR, ids=lambda path: path.stem)
def test_findings_are_told_as_before(path: Path) -> None:
    told = render_problems(lint_text(path.read_bytes(), path.name))
    assert told + "\n" == path.with_suffix(".out").read_text(encoding="utf-8")
    code = path.stem[:5]
    assert code not in RULES or f"[{code}]" in told


@pytest.mark.parametrize("path", OK, ids=lambda path: path.stem)
def test_nothing_is_said_of_a_sound_file(path: Path) -> None:
    assert render_problems(lint_text(path.read_bytes(), path.name)) == ""


def test_every_code_has_a_golden_file_and_every_output_a_source() -> None:
    told = {code for path in ERR for code in re.findall(r"\[(LB\d{3})\]", _out(path))}
    assert told == set(RULES) - TOO_LARGE_FOR_A_FILE - TOLD_BY_A_BUILD
    assert {path.with_suffix(".yml") for path in (GOLDEN / "err").glob("*.out")} == set(ERR)


def _out(path: Path) -> str:
    return path.with_suffix(".out").read_text(encoding="utf-8")


def test_every_code_in_the_source_is_explained_and_every_explained_one_is_used() -> None:
    folders = (ROOT / "localbuild" / name for name in ("buildspec", "documents"))
    files = (path for folder in folders for path in folder.rglob("*.py"))
    texts = [path.read_text() for path in files if path.name != "rules.py"]
    used = {code for text in texts for code in re.findall(r'"(LB\d{3})"', text)}
    assert used == set(RULES) - TOLD_BY_A_BUILD


@pytest.mark.parametrize("code", sorted(RULES))
def test_an_explanation_is_a_paragraph(code: str) -> None:
    text = RULES[code]
    assert "\n" not in text
    assert text.endswith(".")
    assert 40 < len(text) < 600


def test_a_rule_is_named_by_its_code_and_yields_only_that() -> None:
    for rule in LINT_RULES:
        assert rule.__name__[:5].upper() in RULES
    for path in ERR:
        if path.stem[:5] not in ("LB204", "LB206", "LB302", "LB403", "LB501"):
            continue
        spec = read(path.read_text())
        for rule in LINT_RULES:
            assert {p.code for p in rule(spec)} <= {rule.__name__[:5].upper()}


SILENCE = [
    ("# localbuild: ignore LB302", []),
    ("#localbuild:ignore LB302", []),
    ("# why not  # localbuild: ignore LB301, LB302", []),
    ("# localbuild: ignore LB301 LB302", []),
    ("# localbuild: ignore LB301", ["LB302"]),
    ("# localbuild: ignore", ["LB302"]),
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
