"""`localbuild version`."""

import platform
from importlib import metadata

import click

from localbuild import __version__
from localbuild.cli.call import read_call
from localbuild.cli.options.run import global_options
from localbuild.cli.options.verbs import Verb
from localbuild.errors import ExitCode

_LIBRARIES = ("boto3", "click", "docker", "pyyaml", "structlog")


def version(ctx: click.Context) -> int:
    """Print the version.

    With --json those of Python and the libraries, too.
    """
    call = read_call(ctx)
    if call.flag("json"):
        call.voice.document(versions())
    else:
        call.voice.data(f"localbuild {__version__}")
    return ExitCode.SUCCEEDED


def versions() -> dict[str, object]:
    """What a report of a problem should say."""
    return {
        "localbuild": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": {name: _library(name) for name in _LIBRARIES},
    }


def _library(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


COMMAND = Verb("version", version, global_options=global_options())
