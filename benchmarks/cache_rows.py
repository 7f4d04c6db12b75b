"""Rows of caches' tables: the same figures said the same way."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.measure import Finding, Spread, spread

PIPELINE = "tar, zstd -T0"
MB = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """At least so many times faster than the other way, and at most so many seconds."""

    faster: float = 0.0
    most_s: float | None = None

    def __str__(self) -> str:
        words = [f"≥ {self.faster:g} ×"] if self.faster else []
        words += [f"≤ {self.most_s:g} s"] if self.most_s is not None else []
        return ", ".join(words)

    def holds(self, ours: Spread, theirs: Spread) -> bool:
        """By the medians."""
        quick = self.most_s is None or ours.middle <= self.most_s
        return quick and theirs.middle >= self.faster * ours.middle


def faster(
    claim: str,
    ours: Sequence[float],
    theirs: Sequence[float],
    bound: Bound | None,
    peer: str = PIPELINE,
) -> Finding:
    """How many times faster than the other way; without a bound nothing is claimed."""
    us, them = spread(ours), spread(theirs)
    return Finding(
        claim=claim,
        ours=str(us),
        theirs=f"{peer}: {them}",
        found=f"{them.middle / us.middle:.2f} ×",
        goal=str(bound or ""),
        kept=bound.holds(us, them) if bound else None,
    )


def within(claim: str, ours: Sequence[float], theirs: tuple[str, Spread], most: float) -> Finding:
    """At most so many times what the other way takes, by the medians."""
    us, (peer, them) = spread(ours), theirs
    return Finding(
        claim=claim,
        ours=str(us),
        theirs=f"{peer}: {them}",
        found=f"{us.middle / them.middle:.2f} × the time",
        goal=f"≤ {most:g} ×",
        kept=us.middle <= most * them.middle,
    )


def known(claim: str, ours: str, theirs: str, found: str = "") -> Finding:
    """Nothing is claimed: it is there to be known."""
    return Finding(claim=claim, ours=ours, theirs=theirs, found=found, goal="", kept=None)


def size(claim: str, ours: Sequence[int], yardstick: Sequence[int], most: float) -> Finding:
    """Bytes of ours against the least that could be written, summed up over the rounds."""
    us, them = sum(ours), sum(yardstick)
    return Finding(
        claim=claim,
        ours=f"{us / MB:.2f} MB",
        theirs=f"the changes, compressed: {them / MB:.2f} MB",
        found=f"{us / them:.2f} × the bytes",
        goal=f"≤ {most:g} ×",
        kept=us <= most * them,
    )
