"""The program: its verbs as a static table."""

import click

from localbuild.cli.args import global_options
from localbuild.cli.verbs import Lazy, LazyGroup, Option

_HERE = "localbuild.cli.commands"

TABLE: dict[str, Lazy] = {
    "run": Lazy(place=f"{_HERE}.run:COMMAND", help="Run a buildspec."),
}


def make_app() -> LazyGroup:
    """The outermost command."""
    return LazyGroup(
        "localbuild",
        TABLE,
        params=[*global_options(outermost=True), _version_option()],
        help="Run AWS CodeBuild buildspecs on this machine.",
        epilog="Every option has an environment variable: --image is LOCALBUILD_IMAGE.\n\n"
        "Exit codes: localbuild explain exit-codes",
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def _version_option() -> Option:
    def show(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            from localbuild import __version__

            click.echo(f"localbuild {__version__}")
            ctx.exit()

    return Option(
        "--version",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        from_environ=False,
        callback=show,
        help="Print the version.",
    )
