"""What a test says of its row of the conformance table; `docs/conformance.md` is made of it."""

from collections.abc import Callable
from typing import TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., object])


def row(
    number: int, *, feature: str, expectation: str, decided: str = ""
) -> Callable[[Test], Test]:
    """Name the row that a test is for.

    `decided` is our reason where the service's behaviour is not documented and could not be
    observed; empty where it is known.
    """
    mark: Callable[[Test], Test] = pytest.mark.row(
        number, feature=feature, expectation=expectation, decided=decided
    )
    return mark
