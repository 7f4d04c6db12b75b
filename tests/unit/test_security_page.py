"""docs/security.md promises nothing without a test: those that it names are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[^`\s]+)`", PAGE)))


@pytest.mark.parametrize("name", NAMED)
def test_a_named_test_is_there(name: str) -> None:
    file, _, test = name.partition("::")
    if test:
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")
    else:
        assert (ROOT / file).exists()


def test_many_are_named() -> None:
    assert len(NAMED) > 30
