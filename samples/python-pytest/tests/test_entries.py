"""Reading entries and summing them up."""

from datetime import date
from decimal import Decimal

import pytest
from timesheet.entries import Entry, read_entries, total_hours

HEADER = "date,project,hours"


def test_reads_a_line_as_an_entry() -> None:
    assert read_entries([HEADER, "2026-03-02,website,7.5"]) == [
        Entry(date(2026, 3, 2), "website", Decimal("7.5"))
    ]


def test_keeps_decimals_exact() -> None:
    lines = [HEADER, "2026-03-02,website,0.1", "2026-03-03,website,0.2"]
    assert total_hours(read_entries(lines)) == [("website", Decimal("0.3"))]


def test_sorts_projects_by_hours() -> None:
    lines = [HEADER, "2026-03-02,website,2", "2026-03-02,backups,5", "2026-03-03,website,1"]
    assert [project for project, _ in total_hours(read_entries(lines))] == ["backups", "website"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("2026-02-30,website,1", id="no-such-day"),
        pytest.param("2026-03-02,website,many", id="hours-no-number"),
        pytest.param("2026-03-02", id="too-short"),
    ],
)
def test_names_the_line_that_is_no_entry(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_entries([HEADER, line])
