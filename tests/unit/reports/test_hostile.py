"""Hostile and damaged report files: read or refused, with little memory, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.reports.hostile import CANARY, hostile_files

ROOT = Path(__file__).parents[3]
SHORT, LONG = 2_000, 20_000


def read(*words: str) -> dict[str, str]:
    """What `reading` counts, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.reports.reading", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return dict(line.split(" ", 1) for line in done.stdout.splitlines())


def test_two_hundred_hostile_files(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text(CANARY)
    count = sum(1 for _ in hostile_files(str(canary)))
    fates = read("hostile", str(canary))
    assert count >= 200
    assert int(fates["read"]) + int(fates["refused"]) == count
    assert int(fates["refused"]) > count // 4
    assert fates["memory"] == "little"


def test_two_thousand_mutants() -> None:
    judge(read("mutants", "0", str(SHORT)), SHORT)


@pytest.mark.fuzz
def test_twenty_thousand_mutants() -> None:
    judge(read("mutants", "0", str(LONG)), LONG)


def judge(fates: dict[str, str], count: int) -> None:
    """Some are read and some are not."""
    assert int(fates["read"]) + int(fates["refused"]) == count
    assert int(fates["read"]) > count // 20
    assert int(fates["refused"]) > count // 20
    assert fates["memory"] == "little"
