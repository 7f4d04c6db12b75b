"""Mending: what is mended and how, what is left alone; twice is once, and nothing gets worse."""

import random

import pytest

from localbuild.buildspec.fix.text import fix_text
from localbuild.buildspec.lint.text import lint_text
from localbuild.buildspec.rules import LINTED
from localbuild.documents.compose import parse_nodes
from localbuild.documents.nodes import Node
from localbuild.errors import BuildspecError, Severity
from tests.faults.test_hostile_text import damaged
from tests.unit.buildspec.shorthand import COMMANDS, HEAD, codes

SEED = 20261129
ROUNDS = 400
CLEAR = sorted(code for code, rule in LINTED.items() if rule.bad and not rule.fixable)
BATCH = "batch:\n  build-list:\n    - identifier: a\n"


def fixed(text: str) -> str:
    """A text after mending."""
    return fix_text(text.encode(), "b.yml").data.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("      - echo a: b\n", "      - 'echo a: b'\n"),
        ("      - echo it's: b\n", "      - 'echo it''s: b'\n"),
        ("      - [ -f x ] && make\n", "      - '[ -f x ] && make'\n"),
        ("      - [ -f x ]\n", "      - '[ -f x ]'\n"),
        ("      - ! grep x\n", "      - '! grep x'\n"),
        ("      - &x make\n", "      - '&x make'\n"),
        ("      - { a; }\n", "      - '{ a; }'\n"),
        (
            "      -   echo a: b\n      - echo c: d\n",
            "      -   'echo a: b'\n      - 'echo c: d'\n",
        ),
        ('      - "a" b\n', '      - "a" b\n'),
        ("      - echo a: b # why\n", "      - echo a: b # why\n"),
        ("      - - make\n", "      - - make\n"),
        ("      - a: b\n        c: d\n", "      - a: b\n        c: d\n"),
        ("      - *x\n", "      - '*x'\n"),
        ("      - %TEMP%/x\n      - `date`\n", "      - '%TEMP%/x'\n      - '`date`'\n"),
    ],
)
def test_commands(before: str, after: str) -> None:
    assert fixed(COMMANDS + before) == COMMANDS + after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("cache:\n  paths:\n    - .m2 # x\n", "cache:\n  paths:\n    - '.m2/**/*' # x\n"),
        ("cache: {paths: [a, 'b/', \"c\"]}", "cache: {paths: ['a/**/*', 'b/**/*', 'c/**/*']}"),
        ("phases:\n  pre-build: {}\n", "phases:\n  pre_build: {}\n"),
        ("phases:\n  build: {comands: [a]}\n", "phases:\n  build: {commands: [a]}\n"),
        ("artefacts:\n  files: [a]\n", "artifacts:\n  files: [a]\n"),
        ("artefacts: {}\nartifacts: {files: [a]}\n", "artefacts: {}\nartifacts: {files: [a]}\n"),
        ("image: x\n", "image: x\n"),
        ("env:\n  exported-variables: AWS_A\n", "env:\n  exported-variables: [AWS_A]\n"),
        ("artifacts:\n  files:\n    - **/*\n", "artifacts:\n  files:\n    - '**/*'\n"),
        ("env:\n  variables:\n    A: b: c\n", "env:\n  variables:\n    A: 'b: c'\n"),
        ("env:\n  variables:\n    A: b: c\n x\n", "env:\n  variables:\n    A: b: c\n x\n"),
    ],
)
def test_the_rest(before: str, after: str) -> None:
    assert fixed(HEAD + before) == HEAD + after


def test_the_version() -> None:
    assert fixed(f'version: "0.2"  # x\n{BATCH}') == f"version: 0.2  # x\n{BATCH}"
    assert fixed('version: "0.2"\n') == 'version: "0.2"\n'
    assert fixed("# x\nphases: {}\n") == "version: 0.2\n# x\nphases: {}\n"
    assert fixed("---\nphases: {}\n") == "---\nversion: 0.2\nphases: {}\n"
    assert fixed('{"phases": {}}') == '{"phases": {}}'


def test_line_ends_and_a_mark_at_the_beginning_stay() -> None:
    text = "\ufeff" + (COMMANDS + "      - echo a: b\n").replace("\n", "\r\n")
    assert fixed(text) == text.replace("echo a: b", "'echo a: b'")
    mixed = text.replace("\r\n", "\n", 1)
    assert fixed(mixed) == mixed


@pytest.mark.parametrize("data", [b"\xff\xfe", b"", b"a: [", b"a: 'b", b"- |\n  a: b"])
def test_what_cannot_be_mended_is_left_alone(data: bytes) -> None:
    found = fix_text(data, "b.yml")
    assert (found.data, found.count) in ((data, 0), (b"version: 0.2\n", 1))


def test_what_is_ignored_is_not_mended() -> None:
    text = f"{HEAD}cache:\n  paths:\n    - a  # localbuild: ignore LB401\n    - b\n"
    assert fixed(text).count("**") == 1
    found = fix_text(text.encode(), "b.yml", ignore=frozenset({"LB401"}))
    assert found.count == 0


@pytest.mark.parametrize("code", sorted(code for code, rule in LINTED.items() if rule.fixable))
def test_the_bad_sample_of_a_fixable_code_is_mended(code: str) -> None:
    after = fixed(LINTED[code].bad)
    assert codes(lint_text(after.encode(), "b.yml")) == []


@pytest.mark.parametrize("code", CLEAR)
def test_no_other_sample_is_touched(code: str) -> None:
    assert fixed(LINTED[code].bad) == LINTED[code].bad


def test_mending_any_text_makes_it_no_worse_and_twice_is_once() -> None:
    chance = random.Random(SEED)
    mended = 0
    for _ in range(ROUNDS):
        text = damaged(chance)
        once = fix_text(text, "b.yml")
        mended += bool(once.count)
        assert fix_text(once.data, "b.yml").data == once.data, text
        assert errors(once.data) <= errors(text), text
        assert bool(once.count) == (once.data != text), text
        assert is_read(once.data) is not None or is_read(text) is None, text
    assert mended > ROUNDS // 50


def errors(data: bytes) -> int:
    """How many errors a text has; one that cannot be read has more than any."""
    if is_read(data) is None:
        return 1_000_000
    return sum(p.severity is Severity.ERROR for p in lint_text(data, "b.yml"))


def is_read(data: bytes) -> Node | None:
    """The nodes of a text, None where it is no YAML."""
    try:
        return parse_nodes(data, "b.yml")
    except BuildspecError:
        return None
