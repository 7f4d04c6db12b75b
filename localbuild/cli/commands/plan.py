"""`localbuild plan`."""

import click

from localbuild.cli.call import read_call
from localbuild.cli.options.run import build_options, global_options
from localbuild.cli.options.sources import source_argument
from localbuild.cli.options.verbs import Verb
from localbuild.cli.overrides import override_options


def plan(ctx: click.Context) -> int:
    """Print what run would do.

    Nothing is started and no engine is needed; with one, it says whether the image is there.
    """
    from localbuild.cli.fetching import with_buildspec
    from localbuild.cli.planning import show_plan
    from localbuild.cli.prepare import prepare

    call = read_call(ctx)
    with with_buildspec(call, prepare(call)) as prepared:
        return show_plan(call, prepared)


COMMAND = Verb(
    "plan",
    plan,
    params=[source_argument(), *build_options(), *override_options()],
    global_options=global_options(),
)
