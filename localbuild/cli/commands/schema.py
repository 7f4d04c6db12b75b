"""`localbuild schema`."""

import difflib
from importlib import resources
from pathlib import Path

import click

from localbuild.cli.call import Call, read_call
from localbuild.cli.options.run import global_options
from localbuild.cli.options.verbs import Verb
from localbuild.errors import ExitCode, UsageError

_SUFFIX = ".schema.json"


def schema(ctx: click.Context) -> int:
    """Print a JSON schema.

    NAME is what the schema describes; without it, the names are listed.
    """
    call = read_call(ctx)
    found = _schemas()
    name = call.argument("name")
    if not name:
        _list(sorted(found), call)
        return ExitCode.SUCCEEDED
    if name not in found:
        close = difflib.get_close_matches(name, found, n=1)
        raise UsageError(
            f"there is no schema '{name}'" + (f"; did you mean '{close[0]}'?" if close else ""),
            hints=(f"localbuild schema {' | '.join(sorted(found))}",),
        )
    call.voice.data(found[name].read_text(encoding="utf-8"))
    return ExitCode.SUCCEEDED


def _list(names: list[str], call: Call) -> None:
    if call.flag("json"):
        call.voice.document(names)
    else:
        call.voice.data("\n".join(names))


def _schemas() -> dict[str, Path]:
    """The schemas by name: beside the package, or in it where it is installed."""
    package = Path(str(resources.files("localbuild")))
    for folder in (package / "schemas", package.parent / "schemas"):
        found = {p.name.removesuffix(_SUFFIX): p for p in folder.glob(f"*{_SUFFIX}")}
        if found:
            return found
    return {}


COMMAND = Verb(
    "schema",
    schema,
    params=[click.Argument(["name"], required=False, metavar="[NAME]")],
    global_options=global_options(),
)
