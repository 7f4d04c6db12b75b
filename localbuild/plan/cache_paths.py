"""The variables and the home in a cache path. Pure.

Source: buildspec reference, cache/paths.
"""

from collections.abc import Mapping

from localbuild.plan.expansion import expand_variables


def expand_path(text: str, variables: Mapping[str, str]) -> str:
    """A cache path with `$NAME`, `${NAME}` and a leading `~/` replaced; unknown names become ''."""
    if text == "~" or text.startswith("~/"):
        text = variables.get("HOME", "/root") + text[1:]
    return expand_variables(text, variables)
