"""What one report file says: its test cases, or which lines of which files were run. Pure."""

from dataclasses import dataclass
from typing import ClassVar

from localbuild.events.reports import FileCoverage, TestCase
from localbuild.terms import CaseStatusType

MAX_BYTES = 64 * 1024 * 1024
"""The largest file that is read."""

KEPT_CASES = 500
"""How many cases a report keeps. Source: User Guide, quotas: 500 test cases per report."""

KEPT_FILES = 5_000
"""How many files a report of coverage keeps: ours, the service pages through them."""


class FormatError(ValueError):
    """A file that is not what its format says; the message has the line where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestReport:
    """Test cases, at most KEPT_CASES of them; `counts` are of all."""

    __test__: ClassVar[bool] = False  # no test of pytest's

    cases: tuple[TestCase, ...] = ()
    counts: tuple[tuple[CaseStatusType, int], ...] = ()
    duration_ns: int = 0

    @property
    def truncated(self) -> bool:
        """Whether cases are left out."""
        return sum(count for _, count in self.counts) > len(self.cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageReport:
    """The files whose lines were counted, each once."""

    files: tuple[FileCoverage, ...] = ()
