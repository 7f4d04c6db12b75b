"""How an error is told: `error:` and `hint:` lines, and every problem of a file."""

import click
from click.core import ParameterSource

from localbuild.cli.process.voice import Voice
from localbuild.errors import BuildspecError, LocalbuildError, UsageError


def tell_error(error: LocalbuildError, voice: Voice) -> None:
    """Tell one of our errors."""
    if isinstance(error, BuildspecError | UsageError) and error.problems:
        tell_problems(error, voice)
        return
    voice.error(error.message)
    for hint in error.hints:
        voice.hint(hint)


def tell_problems(error: BuildspecError | UsageError, voice: Voice) -> None:
    """Tell everything that is wrong with a buildspec, a project's definition or an env file."""
    from localbuild.buildspec.render import render_problem

    for problem in error.problems:
        voice.say(render_problem(problem))


def tell_usage(error: click.ClickException, voice: Voice) -> None:
    """Tell what click found wrong with the command line."""
    ctx = getattr(error, "ctx", None)
    if isinstance(error, click.BadParameter) and (variable := _variable(error)):
        error.param_hint = variable
    voice.error(error.format_message())
    if isinstance(ctx, click.Context):
        voice.hint(f"{ctx.command_path} --help")


def _variable(error: click.BadParameter) -> str:
    """The environment variable that the wrong value is from, '' where it is an option's."""
    param, ctx = error.param, error.ctx
    if param is None or ctx is None:
        return ""
    source = ctx.get_parameter_source(str(param.name))
    return str(param.envvar) if source is ParameterSource.ENVIRONMENT else ""
