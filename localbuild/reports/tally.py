"""Counts test cases and keeps as many as a report may have: those that failed before all others."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from localbuild.events.reports import FAILING, TestCase
from localbuild.ports.mask import NO_MASK, Mask
from localbuild.reports.model import KEPT_CASES, FormatError, TestReport
from localbuild.reports.places import find_place
from localbuild.reports.texts import cut_message, cut_name
from localbuild.terms import CaseStatusType

MAX_CASES = 500_000
MAX_NS = 2**63 - 1


def collect_cases(cases: Iterable[TestCase], mask: Mask = NO_MASK) -> TestReport:
    """The report of one file. Raises FormatError where it has more cases than anybody's has.

    Texts are masked before they are cut.
    """
    tally = Tally(mask=mask)
    for case in cases:
        tally.add(case)
    return tally.report()


@dataclass(slots=True)
class Tally:
    """Cases on their way into a report, in little memory however many there are."""

    mask: Mask = NO_MASK
    counts: dict[CaseStatusType, int] = field(default_factory=dict)
    duration_ns: int = 0
    total: int = 0
    _failing: list[tuple[int, TestCase]] = field(default_factory=list)
    _others: list[tuple[int, TestCase]] = field(default_factory=list)

    def add(self, case: TestCase) -> None:
        """Count a case. Raises FormatError where there are too many."""
        self._refuse_more(1)
        self._count(case.status, 1)
        self.duration_ns = min(MAX_NS, self.duration_ns + case.duration_ns)
        self._keep(case, raw=True)

    def add_report(self, report: TestReport, path: str) -> None:
        """Count what a file's report has; `path` is that file's. Raises FormatError."""
        self._refuse_more(sum(count for _, count in report.counts))
        for status, count in report.counts:
            self._count(status, count)
        self.duration_ns = min(MAX_NS, self.duration_ns + report.duration_ns)
        for case in report.cases:
            self._keep(replace(case, test_raw_data_path=path), raw=False)

    def report(self) -> TestReport:
        """The report so far: the cases in their order, but only failed ones where room is short."""
        room = max(0, KEPT_CASES - len(self._failing))
        if self.total > KEPT_CASES:
            kept = [*self._failing, *self._others[:room]]
        else:
            kept = sorted([*self._failing, *self._others], key=lambda each: each[0])
        counts = tuple((s, self.counts[s]) for s in CaseStatusType if s in self.counts)
        return TestReport(
            cases=tuple(case for _, case in kept), counts=counts, duration_ns=self.duration_ns
        )

    def _count(self, status: CaseStatusType, count: int) -> None:
        self.counts[status] = self.counts.get(status, 0) + count
        self.total += count

    def _refuse_more(self, count: int) -> None:
        """Before any of a file's counts: a report has all of a file or nothing."""
        if self.total + count > MAX_CASES:
            raise FormatError(f"more than {MAX_CASES:,} test cases")

    def _keep(self, case: TestCase, *, raw: bool) -> None:
        kept = self._failing if case.status in FAILING else self._others
        if len(kept) < KEPT_CASES:
            order = len(self._failing) + len(self._others)
            kept.append((order, _tidy(_masked(case, self.mask)) if raw else case))


def _masked(case: TestCase, mask: Mask) -> TestCase:
    return replace(
        case,
        name=mask.text(case.name),
        prefix=mask.text(case.prefix),
        test_suite_name=mask.text(case.test_suite_name),
        message=mask.text(case.message),
        file=mask.text(case.file),
    )


def _tidy(case: TestCase) -> TestCase:
    """A case whose texts are within their limits, with the place that its message names."""
    file, line = case.file, case.line
    if case.status in FAILING and not line:
        found = find_place(case.message, case.prefix)
        file, line = found if found[1] else (file, line)
    return replace(
        case,
        name=cut_name(case.name) or "(without a name)",
        prefix=cut_name(case.prefix),
        test_suite_name=cut_name(case.test_suite_name),
        message="" if case.status is CaseStatusType.SUCCEEDED else cut_message(case.message),
        file=cut_name(file),
        line=line,
    )
