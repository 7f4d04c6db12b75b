"""Sums up the hours of a timesheet, project by project."""

__version__ = "1.4.0"
