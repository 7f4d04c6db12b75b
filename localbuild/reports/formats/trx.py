"""VISUALSTUDIOTRX: `TestRun`, its `UnitTestResult`s, and the classes in `TestDefinitions`.

Of a test with several rows of data each row counts, and not their sum.
Source: Visual Studio's vstst.xsd.
"""

from collections.abc import Iterator
from dataclasses import replace

from localbuild.events.reports import TestCase
from localbuild.ports.mask import NO_MASK, Mask
from localbuild.reports.model import TestReport
from localbuild.reports.tally import collect_cases
from localbuild.reports.texts import read_clock
from localbuild.reports.xml import Element, Shape, read_steps
from localbuild.terms import CaseStatusType

_ROOTS = ("TestRun",)
_RESULT_NAMES = ("UnitTestResult", "GenericTestResult", "WebTestResult", "TestResult")
_RESULTS = Shape(roots=_ROOTS, whole=frozenset(_RESULT_NAMES))
_DEFINITIONS = Shape(roots=_ROOTS, whole=frozenset(("UnitTest",)))
_OUTCOMES = {
    "passed": CaseStatusType.SUCCEEDED,
    "passedbutrunaborted": CaseStatusType.SUCCEEDED,
    "completed": CaseStatusType.SUCCEEDED,
    "warning": CaseStatusType.SUCCEEDED,
    "failed": CaseStatusType.FAILED,
    "error": CaseStatusType.ERROR,
    "timeout": CaseStatusType.ERROR,
    "aborted": CaseStatusType.ERROR,
    "notrunnable": CaseStatusType.ERROR,
    "disconnected": CaseStatusType.ERROR,
    "notexecuted": CaseStatusType.SKIPPED,
    "pending": CaseStatusType.SKIPPED,
}


def parse_trx(data: bytes, mask: Mask = NO_MASK) -> TestReport:
    """Raises FormatError. The definitions may follow the results: they are read on their own."""
    report = collect_cases(_cases(data, mask), mask)
    wanted = {case.prefix for case in report.cases}
    classes = dict(_classes(data, wanted))
    cases = (replace(case, prefix=classes.get(case.prefix, "")) for case in report.cases)
    return replace(report, cases=tuple(map(_own_name, cases)))


def _cases(data: bytes, mask: Mask) -> Iterator[TestCase]:
    """The cases with a test's id for a prefix."""
    for _, element in read_steps(data, _RESULTS, mask):
        for result in _leaves(element):
            yield _case(result)


def _leaves(element: Element) -> Iterator[Element]:
    inner = element.find("InnerResults")
    rows = [each for each in inner.children if each.name in _RESULT_NAMES] if inner else []
    if not rows:
        yield element
    for row in rows:
        yield from _leaves(row)


def _case(element: Element) -> TestCase:
    outcome = element.get("outcome").lower()
    message = element.text_of("Output", "ErrorInfo", "Message")
    stack = element.text_of("Output", "ErrorInfo", "StackTrace")
    parts = (part.strip("\r\n").rstrip() for part in (message, stack) if part.strip())
    return TestCase(
        name=element.get("testName"),
        status=_OUTCOMES.get(outcome, CaseStatusType.UNKNOWN),
        prefix=element.get("testId"),
        duration_ns=read_clock(element.get("duration")),
        message="\n".join(parts),
    )


def _classes(data: bytes, wanted: set[str]) -> Iterator[tuple[str, str]]:
    """The names of the tests' classes by the tests' ids; an assembly after a comma is left off."""
    for _, element in read_steps(data, _DEFINITIONS):
        method = element.find("TestMethod")
        if method is not None and element.get("id") in wanted:
            yield element.get("id"), method.get("className").partition(",")[0]


def _own_name(case: TestCase) -> TestCase:
    """Some adapters put the class before the name."""
    own = case.name.removeprefix(f"{case.prefix}.") if case.prefix else case.name
    return replace(case, name=own or case.name, test_suite_name=case.prefix)
