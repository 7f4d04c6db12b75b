"""The reports port: what a build's report files say, put together for one report group.

Promises that every implementation keeps:

- It touches no world: bytes in, a value out. Whatever the bytes are, nothing is raised, and what it
  costs is limited: a file that is no report of its format is a problem of the group's.
- Files are taken one by one, and none is held on to.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from localbuild.events.reports import FileCoverage, TestCase
from localbuild.terms import CaseStatusType, ReportStatusType, ReportType


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFile:
    """A report's file: its absolute path in the container, its bytes, or why it has none."""

    path: str
    data: bytes = field(default=b"", repr=False)
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent:
    """What the files of a group come to; see `ReportMade`. `problems`: a file's path and why."""

    type: ReportType
    status: ReportStatusType
    files: int = 0
    truncated: bool = False
    counts: tuple[tuple[CaseStatusType, int], ...] = ()
    duration_ns: int = 0
    cases: tuple[TestCase, ...] = ()
    total: FileCoverage = FileCoverage()
    covered_files: tuple[FileCoverage, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


class Reports(Protocol):
    """Knows the formats of reports."""

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats, in upper case."""

    @property
    def patterns(self) -> tuple[str, ...]:
        """The files that may be reports, where nobody says which ones are."""

    @property
    def largest_bytes(self) -> int:
        """A larger file is not to be brought here."""

    def recognise(self, head: bytes) -> str:
        """The format of a file that begins so, '' for one that is no report."""

    def read(self, file_format: str, files: Iterable[ReportFile]) -> ReportContent:
        """The content of a group. `file_format` is one of `formats`."""
