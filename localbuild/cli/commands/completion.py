"""`localbuild completion`."""

import click

from localbuild.cli.call import read_call
from localbuild.cli.main import COMPLETION
from localbuild.cli.options.run import global_options
from localbuild.cli.options.verbs import Verb
from localbuild.errors import ExitCode

SHELLS = ("bash", "zsh", "fish", "powershell")

_EPILOG = """\b
Examples:
  localbuild completion bash > ~/.local/share/bash-completion/completions/localbuild
  localbuild completion zsh > "${fpath[1]}/_localbuild"
  localbuild completion fish > ~/.config/fish/completions/localbuild.fish
"""


def completion(ctx: click.Context) -> int:
    """Print a shell's completion script."""
    from click.shell_completion import get_completion_class

    call = read_call(ctx)
    kind = get_completion_class(call.argument("shell"))
    if kind is None:
        raise click.UsageError(f"there is no completion for {call.argument('shell')}", ctx=ctx)
    call.voice.data(kind(ctx.find_root().command, {}, "localbuild", COMPLETION).source())
    return ExitCode.SUCCEEDED


COMMAND = Verb(
    "completion",
    completion,
    params=[click.Argument(["shell"], type=click.Choice(SHELLS), metavar="SHELL")],
    global_options=global_options(),
    epilog=_EPILOG,
)
