"""Rates by weight, with a surcharge for what is bulky or goes far."""

from dataclasses import dataclass
from decimal import Decimal

BANDS = ((500, Decimal("3.49")), (2_000, Decimal("5.49")), (10_000, Decimal("9.99")))
BULKY = Decimal("4.00")
ABROAD = 2


@dataclass(frozen=True)
class Parcel:
    """Weight in grams, the longest side in millimetres."""

    grams: int
    longest_mm: int
    abroad: bool = False


def price(parcel: Parcel) -> Decimal:
    """The price. Raises ValueError for what no parcel can be."""
    if parcel.grams <= 0:
        raise ValueError("a parcel weighs something")
    for most, rate in BANDS:
        if parcel.grams <= most:
            break
    else:
        raise ValueError(f"{parcel.grams} g is too heavy for a parcel")
    if parcel.longest_mm > 600:
        rate += BULKY
    return (rate * ABROAD if parcel.abroad else rate).quantize(Decimal("0.01"))
