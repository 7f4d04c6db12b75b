"""The options about a project's definition."""

import click

from localbuild.cli.options.verbs import Option


def project_options(group: str) -> list[click.Parameter]:
    """`--project` and `--parameter`."""
    return [
        Option(
            "--project",
            metavar="FILE[#NAME]",
            group=group,
            help="Take what is set nowhere else from a project: a CloudFormation template, the "
            "JSON of batch-get-projects or of terraform show, a localbuild.toml.",
        ),
        Option(
            "--parameter",
            metavar="KEY=VALUE",
            multiple=True,
            group=group,
            help="A parameter of --project's template, or what only a stack would know.",
        ),
    ]
