"""What fault tests share: a seed that repeats them, and a count of what was tried in vain."""

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.syscalls import Supervisor

TRIED = pytest.StashKey[list[str]]()
Tally = Callable[[str, int], None]


@pytest.fixture(scope="session")
def seed() -> int:
    """Chance's; LOCALBUILD_SEED repeats a run. A test that fails shows it."""
    return int(os.environ.get("LOCALBUILD_SEED", "0")) or random.randrange(1, 2**31)


@pytest.fixture
def chance(seed: int, request: pytest.FixtureRequest) -> random.Random:
    """One test's own chance."""
    return random.Random(f"{seed} {request.node.nodeid}")


@pytest.fixture
def tally(request: pytest.FixtureRequest, seed: int) -> Tally:
    """Says at the end of the run how many were tried, and that none of them did harm."""
    sys.stdout.write(f"LOCALBUILD_SEED={seed}\n")
    lines = request.config.stash.setdefault(TRIED, [])

    def add(what: str, count: int) -> None:
        assert count, f"none of {what} was tried"
        lines.append(f"{what}: 0 of {count} (LOCALBUILD_SEED={seed})")

    return add


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    """Runs processes whose calls that change something are counted."""
    return Supervisor(folder=tmp_path)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was tried."""
    lines = terminalreporter.config.stash.get(TRIED, [])
    if lines:
        terminalreporter.section("faults")
        for line in lines:
            terminalreporter.write_line(line)
