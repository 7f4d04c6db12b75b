"""The command: `timesheet FILE` prints a table of hours."""

from typing import TextIO

import click
from tabulate import tabulate

from timesheet import __version__
from timesheet.entries import read_entries, total_hours


@click.command()
@click.version_option(__version__, message="%(version)s")
@click.argument("file", type=click.File())
def main(file: TextIO) -> None:
    """Print the hours of each project in FILE (- for stdin)."""
    try:
        totals = total_hours(read_entries(file))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(tabulate(totals, headers=["Project", "Hours"], disable_numparse=True))
