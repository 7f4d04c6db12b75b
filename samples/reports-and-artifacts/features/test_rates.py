"""The steps of rates.feature."""

from decimal import Decimal

from parcel_rates import Parcel, price
from pytest_bdd import given, parsers, scenarios, then, when

scenarios("rates.feature")


@given(parsers.parse("a parcel of {grams:d} g"), target_fixture="grams")
def a_parcel(grams: int) -> int:
    return grams


@when("it is sent", target_fixture="paid")
def is_sent(grams: int) -> Decimal:
    return price(Parcel(grams, 300))


@when("it is sent abroad", target_fixture="paid")
def is_sent_abroad(grams: int) -> Decimal:
    return price(Parcel(grams, 300, abroad=True))


@then(parsers.parse("it costs {amount}"))
def it_costs(paid: Decimal, amount: str) -> None:
    assert paid == Decimal(amount)
