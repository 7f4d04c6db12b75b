"""Who is too slow: one transfer, all together, or nobody but the link."""

from collections.abc import Sequence
from contextlib import ExitStack

import pytest

from localbuild.cache.stores.pace import Limits, Pace, Windows


def given_up(rates: Sequence[float], minutes: float = 30, size: float = 1e12) -> tuple[float, str]:
    """When the first of these transfers is given up, and why; or when `size` bytes have come.

    `rates` are bytes per second.
    """
    limits = Limits()
    pace = Pace(limits)
    windows = [Windows() for _ in rates]
    with ExitStack() as stack:
        for _ in rates:
            stack.enter_context(pace.transfer(0.0))
        now = 0.0
        while now < minutes * 60:
            now += limits.window_s
            own = [int(rate * limits.window_s) for rate in rates]
            pace.add(sum(own))
            if pace.moved_bytes >= size:
                return now, ""
            for mine, window in zip(own, windows, strict=True):
                if why := pace.judge(window, mine, sum(own), now):
                    return now, why
    return now, ""


def test_a_slow_but_honest_link_has_its_time() -> None:
    """1 Mbit/s, shared by 16: 100 MB come."""
    now, why = given_up([118_000 / 16] * 16, size=100e6)
    assert (why, now) == ("", 848)


def test_who_stays_just_above_the_floor_of_one_is_given_up() -> None:
    assert given_up([11_000]) == (64, "11 KB/s in all over 64 s")
    assert given_up([11_000] * 4) == (64, "44 KB/s in all over 64 s")


def test_nothing_that_is_slow_goes_on_for_as_long_as_it_likes() -> None:
    assert given_up([11_000] * 16) == (904, "176 KB/s in all over 904 s")


def test_what_is_fast_may_take_long() -> None:
    assert given_up([20_000] * 16) == (1800, "")


@pytest.mark.parametrize("count", [1, 16])
def test_a_store_that_drips_is_given_up_at_once(count: int) -> None:
    assert given_up([700] * count) == (8, "5600 bytes in 8 s")


def test_one_that_drips_among_others_is_given_up_soon() -> None:
    assert given_up([1_000_000] * 15 + [10]) == (24, "240 bytes in 24 s")


def test_after_a_pause_all_begins_anew() -> None:
    pace = Pace(Limits())
    for began in (0.0, 70.0):
        windows = Windows()
        with pace.transfer(began):
            for turn in range(1, 8):
                pace.add(88_000)
                assert pace.judge(windows, 88_000, 88_000, began + 8 * turn) == ""
    with pace.transfer(126.5):
        assert pace.judge(Windows(), 88_000, 88_000, 134.5) != ""
