"""What follows a phase: CodeBuild's transitions as a table.

Source: User Guide "Build phase transitions"; buildspec reference, phases/on-failure.
"""

import itertools
from enum import StrEnum

from localbuild.terms import PhaseType


class Outcome(StrEnum):
    """How a phase ended, as far as the next one is concerned."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CONTINUED = "continued"
    ABORTED = "aborted"
    BROKEN_OFF = "broken-off"


_ORDER = (
    PhaseType.DOWNLOAD_SOURCE,
    PhaseType.INSTALL,
    PhaseType.PRE_BUILD,
    PhaseType.BUILD,
    PhaseType.POST_BUILD,
    PhaseType.UPLOAD_ARTIFACTS,
    PhaseType.FINALIZING,
)
_IN_ORDER = dict(itertools.pairwise(_ORDER))
_TO_THE_END = dict.fromkeys(_ORDER[:-1], PhaseType.FINALIZING)

TRANSITIONS: dict[Outcome, dict[PhaseType, PhaseType]] = {
    Outcome.SUCCEEDED: _IN_ORDER,
    Outcome.CONTINUED: _IN_ORDER,
    Outcome.FAILED: _TO_THE_END
    | {
        PhaseType.BUILD: PhaseType.POST_BUILD,
        PhaseType.POST_BUILD: PhaseType.UPLOAD_ARTIFACTS,
    },
    Outcome.ABORTED: _TO_THE_END,
    Outcome.BROKEN_OFF: _TO_THE_END,
}
"""`TRANSITIONS[outcome][phase]` is the phase that is entered next.

A failed BUILD still runs POST_BUILD, and after either UPLOAD_ARTIFACTS is attempted. BROKEN_OFF is
a timeout, a stop or a fault: nothing of the build runs any more.
"""
