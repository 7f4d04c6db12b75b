"""The options of a build's cache."""

import click

from localbuild.cli.options.verbs import Option

_CACHE = "Cache"


def cache_options() -> list[click.Parameter]:
    """What decides about the cache of a build."""
    return [
        Option(
            "--cache",
            metavar="DIR|s3://BUCKET/PREFIX|off",
            multiple=True,
            group=_CACHE,
            help="Where caches are kept (default: the user's cache directory); of several places "
            "the first is asked first.",
        ),
        Option(
            "--cache-mode",
            type=click.Choice(["rw", "ro", "wo"]),
            group=_CACHE,
            help="Restore and save, only restore, only save (default: rw; ro for a pull request "
            "from a fork).",
        ),
        Option(
            "--cache-namespace",
            metavar="NAME",
            group=_CACHE,
            help="Share caches with all projects of that namespace.",
        ),
        Option(
            "--cache-save",
            type=click.Choice(["success", "install", "always"]),
            group=_CACHE,
            help="Save when every phase succeeded (default), when INSTALL did, or always.",
        ),
        Option(
            "--cache-layers",
            type=click.Choice(["background", "wait", "off"]),
            group=_CACHE,
            help="When image layers of a cache are made: after the build by a process of their "
            "own (default), before localbuild ends, never (default where CI is set).",
        ),
        Option("--fail-on-cache-miss", is_flag=True, group=_CACHE, help="A miss fails the build."),
        Option(
            "--cache-required",
            is_flag=True,
            group=_CACHE,
            help="A cache that cannot be read or written fails the build.",
        ),
    ]
