"""NUNIT3XML: NUnit 3's `test-run`, suites in suites, `test-case` at the bottom.

Source: NUnit documentation, Test Result XML Format.
"""

from collections.abc import Iterator

from localbuild.events.reports import TestCase
from localbuild.ports.mask import NO_MASK, Mask
from localbuild.reports.model import TestReport
from localbuild.reports.tally import collect_cases
from localbuild.reports.texts import read_seconds
from localbuild.reports.xml import Element, Shape, read_steps
from localbuild.terms import CaseStatusType

_SHAPE = Shape(
    roots=("test-run", "test-suite"),
    opened=frozenset(("test-suite",)),
    whole=frozenset(("test-case",)),
)
_RESULTS = {
    "passed": CaseStatusType.SUCCEEDED,
    "warning": CaseStatusType.SUCCEEDED,
    "failed": CaseStatusType.FAILED,
    "skipped": CaseStatusType.SKIPPED,
    "inconclusive": CaseStatusType.UNKNOWN,
}
_ERRORS = ("error", "invalid", "cancelled")
"""Labels of a failed case that did not fail by an assertion."""


def parse_nunit3(data: bytes, mask: Mask = NO_MASK) -> TestReport:
    """Raises FormatError."""
    return collect_cases(_cases(data, mask), mask)


def told_by(element: Element) -> str:
    """What a case says of its failure, or why it did not run: the message, then the stack."""
    message = element.text_of("failure", "message") or element.text_of("reason", "message")
    stack = element.text_of("failure", "stack-trace")
    return "\n".join(part.strip("\r\n").rstrip() for part in (message, stack) if part.strip())


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
    full, name = element.get("fullname"), element.get("name")
    before = full.removesuffix(name).rstrip(".") if name and full.endswith(name) else ""
    return TestCase(
        name=name or full,
        status=_status(element),
        prefix=element.get("classname") or before,
        test_suite_name=suites[-1] if suites else "",
        duration_ns=read_seconds(element.get("duration") or element.get("time")),
        message=told_by(element),
    )


def _status(element: Element) -> CaseStatusType:
    status = _RESULTS.get(element.get("result").lower(), CaseStatusType.UNKNOWN)
    if status is CaseStatusType.FAILED and element.get("label").lower() in _ERRORS:
        return CaseStatusType.ERROR
    return status
