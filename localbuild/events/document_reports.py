"""A report in JSON, in the API's shapes: a summary for build.json, the whole for its own file.

Source: API reference, Report, TestReportSummary, CodeCoverageReportSummary, TestCase, CodeCoverage.
"""

from localbuild.events.reports import FileCoverage, ReportMade, TestCase
from localbuild.events.shapes import print_time
from localbuild.terms import ReportType


def report_summary(event: ReportMade) -> dict[str, object]:
    """The API's `Report`: what a report comes to."""
    found: dict[str, object] = {
        "arn": event.report_arn,
        "type": event.type.value,
        "name": event.name,
        "reportGroupArn": event.report_group_arn,
        "executionId": event.build,
        "status": event.status.value,
        "created": print_time(event.time),
        "exportConfig": {"exportConfigType": "NO_EXPORT"},
        "truncated": event.truncated,
    }
    if event.type is ReportType.TEST:
        found["testSummary"] = _test_summary(event)
    else:
        found["codeCoverageSummary"] = _coverage(event.total)
    return found


def report_document(event: ReportMade) -> dict[str, object]:
    """The whole of a report: its file's document, with our own part beside the API's."""
    document = report_summary(event)
    if event.type is ReportType.TEST:
        document["testCases"] = [_case(case, event) for case in event.cases]
    else:
        document["codeCoverages"] = [
            {"reportARN": event.report_arn, "filePath": each.file_path, **_coverage(each)}
            for each in event.covered_files
        ]
    document["localbuild"] = {
        "fileFormat": event.file_format,
        "files": event.files,
        "problems": list(event.problems),
    }
    return document


def _test_summary(event: ReportMade) -> dict[str, object]:
    return {
        "total": event.case_count,
        "statusCounts": {status.value: count for status, count in event.counts},
        "durationInNanoSeconds": event.duration_ns,
    }


def _coverage(found: FileCoverage) -> dict[str, object]:
    return {
        "lineCoveragePercentage": found.line_percentage,
        "linesCovered": found.lines_covered,
        "linesMissed": found.lines_missed,
        "branchCoveragePercentage": found.branch_percentage,
        "branchesCovered": found.branches_covered,
        "branchesMissed": found.branches_missed,
    }


def _case(case: TestCase, event: ReportMade) -> dict[str, object]:
    """`file` and `line` are ours: the API's `TestCase` has no place."""
    return {
        "reportArn": event.report_arn,
        "testRawDataPath": case.test_raw_data_path,
        "prefix": case.prefix,
        "name": case.name,
        "status": case.status.value,
        "durationInNanoSeconds": case.duration_ns,
        "message": case.message,
        "testSuiteName": case.test_suite_name,
        "file": case.file,
        "line": case.line,
    }
