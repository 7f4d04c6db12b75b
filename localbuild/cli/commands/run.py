"""`localbuild run`."""

import click

from localbuild.cli.call import read_call
from localbuild.cli.options.run import build_options, global_options
from localbuild.cli.options.sources import source_argument
from localbuild.cli.options.verbs import Verb
from localbuild.cli.overrides import override_options

_EXAMPLES = """\b
Examples:
  localbuild run
  localbuild run -i python:3.12 -e STAGE=dev --env-file .env
  localbuild run -f ci/buildspec.yml --timeout 10m
  localbuild run -n
"""


def run(ctx: click.Context) -> int:
    """Run a buildspec.

    The log goes to stdout, everything else to stderr; the build's record stays in
    SOURCE/.localbuild/builds. The exit code is 0 only for a build that succeeded.
    """
    from localbuild.cli.prepare import prepare

    call = read_call(ctx)
    prepared = prepare(call)
    if call.flag("dry_run"):
        from localbuild.cli.fetching import with_buildspec
        from localbuild.cli.planning import show_plan

        with with_buildspec(call, prepared) as ready:
            return show_plan(call, ready)
    from localbuild.cli.building import build

    return build(call, prepared)


COMMAND = Verb(
    "run",
    run,
    params=[source_argument(), *build_options(), *override_options()],
    global_options=global_options(),
    epilog=_EXAMPLES,
)
