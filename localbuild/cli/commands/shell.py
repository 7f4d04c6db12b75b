"""`localbuild shell`."""

from typing import TYPE_CHECKING

import click

from localbuild.cli.call import Call, read_call
from localbuild.cli.options.run import global_options
from localbuild.cli.options.verbs import Verb

if TYPE_CHECKING:
    from localbuild.cli.records.kept import KeptBuild

_COMMAND = "localbuild.command"
_EXAMPLES = """\b
Examples:
  localbuild shell
  localbuild shell 7
  localbuild shell -- 'npm test && git status'
  echo env | localbuild shell
"""


def shell(ctx: click.Context) -> int:
    """Open a shell in a build's container.

    It has the variables, the directory and the user of the command that failed. A container that
    was kept (--keep) is started for it and stays, as you leave it; that of a running build is
    entered while it runs. BUILD is a number, an id, `latest` (the default) or a record's folder.
    After `--` stands a command line for the build's shell, or a program with its arguments. The
    exit code is the shell's.
    """
    from localbuild.cli.entering import Entry, as_kept, find_there
    from localbuild.cli.layers import load_settings
    from localbuild.cli.records.kept import find_kept
    from localbuild.cli.wiring import engine_of

    call = read_call(ctx)
    words: tuple[str, ...] = ctx.meta.get(_COMMAND, ())
    build = find_kept(call.argument("build"), call.world.cwd)
    plan = build.plan()
    with engine_of(load_settings(call, build.source(call.world.cwd))) as engine:
        kept = as_kept(engine)
        find_there(kept, build)
        _tell(call, build, alone=not words and call.world.stdin.isatty())
        return Entry(call=call, build=build, plan=plan, engine=kept).enter(words)


def _tell(call: Call, build: "KeptBuild", *, alone: bool) -> None:
    """Where one comes to; whoever gives commands is told only what they may miss."""
    from localbuild.lines import one_line
    from localbuild.logs.style import choose_style
    from localbuild.logs.summary import command_place, first_line

    voice, at = call.voice, build.stopped_at
    if build.went_on:
        voice.note(build.went_on)
    if build.result.kept and build.result.kept.left_out:
        names = ", ".join(build.result.kept.left_out)
        voice.note(f"secrets are not kept: {names} {_verb(build.result.kept.left_out)} not set")
    if not alone:
        return
    if at is None or not build.is_over:
        voice.remark(f"build {build.called}: {build.result.status}")
    else:
        style = choose_style("never", call.world.environ, False, "utf-8")
        status = getattr(at, "exit_status", None)
        how = "did not end" if status is None else f"failed with exit status {status}"
        voice.remark(f"{one_line(at.file)}:{at.line}: {command_place(at)} {how}")
        voice.remark(f"  $ {first_line(at.command, style)}")
    voice.remark(f"container {build.result.container}; leave it with exit")
    if build.is_over and at is not None:
        voice.hint(f"localbuild retry {build.called}   # once it is mended")


def _verb(names: tuple[str, ...]) -> str:
    return "are" if len(names) > 1 else "is"


class _ShellVerb(Verb):
    """What stands after `--` is no argument of ours."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse what stands before it."""
        if "--" in args:
            at = args.index("--")
            ctx.meta[_COMMAND] = tuple(args[at + 1 :])
            args = args[:at]
        return super().parse_args(ctx, args)


COMMAND = _ShellVerb(
    "shell",
    shell,
    params=[click.Argument(["build"], required=False, metavar="[BUILD] [-- COMMAND…]")],
    global_options=global_options(),
    epilog=_EXAMPLES,
)
