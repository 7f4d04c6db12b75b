"""Click, as this program uses it: options in groups with a variable each, verbs, lazy verbs."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import click

from localbuild.cli.options.later import COMMANDS, OPTIONS, later
from localbuild.cli.process.world import World

PREFIX = "LOCALBUILD_"
SETTINGS: dict[str, object] = {"max_content_width": 100}
GLOBAL_GROUP = "Global options (before or after the command)"


class Option(click.Option):
    """An option in a group of the help; its environment variable is read from the World."""

    def __init__(
        self, *names: str, group: str = "Options", from_environ: bool = True, **attributes: Any
    ) -> None:
        super().__init__(names, **attributes)
        self.group = group
        if from_environ and not self.hidden and self.envvar is None:
            self.envvar = PREFIX + str(self.name).upper()

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """The variable's value; an empty one counts as unset."""
        world = ctx.find_object(World)
        if world is None or not isinstance(self.envvar, str):
            return None
        return world.environ.get(self.envvar) or None

    def value_from_envvar(self, ctx: click.Context) -> Any:
        """Several values stand on lines of their own, so that a value may hold blanks."""
        text = self.resolve_envvar_value(ctx)
        if self.multiple and text is not None:
            return tuple(line for line in text.splitlines() if line.strip())
        return super().value_from_envvar(ctx)


Body = Callable[[click.Context], int]


class Verb(click.Command):
    """A command whose body gets the context and returns the exit code."""

    def __init__(
        self,
        name: str,
        body: Body,
        *,
        params: Sequence[click.Parameter] = (),
        global_options: Sequence[click.Parameter] = (),
        epilog: str = "",
    ) -> None:
        super().__init__(
            name,
            params=[*params, *global_options],
            help=body.__doc__,
            epilog=epilog or None,
            context_settings=SETTINGS,
            add_help_option=False,
        )
        self.body = body

    def invoke(self, ctx: click.Context) -> int:
        """Run the body."""
        return self.body(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; a wrong option is answered with visible options only."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if error.option_name in OPTIONS:
                raise click.UsageError(later(error.option_name), ctx) from None
            raise _visible_only(self, error, ctx) from None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, a section a group."""
        write_groups(self.get_params(ctx), ctx, formatter)


def _visible_only(
    command: click.Command, error: click.NoSuchOption, ctx: click.Context
) -> click.NoSuchOption:
    names = [n for p in command.params if not getattr(p, "hidden", False) for n in p.opts]
    return click.NoSuchOption(error.option_name, possibilities=names, ctx=ctx)


def write_groups(
    params: Sequence[click.Parameter], ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    """Write options as sections in the order in which their groups first appear."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for param in params:
        record = None if isinstance(param, click.Argument) else param.get_help_record(ctx)
        if record:
            groups.setdefault(getattr(param, "group", GLOBAL_GROUP), []).append(record)
    for group, rows in groups.items():
        with formatter.section(group):
            formatter.write_dl(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lazy:
    """A verb that is imported when it is called: `place` is `module:attribute`."""

    place: str
    help: str
    alias_of: str = ""


class LazyGroup(click.Group):
    """The program: its help is a static table, so that asking for help imports no command."""

    def __init__(self, name: str, table: Mapping[str, Lazy], **attributes: Any) -> None:
        super().__init__(name, **attributes)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The verbs in the table's order, without aliases."""
        return [name for name, lazy in self.table.items() if not lazy.alias_of]

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        """Import a verb."""
        lazy = self.table.get(cmd_name)
        if lazy is None:
            return None
        module, _, attribute = lazy.place.partition(":")
        return cast(click.Command, getattr(importlib.import_module(module), attribute))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a verb; click's own guess knows only commands that are imported already."""
        name = args[0]
        if name in COMMANDS and not ctx.resilient_parsing:
            raise click.UsageError(later(name), ctx)
        if name not in self.table and not name.startswith("-") and not ctx.resilient_parsing:
            raise click.NoSuchCommand(name, possibilities=self.table, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs, then the options."""
        with formatter.section("Commands"):
            formatter.write_dl([(n, self.table[n].help) for n in self.list_commands(ctx)])
        write_groups(self.get_params(ctx), ctx, formatter)
