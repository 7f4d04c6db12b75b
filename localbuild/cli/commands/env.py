"""`localbuild env`."""

import click

from localbuild.cli.call import read_call
from localbuild.cli.options.run import build_options, global_options
from localbuild.cli.options.sources import source_argument
from localbuild.cli.options.verbs import Verb
from localbuild.cli.overrides import override_options
from localbuild.errors import ExitCode
from localbuild.plan.model import SHOWN, PlannedSecret, PlannedVariable


def env(ctx: click.Context) -> int:
    """Print the variables that a build would get.

    The image's own come in addition, where nothing else sets them. Of a secret only its name and
    where it lies are shown: nobody is asked for its value.
    """
    from localbuild.cli.fetching import with_buildspec
    from localbuild.cli.planning import variable_lines
    from localbuild.cli.prepare import prepare
    from localbuild.cli.records.folders import builds_directory, highest_number
    from localbuild.cli.wiring import new_identity
    from localbuild.plan.environment import compose_environment

    call = read_call(ctx)
    with with_buildspec(call, prepare(call)) as prepared:
        number = highest_number(builds_directory(prepared.source)) + 1
        plan = prepared.plan()
    found = compose_environment(plan, new_identity(number), ())
    variables = tuple(sorted(found, key=lambda v: v.name))
    if call.flag("json"):
        call.voice.document([*map(_variable, variables), *map(_secret, plan.secrets)])
    else:
        lines = variable_lines(variables, plan.secrets)
        call.voice.data("\n".join(line.strip() for line in lines))
    return ExitCode.SUCCEEDED


def _variable(variable: PlannedVariable) -> dict[str, str]:
    return {"name": variable.name, "value": variable.value, "origin": variable.origin.value}


def _secret(secret: PlannedSecret) -> dict[str, str]:
    """Its value is not fetched."""
    return {
        "name": secret.name,
        "value": SHOWN,
        "origin": secret.origin.value,
        "type": secret.type.value,
        "reference": secret.reference,
    }


COMMAND = Verb(
    "env",
    env,
    params=[source_argument(), *build_options(), *override_options()],
    global_options=global_options(),
)
