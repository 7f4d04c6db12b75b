"""Every code of lint is explained with samples that are what they say."""

import re
from pathlib import Path

import pytest

from localbuild.buildspec.lint.produced import SourceTree
from localbuild.buildspec.lint.registry import LINT_RULES, SHELL_RULES, TREE_RULES
from localbuild.buildspec.lint.text import lint_text
from localbuild.buildspec.rules import LINTED, RULES

ROOT = Path(__file__).parents[3]
EMPTY_TREE = SourceTree(names=frozenset())
OF_THE_TREE = {rule.__name__[:5].upper() for rule in TREE_RULES}
NO_TEXT = {"LB002", "LB003"}
"""No text that could be shown has these: another encoding, a megabyte."""


def told(text: str, code: str) -> set[str]:
    """The codes of a text's findings; rules that have to know the source see an empty one."""
    tree = EMPTY_TREE if code in OF_THE_TREE else None
    return {problem.code for problem in lint_text(text.encode(), "b.yml", tree=tree)}


@pytest.mark.parametrize("code", sorted(set(LINTED) - NO_TEXT))
def test_the_bad_sample_has_just_this_finding_and_the_good_one_has_none(code: str) -> None:
    assert told(LINTED[code].bad, code) == {code}
    assert told(LINTED[code].good, code) == set()


@pytest.mark.parametrize("code", sorted(RULES))
def test_an_explanation_is_a_sentence_and_a_paragraph(code: str) -> None:
    found = RULES[code]
    assert "\n" not in found.paragraph
    assert found.what.endswith(".")
    assert 20 < len(found.what) < 250
    assert found.why.endswith(".") or not found.why
    assert 40 < len(found.paragraph) < 600


def test_every_code_in_the_source_is_explained_and_every_explained_one_is_used() -> None:
    folders = (ROOT / "localbuild" / name for name in ("buildspec", "documents"))
    files = (path for folder in folders for path in folder.rglob("*.py"))
    texts = [path.read_text() for path in files if "explained" not in path.parts]
    used = {code for text in texts for code in re.findall(r'"(LB\d{3})"', text)}
    assert used == set(LINTED)


def test_a_rule_is_named_by_its_code() -> None:
    names = [rule.__name__ for rule in (*LINT_RULES, *SHELL_RULES, *TREE_RULES)]
    assert len(names) == len(set(names))
    for name in names:
        assert name[:5].upper() in LINTED


def test_samples_without_a_text_have_none() -> None:
    assert {code for code, found in LINTED.items() if not found.bad} == NO_TEXT


def test_a_page_shows_all_there_is() -> None:
    page = LINTED["LB401"].page("LB401")
    assert page.startswith("LB401: A cache path without a pattern names one file.\n\n")
    assert "Source: buildspec reference" in page
    assert "--fix" in page
    assert "\n    version: 0.2\n    cache:\n" in page
