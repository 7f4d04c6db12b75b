"""A span of a build's time: the value that steps, waterfall and trace share. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from localbuild.terms import PhaseType

StepKind = Literal["phase", "command", "skipped", "retry", "cache", "artifacts", "timing"]
Verdict = Literal["good", "bad", "warn", "running", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A span of a build's time. `line`: where it begins in the log, 0 where it is not there.

    `place` is `file:line` of a command; `note` says what else is to be known of it.
    """

    kind: StepKind
    name: str
    phase: PhaseType
    started: datetime
    seconds: float = 0.0
    verdict: Verdict = "good"
    place: str = ""
    note: str = ""
    line: int = 0

    @property
    def ended(self) -> datetime:
        """The end of the span."""
        return self.started + timedelta(seconds=self.seconds)
