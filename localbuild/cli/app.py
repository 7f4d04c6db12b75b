"""The program: its verbs as a static table."""

import click

from localbuild.cli.options.run import global_options, telling_flag
from localbuild.cli.options.verbs import SETTINGS, Lazy, LazyGroup

_HERE = "localbuild.cli.commands"

TABLE: dict[str, Lazy] = {
    "run": Lazy(place=f"{_HERE}.run:COMMAND", help="Run a buildspec."),
    "plan": Lazy(place=f"{_HERE}.plan:COMMAND", help="Print what run would do."),
    "lint": Lazy(place=f"{_HERE}.lint:COMMAND", help="Check buildspecs."),
    "validate": Lazy(place=f"{_HERE}.lint:COMMAND", help="Check buildspecs.", alias_of="lint"),
    "ls": Lazy(place=f"{_HERE}.ls:COMMAND", help="List past builds, newest first."),
    "show": Lazy(place=f"{_HERE}.show:COMMAND", help="Show one past build."),
    "logs": Lazy(place=f"{_HERE}.logs:COMMAND", help="Print a past or running build's log."),
    "report": Lazy(
        place=f"{_HERE}.report:COMMAND", help="Print a build's test and coverage reports."
    ),
    "shell": Lazy(place=f"{_HERE}.shell:COMMAND", help="Open a shell in a build's container."),
    "retry": Lazy(place=f"{_HERE}.retry:COMMAND", help="Go on with a failed build."),
    "env": Lazy(place=f"{_HERE}.env:COMMAND", help="Print the variables that a build would get."),
    "image": Lazy(place=f"{_HERE}.image:COMMAND", help="Say what stands for an image."),
    "doctor": Lazy(place=f"{_HERE}.doctor:COMMAND", help="Check what builds need."),
    "clean": Lazy(place=f"{_HERE}.clean:COMMAND", help="Remove what dead builds left behind."),
    "project": Lazy(
        place=f"{_HERE}.project:COMMAND", help="See what a project's definition comes to."
    ),
    "cache": Lazy(place=f"{_HERE}.cache:COMMAND", help="See into caches, and look after them."),
    "explain": Lazy(place=f"{_HERE}.explain:COMMAND", help="Explain a code."),
    "schema": Lazy(place=f"{_HERE}.schema:COMMAND", help="Print a JSON schema."),
    "completion": Lazy(
        place=f"{_HERE}.completion:COMMAND", help="Print a shell's completion script."
    ),
    "version": Lazy(place=f"{_HERE}.version:COMMAND", help="Print the version."),
}


def make_app() -> LazyGroup:
    """The outermost command."""
    return LazyGroup(
        "localbuild",
        TABLE,
        params=[
            *global_options(outermost=True),
            telling_flag("--version", text=_version, help="Print the version."),
        ],
        help="Run AWS CodeBuild buildspecs on this machine.",
        epilog="Every option has an environment variable: --image is LOCALBUILD_IMAGE. "
        "Several values stand on lines of their own in it.\n\n"
        "Exit codes: localbuild explain exit-codes",
        context_settings=SETTINGS,
        add_help_option=False,
    )


def _version(_: click.Context) -> str:
    from localbuild import __version__

    return f"localbuild {__version__}"
