"""The options for work without AWS, or with the user's own credentials for it."""

import click

from localbuild.cli.options.verbs import Option


def credentials_option(group: str) -> click.Parameter:
    """`--aws-credentials`."""
    return Option(
        "--aws-credentials",
        type=click.Choice(["none", "env", "endpoint"]),
        group=group,
        help="Give the build your AWS credentials: as variables, or from an endpoint in its "
        "container that refreshes them (default: none).",
    )


def stand_in_options(group: str) -> list[click.Parameter]:
    """`--skip` and `--stub`."""
    return [
        Option(
            "--skip",
            metavar="PHASE",
            multiple=True,
            group=group,
            help="Run no command of that phase, for example POST_BUILD.",
        ),
        Option(
            "--stub",
            metavar="COMMAND[=OUTPUT]",
            multiple=True,
            group=group,
            help="Stand in for a command: it prints OUTPUT and succeeds; its calls are counted.",
        ),
    ]
