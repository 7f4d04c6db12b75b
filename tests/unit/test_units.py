"""Ages as people say them."""

import pytest

from localbuild.units import print_age


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0.9, "0 s"),
        (99, "99 s"),
        (100, "1 min"),
        (5999, "99 min"),
        (6000, "1 h"),
        (47.9 * 3600, "47 h"),
        (48 * 3600, "2 days"),
        (400 * 86400, "400 days"),
    ],
)
def test_an_age(seconds: float, text: str) -> None:
    assert print_age(seconds) == text
