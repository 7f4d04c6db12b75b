"""How what an event says of a report looks in JSON: see `shapes`."""

from collections.abc import Mapping

from localbuild.events.reports import FileCoverage, TestCase
from localbuild.events.shapes import (
    INTEGER,
    TEXT,
    Shape,
    many_shape,
    pair_shape,
    record_shape,
    term_shape,
)
from localbuild.terms import CaseStatusType, ReportStatusType, ReportType

_STATUS = term_shape(CaseStatusType)
_CASE = record_shape(
    {
        "name": ("name", TEXT),
        "status": ("status", _STATUS),
        "prefix": ("prefix", TEXT),
        "test_suite_name": ("testSuiteName", TEXT),
        "duration_ns": ("durationInNanoSeconds", INTEGER),
        "message": ("message", TEXT),
        "file": ("file", TEXT),
        "line": ("line", INTEGER),
        "test_raw_data_path": ("testRawDataPath", TEXT),
    },
    TestCase,
)
_FILE = record_shape(
    {
        "file_path": ("filePath", TEXT),
        "lines_covered": ("linesCovered", INTEGER),
        "lines_missed": ("linesMissed", INTEGER),
        "branches_covered": ("branchesCovered", INTEGER),
        "branches_missed": ("branchesMissed", INTEGER),
    },
    FileCoverage,
)

REPORT_SHAPES: Mapping[object, Shape] = {
    ReportType: term_shape(ReportType),
    ReportStatusType: term_shape(ReportStatusType),
    tuple[tuple[CaseStatusType, int], ...]: many_shape(
        pair_shape(("status", _STATUS), ("cases", INTEGER))
    ),
    tuple[TestCase, ...]: many_shape(_CASE),
    FileCoverage: _FILE,
    tuple[FileCoverage, ...]: many_shape(_FILE),
}
"""Every type that only the event of a report has, by its annotation."""
