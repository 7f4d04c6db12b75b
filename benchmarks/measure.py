"""Timing of whole commands: interleaved, so that a busy machine is unfair to nobody."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
LOCALBUILD = (sys.executable, "-m", "localbuild")
IMAGE = os.environ.get("BENCH_IMAGE", "localbuild/small:1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Seconds of several runs."""

    best: float
    middle: float

    def __str__(self) -> str:
        return f"{self.best:.3f} s (median {self.middle:.3f} s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One claim: what it compares, what it allows, what was found.

    `kept` None: nothing is claimed, it is there to be known.
    """

    claim: str
    ours: str
    theirs: str
    found: str
    goal: str
    kept: bool | None

    def row(self) -> str:
        """A row of the results' table."""
        verdict = {True: "yes", False: "NO", None: "-"}[self.kept]
        cells = (self.claim, self.ours, self.theirs, self.found, self.goal, verdict)
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One run of a command. `first_s`: until its first byte on stdout, where that is watched.

    `peak_bytes` is what it held in memory at most, where its stdout went to a file.
    """

    seconds: float
    first_s: float
    peak_bytes: int


def run(command: Sequence[str], cwd: Path | None = None, stdout: Path | None = None) -> Ran:
    """Run a command to its end; its stdout goes to a file or is watched for its first byte."""
    began = time.perf_counter()
    peak = 0
    if stdout is not None:
        with stdout.open("wb") as sink:
            process = subprocess.Popen(command, cwd=cwd, stdout=sink, stderr=subprocess.DEVNULL)
            first = began
            peak = _watch_peak(process.pid)
    else:
        process = subprocess.Popen(
            command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdout is not None
        process.stdout.read(1)
        first = time.perf_counter()
        process.stdout.read()
    process.wait()
    ended = time.perf_counter()
    if process.returncode != 0:
        raise SystemExit(f"benchmark command failed ({process.returncode}): {' '.join(command)}")
    return Ran(seconds=ended - began, first_s=first - began, peak_bytes=peak)


def _watch_peak(pid: int) -> int:
    """The most a child holds until its end, or up to 20 ms before; in bytes.

    What the kernel says of an ended child counts what its parent had when it was forked.
    """
    peak = 0
    ended = os.pidfd_open(pid)
    try:
        while not select.select([ended], [], [], 0.02)[0]:
            with suppress(OSError, StopIteration):  # it has just ended
                peak = max(peak, peak_bytes(str(pid)))
    finally:
        os.close(ended)
    return peak


def peak_bytes(process: str = "self") -> int:
    """The most that a process has held in memory. Source: proc(5), VmHWM, in KiB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    found = next(line for line in lines if line.startswith("VmHWM:"))
    return int(found.split()[1]) * 1024


def pair(
    ours: Callable[[], float], theirs: Callable[[], float], rounds: int = 7
) -> tuple[Spread, Spread]:
    """Both, alternating, after one run of each to warm up."""
    ours(), theirs()
    found = [(ours(), theirs()) for _ in range(rounds)]
    return spread([a for a, _ in found]), spread([b for _, b in found])


def spread(seconds: Sequence[float]) -> Spread:
    """The best and the middle of several."""
    return Spread(best=min(seconds), middle=median(seconds))


def timed(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[float, T]:
    """Seconds, and what came out."""
    began = time.perf_counter()
    found = work(*args, **kwargs)
    return time.perf_counter() - began, found


def project(folder: Path, commands: Sequence[str]) -> Path:
    """A folder with a buildspec of these build commands."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"      - {command}" for command in commands]
    text = "\n".join(["version: 0.2", "phases:", "  build:", "    commands:", *lines, ""])
    (folder / "buildspec.yml").write_text(text)
    return folder
