"""Thousands of hostile cache entries, made of a catalogue: nothing comes but what is meant."""

from pathlib import Path

import pytest

from tests.unit.cache.test_hostile_entries import try_mutants


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(8))
def test_nothing_comes_of_mutants(seed: int, tmp_path: Path) -> None:
    try_mutants(500, f"seed {seed}", tmp_path)
