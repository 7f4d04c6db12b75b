"""Buildspecs that are broken in every way: an error with a place, and never anything else."""

import os
import random

import pytest

from localbuild.buildspec.lint.text import lint_text
from localbuild.buildspec.read import read_buildspec
from localbuild.errors import BuildspecError

pytestmark = pytest.mark.fuzz
SEED = int(os.environ.get("LOCALBUILD_SEED", "0")) or random.randrange(1, 2**31)
ROUNDS = 20_000
GOOD = b"""version: 0.2
run-as: somebody
env:
  shell: bash
  variables: {A: "x", B: 3.10}
  exported-variables: [A]
phases:
  install:
    on-failure: RETRY-2-.*
    runtime-versions: {python: 3.12}
    commands: &all
      - echo "a"
      - |
        two
        lines
  build:
    commands: *all
    finally: [echo b]
artifacts: {files: ['**/*'], base-directory: dist}
reports: {unit: {files: [a.xml], file-format: JUNITXML}}
cache: {key: a-$(b), paths: [/root/.m2/**/*], fallback-keys: [a-]}
batch: {build-list: [{identifier: one, env: {variables: {A: b}}}]}
"""
PIECES = (
    b"\t",
    b"\r",
    b"- ",
    b": ",
    b"&a ",
    b"*a",
    b"!!x ",
    b"{",
    b"]",
    b'"',
    b"\xff",
    b"<<: *a\n",
)


def damaged(chance: random.Random) -> bytes:
    """The good text with a few bytes changed, cut, doubled or put in."""
    text = GOOD
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(text))
        head, rest = text[:at], text[at:]
        text = chance.choice(
            (
                head + bytes([chance.randrange(256)]) + rest[1:],
                head + rest[chance.randint(1, 20) :] + b"\n",
                head + chance.choice(PIECES) + rest,
                text + rest,
            )
        )
    return text


def judged(text: bytes) -> tuple[str, bool]:
    """The refusal of a text, '' where it is read, and whether all its problems have a place."""
    try:
        read_buildspec(text, "buildspec.yml")
    except BuildspecError as error:
        placed = bool(error.problems) and all(p.place.line >= 1 for p in error.problems)
        return error.message or "?", placed
    return "", True


def test_a_damaged_buildspec_is_read_or_refused_with_a_place() -> None:
    chance = random.Random(SEED)
    verdicts = []
    for _ in range(ROUNDS):
        text = damaged(chance)
        lint_text(text, "buildspec.yml")
        verdicts.append(judged(text))
        assert verdicts[-1][1], (SEED, text)
    refused = sum(1 for message, _ in verdicts if message)
    assert 0 < refused < ROUNDS, SEED
