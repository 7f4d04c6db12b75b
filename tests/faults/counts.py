"""How much of a fault test `make test` runs, and how much `make faults` does."""

import pytest


def short_and_full(short: int, full: int, name: str = "count") -> pytest.MarkDecorator:
    """The parameter `name`, twice."""
    return pytest.mark.parametrize(
        name,
        [
            pytest.param(short, id="short"),
            pytest.param(full, id="full", marks=pytest.mark.faults),
        ],
    )
