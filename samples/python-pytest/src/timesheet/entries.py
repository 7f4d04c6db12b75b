"""Reads a timesheet: CSV with the columns date, project and hours."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True)
class Entry:
    """The hours that somebody spent on a project on a day."""

    day: date
    project: str
    hours: Decimal


def read_entries(lines: Iterable[str]) -> list[Entry]:
    """The entries of a timesheet. Raises ValueError that names the line which is none."""
    rows = csv.DictReader(lines)
    return [_read_entry(row, rows.line_num) for row in rows]


def total_hours(entries: Iterable[Entry]) -> list[tuple[str, Decimal]]:
    """The hours of each project, the longest first."""
    totals: Counter[str] = Counter()
    for entry in entries:
        totals[entry.project] += entry.hours
    return totals.most_common()


def _read_entry(row: dict[str, str], line: int) -> Entry:
    try:
        hours = Decimal(row["hours"])
        return Entry(date.fromisoformat(row["date"]), row["project"], hours)
    except (KeyError, TypeError, ValueError, InvalidOperation):
        raise ValueError(f"line {line}: expected date, project and hours") from None
