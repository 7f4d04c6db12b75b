"""Environment variables that are meant for localbuild and are none of its own."""

import difflib
from collections.abc import Iterator, Mapping

from localbuild.cli.options.verbs import PREFIX
from localbuild.cli.settings import PARSERS

_ELSEWHERE = (
    *("config", "debug", "directory", "dry_run", "json", "quiet", "verbose"),
    *("lint_ignore", "fail_level", "follow", "format", "number", "phase", "status"),
)
"""Options that are no settings of a build."""

VARIABLES = frozenset(PREFIX + name.upper() for name in (*PARSERS, *_ELSEWHERE))
"""Every variable that an option has."""

_ALIKE = 0.8


def mistyped_variables(environ: Mapping[str, str]) -> Iterator[str]:
    """A line for each that is nearly one of ours; any other is somebody else's."""
    known = [name.removeprefix(PREFIX) for name in VARIABLES]
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in VARIABLES:
            word = name.removeprefix(PREFIX)
            for close in difflib.get_close_matches(word, known, n=1, cutoff=_ALIKE):
                yield f"{name} is no variable of localbuild; did you mean {PREFIX}{close}?"
