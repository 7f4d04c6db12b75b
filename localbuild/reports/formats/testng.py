"""TESTNGXML: `testng-results`, with `suite`, `test`, `class` and `test-method`.

A method that sets up or tears down is no test, and counts only where it fails: as an ERROR.
Source: TestNG documentation, XML reports.
"""

from collections.abc import Iterator

from localbuild.events.reports import TestCase
from localbuild.ports.mask import NO_MASK, Mask
from localbuild.reports.model import TestReport
from localbuild.reports.tally import collect_cases
from localbuild.reports.texts import join_message, read_scaled
from localbuild.reports.xml import Element, Shape, read_steps
from localbuild.terms import CaseStatusType

_SHAPE = Shape(
    roots=("testng-results",),
    opened=frozenset(("suite", "class")),
    whole=frozenset(("test-method",)),
)
_STATUSES = {
    "PASS": CaseStatusType.SUCCEEDED,
    "FAIL": CaseStatusType.FAILED,
    "SKIP": CaseStatusType.SKIPPED,
}
_MILLISECOND_NS = 1_000_000


def parse_testng(data: bytes, mask: Mask = NO_MASK) -> TestReport:
    """Raises FormatError."""
    return collect_cases(_cases(data, mask), mask)


def _cases(data: bytes, mask: Mask) -> Iterator[TestCase]:
    names = {"suite": "", "class": ""}
    for begins, element in read_steps(data, _SHAPE, mask):
        if begins:
            names[element.name] = element.get("name")
        elif element.name == "test-method":
            case = _case(element, names)
            if case is not None:
                yield case


def _case(element: Element, names: dict[str, str]) -> TestCase | None:
    status = _STATUSES.get(element.get("status").upper(), CaseStatusType.UNKNOWN)
    if element.get("is-config").lower() == "true":
        if status is not CaseStatusType.FAILED:
            return None
        status = CaseStatusType.ERROR
    told = element.find("exception")
    return TestCase(
        name=element.get("name") + _parameters(element),
        status=status,
        prefix=names["class"],
        test_suite_name=names["suite"],
        duration_ns=read_scaled(element.get("duration-ms"), _MILLISECOND_NS),
        message=_message(told) if told else "",
    )


def _message(told: Element) -> str:
    stack = told.text_of("full-stacktrace") or told.text_of("short-stacktrace")
    return join_message(told.text_of("message") or told.get("class"), stack)


def _parameters(element: Element) -> str:
    """`(1, two)`: what tells the calls of one method with several data apart."""
    found = element.find("params")
    values = [param.text_of("value").strip() for param in found.children] if found else []
    return f"({', '.join(values)})" if values else ""
