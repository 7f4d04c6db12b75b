"""`localbuild retry`."""

import click

from localbuild.cli.call import read_call
from localbuild.cli.options.course import exit_code_option, keep_option, timeout_option
from localbuild.cli.options.run import global_options, output_options
from localbuild.cli.options.secrets import secret_options
from localbuild.cli.options.verbs import Option, Verb

_GROUP = "Options"
_EXAMPLES = """\b
Examples:
  localbuild retry
  localbuild retry 7 --phase
  localbuild retry --update-source
"""


def retry(ctx: click.Context) -> int:
    """Go on with a failed build.

    In its container: it begins with the command that failed, or with the first one of its phase
    where the buildspec has changed before it. Commands are those that the buildspec has now, files
    those of the container, variables those that the command began with; secrets are fetched again.
    It is a build of its own, whose record says from which one it went on, and it saves no cache.
    BUILD is a number, an id, `latest` (the default) or a record's folder.
    """
    from localbuild.cli.building import resume
    from localbuild.cli.entering import as_kept, find_there, in_use
    from localbuild.cli.records.held import held_container
    from localbuild.cli.records.kept import find_kept
    from localbuild.cli.retrying import Retry
    from localbuild.cli.wiring import engine_of

    call = read_call(ctx)
    build = find_kept(call.argument("build"), call.world.cwd)
    prepared, plan = Retry(call=call, build=build, begun=build.plan()).prepare()
    container = build.result.container
    with held_container(call.world.user_state_dir(), container) as held:
        with engine_of(prepared.settings) as engine:
            there = find_there(as_kept(engine), build)
        if there.is_running or not held:
            raise in_use(container)
        return resume(call, prepared, plan)


COMMAND = Verb(
    "retry",
    retry,
    params=[
        click.Argument(["build"], required=False, metavar="[BUILD]"),
        Option(
            "--phase",
            "whole_phase",
            is_flag=True,
            group=_GROUP,
            from_environ=False,
            help="Run all commands of the failed phase again.",
        ),
        Option(
            "--update-source",
            is_flag=True,
            group=_GROUP,
            from_environ=False,
            help="Copy SOURCE over the container's files first.",
        ),
        timeout_option(_GROUP),
        keep_option(_GROUP, "failure"),
        exit_code_option(_GROUP),
        *secret_options(_GROUP),
        *output_options(),
    ],
    global_options=global_options(),
    epilog=_EXAMPLES,
)
