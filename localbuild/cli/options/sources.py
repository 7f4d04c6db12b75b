"""The options about sources."""

import click

from localbuild.cli.options.verbs import Option


def source_argument() -> click.Argument:
    """SOURCE; its parameter is `where`, as `source` is the option's."""
    return click.Argument(
        ["where"],
        metavar="[SOURCE]",
        required=False,
        help="A directory (default: this one), a git URL, or s3://BUCKET/KEY.zip.",
    )


def source_options(group: str) -> list[click.Parameter]:
    """What decides which files a build gets."""
    return [
        Option(
            "-s",
            "--source",
            metavar="ID:DIR|ID:URL",
            multiple=True,
            group=group,
            help="A secondary source: a directory, a git URL or s3://BUCKET/KEY.zip; instead of "
            "the project's where it has one of that ID.",
        ),
        Option(
            "--source-mode",
            type=click.Choice(["copy", "mount"]),
            group=group,
            help="Copy SOURCE into the container (default), or mount it: builds then write to it.",
        ),
        Option("--no-ignore", is_flag=True, group=group, help="Copy what git ignores, too."),
        Option(
            "--source-version",
            metavar="REF",
            group=group,
            help="Build that branch, tag, commit or pr/N, checked out anew; of an object in S3 "
            "that version.",
        ),
        Option(
            "--git-clone-depth",
            metavar="N",
            group=group,
            help="Fetch the last N commits of a git URL (default: all).",
        ),
        Option(
            "--git-submodules/--no-git-submodules",
            default=None,
            group=group,
            help="Fetch the submodules of a git URL, too.",
        ),
    ]
