"""The formats of reports by the names that `file-format` has for them.

Source: buildspec reference, reports/file-format.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from localbuild.ports.mask import Mask
from localbuild.reports.formats.clover import parse_clover
from localbuild.reports.formats.cobertura import parse_cobertura
from localbuild.reports.formats.cucumber import parse_cucumber
from localbuild.reports.formats.jacoco import parse_jacoco
from localbuild.reports.formats.junit import parse_junit
from localbuild.reports.formats.nunit2 import parse_nunit2
from localbuild.reports.formats.nunit3 import parse_nunit3
from localbuild.reports.formats.simplecov import parse_simplecov
from localbuild.reports.formats.testng import parse_testng
from localbuild.reports.formats.trx import parse_trx
from localbuild.reports.model import CoverageReport, TestReport
from localbuild.terms import ReportType


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFormat:
    """A format of test cases. `parse` raises FormatError and nothing else.

    It masks what it cuts.
    """

    parse: Callable[[bytes, Mask], TestReport]
    type: ReportType = ReportType.TEST


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageFormat:
    """A format of code coverage. `parse` raises FormatError and nothing else."""

    parse: Callable[[bytes], CoverageReport]
    type: ReportType = ReportType.CODE_COVERAGE


FORMATS: Mapping[str, CaseFormat | CoverageFormat] = {
    "JUNITXML": CaseFormat(parse=parse_junit),
    "NUNITXML": CaseFormat(parse=parse_nunit2),
    "NUNIT3XML": CaseFormat(parse=parse_nunit3),
    "CUCUMBERJSON": CaseFormat(parse=parse_cucumber),
    "TESTNGXML": CaseFormat(parse=parse_testng),
    "VISUALSTUDIOTRX": CaseFormat(parse=parse_trx),
    "JACOCOXML": CoverageFormat(parse=parse_jacoco),
    "COBERTURAXML": CoverageFormat(parse=parse_cobertura),
    "CLOVERXML": CoverageFormat(parse=parse_clover),
    "SIMPLECOV": CoverageFormat(parse=parse_simplecov),
}
