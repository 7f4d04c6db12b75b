"""The variables and the home in a cache path. Pure.

Source: buildspec reference, cache/paths.
"""

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")


def expand_path(text: str, variables: Mapping[str, str]) -> str:
    """A cache path with `$NAME`, `${NAME}` and a leading `~/` replaced; unknown names become ''."""
    if text == "~" or text.startswith("~/"):
        text = variables.get("HOME", "/root") + text[1:]
    return _VARIABLE.sub(lambda m: variables.get(m[1] or m[2], ""), text)
