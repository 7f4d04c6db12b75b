"""Signals: the first asks for an end, the second for one at once."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from localbuild.cli.process.signals import StopSignals
from localbuild.ports.engine import Interruption


@pytest.fixture
def _calm_hangup() -> Iterator[None]:
    before = signal.getsignal(signal.SIGHUP)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_one_signal_stops(number: int, code: int) -> None:
    with StopSignals() as signals:
        assert signals.interrupted() is None
        os.kill(os.getpid(), number)
        assert signals.interrupted() is Interruption.STOP
    assert signals.stop_code() == code


def test_two_signals_kill_and_the_first_one_decides_the_code() -> None:
    with StopSignals() as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        assert signals.interrupted() is Interruption.KILL
    assert signals.stop_code() == 143


def test_afterwards_signals_do_what_they_did() -> None:
    numbers = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    with StopSignals():
        assert [signal.getsignal(number) for number in numbers] != before
    assert [signal.getsignal(number) for number in numbers] == before


@pytest.mark.usefixtures("_calm_hangup")
def test_a_hangup_that_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with StopSignals() as signals:
        os.kill(os.getpid(), signal.SIGHUP)
        assert signals.interrupted() is None


def test_a_thread_that_may_have_no_handlers_runs_without() -> None:
    found: list[Interruption | None] = []

    def run() -> None:
        with StopSignals() as signals:
            found.append(signals.interrupted())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [None]


def test_where_nobody_looks_the_second_signal_ends_what_runs() -> None:
    with StopSignals() as signals:
        with signals.unattended():
            os.kill(os.getpid(), signal.SIGINT)
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)
        assert signals.interrupted() is Interruption.KILL


def test_a_signal_from_before_leaves_nobody_waiting() -> None:
    with StopSignals() as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        with signals.unattended(), pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signals.stop_code() == 143
