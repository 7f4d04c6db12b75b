from decimal import Decimal

import pytest
from parcel_rates import Parcel, price


@pytest.mark.parametrize(
    ("grams", "expected"), [(1, "3.49"), (500, "3.49"), (501, "5.49"), (10_000, "9.99")]
)
def test_a_band_ends_with_its_weight(grams: int, expected: str) -> None:
    assert price(Parcel(grams, 300)) == Decimal(expected)


def test_long_parcels_cost_more() -> None:
    assert price(Parcel(400, 601)) == Decimal("7.49")


def test_nothing_is_too_light() -> None:
    with pytest.raises(ValueError, match="weighs something"):
        price(Parcel(0, 300))


@pytest.mark.skip(reason="no tariff for it yet")
def test_islands_cost_more() -> None:
    assert price(Parcel(400, 300)) == Decimal("6.49")
