"""Implements the Reports port: each file is read by its format, and all become one report. Pure."""

from collections.abc import Iterable

from localbuild.events.reports import FAILING, FileCoverage, sum_coverage
from localbuild.ports.mask import NO_MASK, Mask
from localbuild.ports.reports import ReportContent, ReportFile
from localbuild.reports.formats.registry import FORMATS, CaseFormat, CoverageFormat
from localbuild.reports.model import KEPT_FILES, MAX_BYTES, CoverageReport, FormatError
from localbuild.reports.recognise import PATTERNS, recognise
from localbuild.reports.tally import Tally
from localbuild.terms import ReportStatusType

MAX_PROBLEMS = 100
MAX_COVERED = 100_000

Problems = list[tuple[str, str]]
_TOO_LARGE = f"larger than {MAX_BYTES >> 20} MB"


class FormatReports:
    """The ten formats of CodeBuild's reports; `mask` knows what must not be cut into."""

    formats = tuple(FORMATS)
    patterns = PATTERNS
    largest_bytes = MAX_BYTES

    def __init__(self, mask: Mask = NO_MASK) -> None:
        self._mask = mask

    def recognise(self, head: bytes) -> str:
        """By the root of XML, or the first members of JSON."""
        return recognise(head)

    def read(self, file_format: str, files: Iterable[ReportFile]) -> ReportContent:
        """Put the files together; one that cannot be read makes the report INCOMPLETE."""
        match FORMATS[file_format]:
            case CaseFormat() as format:
                return _tests(format, files, self._mask)
            case CoverageFormat() as format:
                return _coverage(format, files)


def _tests(format: CaseFormat, files: Iterable[ReportFile], mask: Mask) -> ReportContent:
    """Source: User Guide, test report statuses: a report with a failed case has FAILED."""
    tally, problems, count = Tally(), Problems(), 0
    for file in files:
        count += 1
        try:
            tally.add_report(format.parse(_checked(file), mask), file.path)
        except FormatError as error:
            problems.append((file.path, str(error)))
    report = tally.report()
    failed = any(number for status, number in report.counts if status in FAILING)
    return ReportContent(
        type=format.type,
        status=ReportStatusType.FAILED if failed else _status(count, problems),
        files=count,
        truncated=report.truncated,
        counts=report.counts,
        duration_ns=report.duration_ns,
        cases=report.cases,
        problems=tuple(problems[:MAX_PROBLEMS]),
    )


def _coverage(format: CoverageFormat, files: Iterable[ReportFile]) -> ReportContent:
    best: dict[str, FileCoverage] = {}
    problems, count = Problems(), 0
    for file in files:
        count += 1
        try:
            _add_best(best, format.parse(_checked(file)))
        except FormatError as error:
            problems.append((file.path, str(error)))
    covered = sorted(best.values(), key=lambda each: each.file_path)
    return ReportContent(
        type=format.type,
        status=_status(count, problems),
        files=count,
        truncated=len(covered) > KEPT_FILES,
        total=sum_coverage(covered),
        covered_files=tuple(covered[:KEPT_FILES]),
        problems=tuple(problems[:MAX_PROBLEMS]),
    )


def _add_best(best: dict[str, FileCoverage], report: CoverageReport) -> None:
    """Of a file in several reports the best coverage of lines counts, then that of branches.

    Source: User Guide, automatic merging of build reports.
    """
    if len(best) > MAX_COVERED:
        raise FormatError(f"more than {MAX_COVERED:,} files are covered already")
    for found in report.files:
        known = best.get(found.file_path)
        if known is None or _rank(found) > _rank(known):
            best[found.file_path] = found


def _rank(found: FileCoverage) -> tuple[float, float]:
    return found.line_percentage, found.branch_percentage


def _status(files: int, problems: Problems) -> ReportStatusType:
    """Source: User Guide, test report statuses: INCOMPLETE, where files are not to be found."""
    whole = files > 0 and not problems
    return ReportStatusType.SUCCEEDED if whole else ReportStatusType.INCOMPLETE


def _checked(file: ReportFile) -> bytes:
    """The file's bytes. Raises FormatError where they are not to be had."""
    if file.problem:
        raise FormatError(file.problem)
    if len(file.data) > MAX_BYTES:
        raise FormatError(_TOO_LARGE)
    if not file.data.strip():
        raise FormatError("the file is empty")
    return file.data
