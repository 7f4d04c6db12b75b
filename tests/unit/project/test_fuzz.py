"""Definitions made by chance: each is read, or refused with places; nothing else ever happens."""

import pytest

from localbuild.errors import ProjectError
from localbuild.project.choice import Wanted
from localbuild.project.definition import read_definition
from tests.unit.project.forge import make_definition

SHORT, LONG = 2_000, 20_000


def read_one(seed: int) -> str:
    """What becomes of one: a project's name, or the lines of what is refused."""
    wanted = Wanted(file="t.yml", region="eu-west-1")
    try:
        return read_definition(make_definition(seed), wanted).project.name
    except ProjectError as error:
        return f"refused at {[p.place.line for p in error.problems]}: {error.message}"


def test_two_thousand_definitions() -> None:
    found = [read_one(seed) for seed in range(SHORT)]
    refused = [text for text in found if text.startswith("refused at ")]
    assert SHORT // 5 < len(refused) < SHORT - SHORT // 5
    assert not [text for text in found if not text or "at [0" in text]


@pytest.mark.fuzz
def test_twenty_thousand_definitions() -> None:
    assert len([read_one(seed) for seed in range(SHORT, SHORT + LONG)]) == LONG
