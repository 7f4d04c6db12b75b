"""`localbuild project`: `show`."""

from dataclasses import replace

import click

from localbuild.cli.call import Given, read_call
from localbuild.cli.options.run import build_options, global_options, help_option
from localbuild.cli.options.verbs import SETTINGS, Verb
from localbuild.cli.overrides import override_options


def project_show(ctx: click.Context) -> int:
    """Print what a project's definition comes to.

    FILE is a CloudFormation or SAM template, what `aws codebuild batch-get-projects` or
    `terraform show -json` prints, or a localbuild.toml; #NAME chooses one of several projects. It
    is the same as --project FILE. Each value stands with its origin; what a build on this machine
    makes nothing of is a note.
    """
    from localbuild.cli.layers import load_settings
    from localbuild.cli.overrides import apply_overrides
    from localbuild.cli.project_show import show_project

    call = read_call(ctx)
    given, overrides = apply_overrides(call)
    if file := call.argument("file"):
        given = {**given, "project": Given(value=file, origin="FILE")}
    settings = load_settings(replace(call, given=given), call.world.cwd)
    return show_project(call, settings, overrides)


COMMAND = click.Group(
    "project",
    help="See what a project's definition comes to.",
    context_settings=SETTINGS,
    params=[help_option()],
    add_help_option=False,
    commands={
        "show": Verb(
            "show",
            project_show,
            params=[
                click.Argument(["file"], required=False, metavar="[FILE[#NAME]]"),
                *build_options(),
                *override_options(),
            ],
            global_options=global_options(),
        )
    },
)
