"""CUCUMBERJSON: features, their scenarios, the steps of each; also as behave writes them.

A scenario is a case: failed with its first failed step, SKIPPED where a step was, and an ERROR
where one is not defined. A background before a scenario belongs to it.
Source: Cucumber documentation, JSON formatter; cucumber-js, cucumber-jvm, behave.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from localbuild.events.reports import TestCase
from localbuild.ports.mask import NO_MASK, Mask
from localbuild.reports.json_values import items, members, number, read_json, text
from localbuild.reports.model import FormatError, TestReport
from localbuild.reports.tally import collect_cases
from localbuild.reports.texts import SECOND_NS, join_message, read_count, to_nanoseconds
from localbuild.terms import CaseStatusType

_STATUSES = {
    "passed": CaseStatusType.SUCCEEDED,
    "failed": CaseStatusType.FAILED,
    "ambiguous": CaseStatusType.ERROR,
    "undefined": CaseStatusType.ERROR,
    "error": CaseStatusType.ERROR,
    "hook_error": CaseStatusType.ERROR,
    "cleanup_error": CaseStatusType.ERROR,
    "pending": CaseStatusType.SKIPPED,
    "skipped": CaseStatusType.SKIPPED,
    "untested": CaseStatusType.SKIPPED,
}
_WORST_FIRST = (
    CaseStatusType.FAILED,
    CaseStatusType.ERROR,
    CaseStatusType.SKIPPED,
    CaseStatusType.UNKNOWN,
    CaseStatusType.SUCCEEDED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A step or a hook: its status, what it took, what it says of its failure."""

    status: CaseStatusType
    duration_ns: int
    message: str


def parse_cucumber(data: bytes, mask: Mask = NO_MASK) -> TestReport:
    """Raises FormatError."""
    document = read_json(data)
    if not isinstance(document, list):
        raise FormatError("expected a list of features")
    cases = (case for feature in document for case in _cases(members(feature)))
    return collect_cases(cases, mask)


def _cases(feature: Mapping[str, object]) -> Iterator[TestCase]:
    before: list[_Step] = []
    unit_ns = SECOND_NS if _is_behave(feature) else 1
    for element in map(members, items(feature.get("elements"))):
        steps = list(_steps(element, unit_ns))
        if text(element.get("type")) == "background":
            before = steps
            continue
        yield _case(feature, element, [*before, *steps])
        before = []


def _case(
    feature: Mapping[str, object], element: Mapping[str, object], steps: list[_Step]
) -> TestCase:
    status, message = _outcome(element, steps)
    uri, line = _place(feature, element)
    return TestCase(
        name=text(element.get("name")),
        status=status,
        prefix=text(feature.get("name")),
        test_suite_name=text(feature.get("name")),
        duration_ns=sum(step.duration_ns for step in steps),
        message=message,
        file=uri,
        line=line,
    )


def _outcome(element: Mapping[str, object], steps: list[_Step]) -> tuple[CaseStatusType, str]:
    """The worst of all steps; of a scenario without any what it says itself."""
    if not steps:
        word = text(element.get("status"))
        return (_STATUSES.get(word, CaseStatusType.UNKNOWN) if word else CaseStatusType.SKIPPED, "")
    worst = min(steps, key=lambda step: _WORST_FIRST.index(step.status))
    return worst.status, worst.message


def _steps(element: Mapping[str, object], unit_ns: int) -> Iterator[_Step]:
    """Hooks and steps in the order in which they ran; of hooks and backgrounds those that ran."""
    own = text(element.get("type")) != "background"
    for part in ("before", "steps", "after"):
        for found in map(members, items(element.get(part))):
            yield from _hooks(found, "before", unit_ns)
            if "result" in found or (own and part == "steps"):
                yield _step(found, unit_ns)
            yield from _hooks(found, "after", unit_ns)


def _hooks(step: Mapping[str, object], part: str, unit_ns: int) -> Iterator[_Step]:
    for hook in map(members, items(step.get(part))):
        if "result" in hook:
            yield _step(hook, unit_ns)


def _step(found: Mapping[str, object], unit_ns: int) -> _Step:
    result = members(found.get("result"))
    word = text(result.get("status")).lower()
    status = _STATUSES.get(word, CaseStatusType.SKIPPED if not word else CaseStatusType.UNKNOWN)
    name = f"{text(found.get('keyword')).strip()} {text(found.get('name'))}".strip()
    said = "\n".join(map(text, items(result.get("error_message"))))
    said = said or text(result.get("error_message"))
    summary = f"{name}: {word}" if status is CaseStatusType.ERROR and not said else name
    bad = status in (CaseStatusType.FAILED, CaseStatusType.ERROR)
    return _Step(
        status=status,
        duration_ns=to_nanoseconds(number(result.get("duration")), unit_ns),
        message=join_message(summary, said) if bad else "",
    )


def _is_behave(feature: Mapping[str, object]) -> bool:
    """behave has its own shape, in which durations are seconds."""
    return "uri" not in feature and "location" in feature


def _place(feature: Mapping[str, object], element: Mapping[str, object]) -> tuple[str, int]:
    """The scenario's: `uri` and `line`, or behave's `location`."""
    if "uri" in feature:
        line = number(element.get("line"))
        return text(feature.get("uri")), int(line) if 0 < line < 10**9 else 0
    file, _, line_text = text(element.get("location")).rpartition(":")
    return file, read_count(line_text)
