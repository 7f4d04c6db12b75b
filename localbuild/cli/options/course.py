"""The options about how far a build goes, and what is left of it to go on with."""

import click

from localbuild.cli.options.verbs import Option


def course_options(group: str) -> list[click.Parameter]:
    """`--until` and `--keep`."""
    return [
        Option(
            "--until",
            metavar="PHASE",
            group=group,
            help="End the build after that phase, for example BUILD; it hands out no artifacts.",
        ),
        keep_option(group, "failure on a terminal, else never"),
    ]


def keep_option(group: str, default: str) -> click.Parameter:
    """`--keep`."""
    return Option(
        "--keep",
        type=click.Choice(["never", "failure", "always"]),
        group=group,
        help=f"When to keep the container for localbuild shell and retry (default: {default}).",
    )


def exit_code_option(group: str) -> click.Parameter:
    """`--exit-code-from`."""
    return Option(
        "--exit-code-from",
        type=click.Choice(["build", "command"]),
        group=group,
        help="Leave with the failed command's own status (default: build).",
    )


def timeout_option(group: str) -> click.Parameter:
    """`--timeout`."""
    return Option("--timeout", metavar="TIME", group=group, help="For example 30m (default: 1h).")
