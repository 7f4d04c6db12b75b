"""The page about lint: every rule with its severity, and the counts beside it."""

import pytest

from localbuild.buildspec.rules import LINTED
from localbuild.cli.lint_page import FAMILIES, Count, Counts, lint_page, severity_of
from localbuild.errors import Severity

COUNTS = Counts(files=3, repositories=2, by_code={"LB305": Count(findings=7, files=2)})


def test_every_rule_has_a_row() -> None:
    rows = [line for line in lint_page(COUNTS).splitlines() if line.startswith("| LB")]
    assert [row.split()[1] for row in rows] == sorted(LINTED)
    assert all(row.count(" | ") >= 5 for row in rows)


def test_counts_stand_beside_their_rule() -> None:
    page = lint_page(COUNTS)
    assert "3 public buildspecs of 2 repositories" in page
    (row,) = (line for line in page.splitlines() if line.startswith("| LB305 "))
    assert row.endswith("|  | 7 | 2 |")


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("LB001", Severity.ERROR),
        ("LB003", Severity.ERROR),
        ("LB104", Severity.WARNING),
        ("LB213", Severity.WARNING),
        ("LB314", Severity.NOTE),
    ],
)
def test_a_severity_is_that_of_the_bad_sample(code: str, severity: Severity) -> None:
    assert severity_of(code) is severity


def test_no_code_is_outside_the_families() -> None:
    assert all(code[:3] in FAMILIES for code in LINTED)
