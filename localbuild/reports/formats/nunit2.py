"""NUNITXML: NUnit 2's `test-results`, suites in suites, `test-case` at the bottom.

Source: NUnit 2.6, Results.xsd.
"""

from collections.abc import Iterator

from localbuild.events.reports import TestCase
from localbuild.ports.mask import NO_MASK, Mask
from localbuild.reports.formats.nunit3 import told_by
from localbuild.reports.model import TestReport
from localbuild.reports.tally import collect_cases
from localbuild.reports.texts import read_seconds
from localbuild.reports.xml import Element, Shape, read_steps
from localbuild.terms import CaseStatusType

_SHAPE = Shape(
    roots=("test-results",),
    opened=frozenset(("test-suite",)),
    whole=frozenset(("test-case",)),
)
_RESULTS = {
    "success": CaseStatusType.SUCCEEDED,
    "failure": CaseStatusType.FAILED,
    "error": CaseStatusType.ERROR,
    "notrunnable": CaseStatusType.ERROR,
    "cancelled": CaseStatusType.ERROR,
    "ignored": CaseStatusType.SKIPPED,
    "skipped": CaseStatusType.SKIPPED,
    "inconclusive": CaseStatusType.UNKNOWN,
}


def parse_nunit2(data: bytes, mask: Mask = NO_MASK) -> TestReport:
    """Raises FormatError."""
    return collect_cases(_cases(data, mask), mask)


def _cases(data: bytes, mask: Mask) -> Iterator[TestCase]:
    suites: list[str] = []
    for begins, element in read_steps(data, _SHAPE, mask):
        if begins:
            suites.append(element.get("name"))
        elif element.name == "test-suite":
            suites.pop()
        else:
            yield _case(element, suites)


def _case(element: Element, suites: list[str]) -> TestCase:
    """The name has the class's before it: `Tests.Math.Adds`, of which the last part is its own."""
    full = element.get("name")
    head, tail = full.partition("(")[::2]
    prefix, _, name = head.rpartition(".")
    return TestCase(
        name=f"{name}({tail}" if tail else name,
        status=_status(element),
        prefix=prefix,
        test_suite_name=suites[-1] if suites else "",
        duration_ns=read_seconds(element.get("time")),
        message=told_by(element),
    )


def _status(element: Element) -> CaseStatusType:
    """Older versions have no `result`, but `executed` and `success`."""
    result = element.get("result").lower()
    if result:
        return _RESULTS.get(result, CaseStatusType.UNKNOWN)
    if element.get("executed").lower() == "false":
        return CaseStatusType.SKIPPED
    good = element.get("success").lower() == "true"
    return CaseStatusType.SUCCEEDED if good else CaseStatusType.FAILED
