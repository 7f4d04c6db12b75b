"""The options for values that are masked."""

import click

from localbuild.cli.options.verbs import Option


def secret_options(group: str) -> list[click.Parameter]:
    """`--secret` and `--fake-secret`."""
    return [
        Option(
            "--secret",
            metavar="KEY[=VALUE|=@FILE]",
            multiple=True,
            group=group,
            help="Set a variable that is masked; @FILE is read, and without a value it is the "
            "host's.",
        ),
        Option(
            "--fake-secret",
            metavar="NAME=VALUE",
            multiple=True,
            group=group,
            help="Stand in for a value of Parameter Store or Secrets Manager; NAME is the "
            "variable, the parameter or the secret. AWS is not asked for it.",
        ),
    ]
