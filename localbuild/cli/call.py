"""A call of a verb: what was given on the command line and by the environment, and the voice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import click
from click.core import ParameterSource

from localbuild.cli.process.paths import is_dir, real_path
from localbuild.cli.process.voice import Voice
from localbuild.cli.process.world import World
from localbuild.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value as it was given, and by what: `--image`, `LOCALBUILD_IMAGE`, `localbuild.toml:3`."""

    value: object = field(repr=False)
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a verb's body works with. `arguments` holds what is no option.

    `world.cwd` is where to work, after `-C`; `shell_cwd` where the user's shell stands.
    """

    world: World
    shell_cwd: Path
    voice: Voice
    given: Mapping[str, Given]
    environ_given: Mapping[str, Given]
    arguments: Mapping[str, object]

    def value(self, name: str) -> object:
        """An option's value, None where it was not given."""
        found = self.given.get(name) or self.environ_given.get(name)
        return found.value if found else None

    def flag(self, name: str) -> bool:
        """Whether a flag is on."""
        return bool(self.value(name))

    def text(self, name: str) -> str:
        """An option's text, empty where it was not given."""
        value = self.value(name)
        return "" if value is None else str(value)

    def argument(self, name: str) -> str:
        """An argument's text, empty where it was not given."""
        value = self.arguments.get(name)
        return "" if value is None else str(value)

    def words(self, name: str) -> tuple[str, ...]:
        """A repeated argument's texts."""
        value = self.arguments.get(name)
        return tuple(str(word) for word in value) if isinstance(value, tuple) else ()


def read_call(ctx: click.Context) -> Call:
    """The call that click has parsed. Raises UsageError for a `-C` that is no directory."""
    world = ctx.find_object(World)
    if world is None:
        raise RuntimeError("the root context carries the World")
    given: dict[str, Given] = {}
    environ_given: dict[str, Given] = {}
    for param, value, source in _values(ctx):
        name = str(param.name)
        if source is ParameterSource.COMMANDLINE:
            origin = max(param.opts, key=len)
            given[name] = Given(value=_added(param, given.get(name), value), origin=origin)
        elif source is ParameterSource.ENVIRONMENT:
            environ_given[name] = Given(value=value, origin=str(param.envvar))
    call = Call(
        world=world,
        shell_cwd=world.cwd,
        voice=Voice(stdout=world.stdout, stderr=world.stderr, mask=world.mask),
        given=given,
        environ_given=environ_given,
        arguments={str(p.name): ctx.params[str(p.name)] for p in _arguments(ctx)},
    )
    return _placed(_voiced(call))


def _values(ctx: click.Context) -> Iterator[tuple[click.Option, object, ParameterSource]]:
    """Every option's value from the outermost context inwards."""
    if ctx.parent is not None:
        yield from _values(ctx.parent)
    for param in ctx.command.params:
        name = str(param.name)
        source = ctx.get_parameter_source(name)
        if isinstance(param, click.Option) and source is not None and name in ctx.params:
            yield param, ctx.params[name], source


def _added(param: click.Option, before: Given | None, value: object) -> object:
    """`-v` before the command and `-v` after it are two."""
    if param.count and before and isinstance(before.value, int) and isinstance(value, int):
        return before.value + value
    return value


def _arguments(ctx: click.Context) -> list[click.Parameter]:
    return [param for param in ctx.command.params if isinstance(param, click.Argument)]


def _voiced(call: Call) -> Call:
    from localbuild.logs.style import choose_style

    verbose = call.value("verbose")
    err = call.world.stderr
    color = call.text("color") or "auto"
    style = choose_style(color, call.world.environ, err.isatty(), err.encoding or "utf-8")
    voice = replace(
        call.voice,
        coloured=style.color,
        quiet=call.flag("quiet"),
        verbose=verbose if isinstance(verbose, int) else 0,
    )
    return replace(call, voice=voice)


def _placed(call: Call) -> Call:
    asked = call.text("directory")
    if not asked:
        return call
    directory = real_path(call.world.cwd / asked)
    if not is_dir(directory):
        raise UsageError(f"-C {asked}: no such directory")
    return replace(call, world=replace(call.world, cwd=directory))
