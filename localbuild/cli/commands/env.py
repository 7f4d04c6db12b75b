"""`localbuild env`."""

import click

from localbuild.cli.args import build_options, global_options, source_argument
from localbuild.cli.call import read_call
from localbuild.cli.overrides import override_options
from localbuild.cli.verbs import Verb
from localbuild.errors import ExitCode


def env(ctx: click.Context) -> int:
    """Print the variables that a build would get.

    The image's own come in addition, where nothing else sets them.
    """
    from localbuild.cli.planning import variable_lines
    from localbuild.cli.prepare import prepare
    from localbuild.cli.records import builds_directory, highest_number
    from localbuild.cli.wiring import new_identity
    from localbuild.plan.environment import compose_environment

    call = read_call(ctx)
    prepared = prepare(call)
    number = highest_number(builds_directory(prepared.source)) + 1
    found = compose_environment(prepared.plan(), new_identity(number), ())
    variables = tuple(sorted(found, key=lambda v: v.name))
    if call.flag("json"):
        call.voice.document(
            [{"name": v.name, "value": v.value, "origin": v.origin.value} for v in variables]
        )
    else:
        call.voice.data("\n".join(line.strip() for line in variable_lines(variables)))
    return ExitCode.SUCCEEDED


COMMAND = Verb(
    "env",
    env,
    params=[source_argument(), *build_options(), *override_options()],
    global_options=global_options(),
)
