"""JUNITXML: `testsuites` and `testsuite`, however deep, with `testcase`s; many tools write it.

Source: the Ant and Surefire schemas, and what pytest, Jest, Mocha, Gradle, PHPUnit, GoogleTest,
go-junit-report and others make of them.
"""

from collections.abc import Iterator

from localbuild.events.reports import TestCase
from localbuild.ports.mask import NO_MASK, Mask
from localbuild.reports.model import TestReport
from localbuild.reports.tally import collect_cases
from localbuild.reports.texts import join_message, read_count, read_seconds
from localbuild.reports.xml import Element, Shape, read_steps
from localbuild.terms import CaseStatusType

_SUITES = frozenset(("testsuite", "testsuites", "testrun"))
_SHAPE = Shape(
    roots=("testsuite", "testsuites", "testrun"), opened=_SUITES, whole=frozenset(("testcase",))
)
_OUTCOMES = {
    "failure": CaseStatusType.FAILED,
    "error": CaseStatusType.ERROR,
    "skipped": CaseStatusType.SKIPPED,
    "skip": CaseStatusType.SKIPPED,
    "ignored": CaseStatusType.SKIPPED,
    "disabled": CaseStatusType.SKIPPED,
}
_WORDS = {
    "failed": CaseStatusType.FAILED,
    "failure": CaseStatusType.FAILED,
    "error": CaseStatusType.ERROR,
    "errored": CaseStatusType.ERROR,
    "skipped": CaseStatusType.SKIPPED,
    "ignored": CaseStatusType.SKIPPED,
    "disabled": CaseStatusType.SKIPPED,
    "pending": CaseStatusType.SKIPPED,
    "notrun": CaseStatusType.SKIPPED,
    "suppressed": CaseStatusType.SKIPPED,
}
"""What `status` and `result` say where no element does. Source: GoogleTest's reference."""

_COUNTED_FROM_0 = "pytest"
"""The suite of the one tool whose `line` counts from 0."""


def parse_junit(data: bytes, mask: Mask = NO_MASK) -> TestReport:
    """Raises FormatError."""
    return collect_cases(_cases(data, mask), mask)


def _cases(data: bytes, mask: Mask) -> Iterator[TestCase]:
    suites: list[Element] = []
    for begins, element in read_steps(data, _SHAPE, mask):
        if begins:
            suites.append(element)
        elif element.name in _SUITES:
            suites.pop()
        else:
            yield _case(element, suites)


def _case(element: Element, suites: list[Element]) -> TestCase:
    status, told = _outcome(element)
    suite = next((s.get("name") for s in reversed(suites) if s.get("name")), "")
    message = join_message(told.get("message") or told.get("type"), told.text) if told else ""
    file = element.get("file") or element.get("filepath")
    line = read_count(element.get("line") or element.get("lineno"))
    return TestCase(
        name=element.get("name"),
        status=status,
        prefix=element.get("classname") or element.get("class"),
        test_suite_name=suite,
        duration_ns=read_seconds(element.get("time") or element.get("duration")),
        message=message,
        file=file or next((s.get("file") for s in reversed(suites) if s.get("file")), ""),
        line=line + 1 if suite == _COUNTED_FROM_0 and element.get("line") else line,
    )


def _outcome(element: Element) -> tuple[CaseStatusType, Element | None]:
    """A case's status, and the element that says so: the first failure before all else."""
    told = [child for child in element.children if child.name in _OUTCOMES]
    bad = [child for child in told if _OUTCOMES[child.name] is not CaseStatusType.SKIPPED]
    for child in (*bad, *told):
        return _OUTCOMES[child.name], child
    for word in (element.get("result"), element.get("status")):
        if word.lower() in _WORDS:
            return _WORDS[word.lower()], None
    return CaseStatusType.SUCCEEDED, None
