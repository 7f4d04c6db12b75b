"""The options of the contract, as click has them; what they mean is said in `settings`."""

from collections.abc import Callable

import click

from localbuild.cli.options.aside import credentials_option, stand_in_options
from localbuild.cli.options.cache import cache_options
from localbuild.cli.options.course import course_options, exit_code_option, timeout_option
from localbuild.cli.options.project import project_options
from localbuild.cli.options.secrets import secret_options
from localbuild.cli.options.sources import source_options
from localbuild.cli.options.verbs import GLOBAL_GROUP, Option
from localbuild.cli.process.voice import Voice
from localbuild.cli.process.world import World

_WHAT = "What to build"
_WHERE = "Environment"
_VARIABLES = "Variables"
_OUTPUTS = "Outputs"
_CONTROL = "Control"


def global_options(*, outermost: bool = False) -> list[click.Parameter]:
    """Accepted before and after the command; only the outermost ones read the environment."""

    def option(*names: str, **attributes: object) -> Option:
        return Option(*names, group=GLOBAL_GROUP, from_environ=outermost, **attributes)

    return [
        option("-C", "--directory", metavar="DIR", help="Work as if started in DIR."),
        option("--config", metavar="FILE", help="Read FILE instead of SOURCE's localbuild.toml."),
        option("-v", "--verbose", count=True, help="Say how long things took, and why."),
        option("-q", "--quiet", is_flag=True, help="Only say what went wrong."),
        option("--debug", is_flag=True, help="Diagnostics on stderr."),
        option("--color", type=click.Choice(["auto", "always", "never"]), help="Colour."),
        option("--json", is_flag=True, help="One JSON document on stdout and nothing else."),
        option("--profile", metavar="NAME", help="AWS profile."),
        option("--region", metavar="NAME", help="AWS region of the build."),
        option("--endpoint-url", metavar="URL", help="Endpoint for AWS calls."),
        option("--docker-host", metavar="URL", help="The engine, as DOCKER_HOST has it."),
        option("--context", metavar="NAME", help="The Docker context to use."),
        help_option(),
    ]


def help_option() -> Option:
    """`-h`, which writes to the World's stdout."""
    return telling_flag("-h", "--help", text=click.Context.get_help, help="Show this.")


def telling_flag(*names: str, text: Callable[[click.Context], str], help: str) -> Option:
    """A flag that prints a text in place of what the command does."""

    def show(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            write_out(ctx, text(ctx))
            ctx.exit()

    return Option(
        *names,
        group=GLOBAL_GROUP,
        is_flag=True,
        is_eager=True,
        expose_value=False,
        from_environ=False,
        callback=show,
        help=help,
    )


def write_out(ctx: click.Context, text: str) -> None:
    """Write to stdout before there is a call."""
    world = ctx.find_object(World)
    if world is not None:
        Voice(stdout=world.stdout, stderr=world.stderr, mask=world.mask).data(text)


def _what() -> list[click.Parameter]:
    return [
        Option(
            "-f",
            "--buildspec",
            metavar="FILE",
            group=_WHAT,
            help="A file in SOURCE or elsewhere, - for stdin, or YAML text.",
        ),
        *source_options(_WHAT),
        *project_options(_WHAT),
        Option("--project-name", metavar="NAME", group=_WHAT, help="Default: SOURCE's name."),
    ]


def _environment() -> list[click.Parameter]:
    return [
        Option("-i", "--image", metavar="REF", group=_WHERE, help="The build image."),
        Option(
            "--pull",
            type=click.Choice(["always", "missing", "never"]),
            group=_WHERE,
            help="When to pull the image (default: missing).",
        ),
        Option("--platform", metavar="OS/ARCH", group=_WHERE, help="For example linux/arm64."),
        Option(
            "--compute-type",
            metavar="TYPE",
            group=_WHERE,
            help="CPUs and memory as CodeBuild has them, for example BUILD_GENERAL1_SMALL.",
        ),
        Option("--cpus", metavar="N", group=_WHERE, help="At most N CPUs (default: no limit)."),
        Option("--memory", metavar="SIZE", group=_WHERE, help="At most SIZE, for example 3g."),
        Option(
            "--privileged/--no-privileged",
            default=None,
            group=_WHERE,
            help="Give the build the host's root rights, as Docker in Docker needs.",
        ),
        Option(
            "--runtimes",
            type=click.Choice(["buildspec", "image"]),
            group=_WHERE,
            help="Select what runtime-versions asks for (default), or keep what the image has.",
        ),
        Option("--network", metavar="NET", group=_WHERE, help="A Docker network, none or host."),
        Option(
            "-V",
            "--volume",
            metavar="HOST:PATH[:ro]",
            multiple=True,
            group=_WHERE,
            help="Mount a host path or a named volume.",
        ),
        Option(
            "--ca-file",
            metavar="FILE",
            group=_WHERE,
            help="A CA bundle for the container; tools are pointed at it.",
        ),
        credentials_option(_WHERE),
    ]


def _variables() -> list[click.Parameter]:
    return [
        Option(
            "-e",
            "--env",
            metavar="KEY[=VALUE]",
            multiple=True,
            group=_VARIABLES,
            help="Set a variable; without a value, pass the host's on.",
        ),
        Option(
            "--env-file",
            metavar="FILE",
            multiple=True,
            group=_VARIABLES,
            help="VAR=VALUE lines, taken as they are: no quotes, no $.",
        ),
        *secret_options(_VARIABLES),
    ]


def output_options() -> list[click.Parameter]:
    """Where a build's results go."""
    return [
        Option(
            "-a",
            "--artifacts",
            metavar="DIR|s3://BUCKET/PREFIX",
            group=_OUTPUTS,
            help="Bring the artifacts there (default: artifacts in the record).",
        ),
        Option(
            "--reports",
            metavar="DIR",
            group=_OUTPUTS,
            help="Write the reports there, one JSON a group (default: reports in the record).",
        ),
        Option(
            "--exports-file",
            metavar="FILE",
            group=_OUTPUTS,
            help="Write exported-variables: NAME=value lines, or JSON for a .json FILE.",
        ),
        Option(
            "--log-format",
            type=click.Choice(["pretty", "codebuild", "json"]),
            group=_OUTPUTS,
            help="What stdout shows (default: pretty on a terminal, else codebuild).",
        ),
        Option(
            "--record",
            metavar="DIR",
            group=_OUTPUTS,
            help="The build record's folder (default: .localbuild/builds/<number>).",
        ),
    ]


def _control() -> list[click.Parameter]:
    return [
        timeout_option(_CONTROL),
        Option(
            "--auto-retry-limit",
            metavar="N",
            group=_CONTROL,
            help="Run a failed build again, up to N times, each time as a new build.",
        ),
        Option(
            "-n", "--dry-run", is_flag=True, group=_CONTROL, help="Print the plan, run nothing."
        ),
        *stand_in_options(_CONTROL),
        Option(
            "--debug-session",
            is_flag=True,
            group=_CONTROL,
            help="Let codebuild-breakpoint pause the build until codebuild-resume is called.",
        ),
        *course_options(_CONTROL),
        exit_code_option(_CONTROL),
    ]


def build_options() -> list[click.Parameter]:
    """What decides about a build: for `run`, `plan` and `env` alike."""
    what = (*_what(), *_environment(), *_variables(), *cache_options())
    return [*what, *output_options(), *_control()]
