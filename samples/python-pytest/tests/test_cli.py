"""The command as its user sees it."""

from click.testing import CliRunner
from timesheet.cli import main


def test_prints_a_table() -> None:
    result = CliRunner().invoke(main, ["-"], input="date,project,hours\n2026-03-02,website,7.5\n")
    assert result.output.splitlines()[-1].split() == ["website", "7.5"]


def test_fails_with_a_message_for_a_broken_file() -> None:
    result = CliRunner().invoke(main, ["-"], input="date,project,hours\nyesterday,website,1\n")
    assert (result.exit_code, "line 2" in result.output) == (1, True)
