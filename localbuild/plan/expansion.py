"""Variables in texts of a buildspec that name files: artifacts and reports. Pure.

Source: User Guide, multiple input sources: `base-directory: $CODEBUILD_SRC_DIR_source1`.
"""

import re
from collections.abc import Iterable, Mapping

REFERENCE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")
"""`$NAME` or `${NAME}`: the name is one of the two groups."""


def variable_names(texts: Iterable[str]) -> tuple[str, ...]:
    """The names of the variables in some texts, each once."""
    found = (match[1] or match[2] for text in texts for match in REFERENCE.finditer(text))
    return tuple(dict.fromkeys(found))


def expand_variables(text: str, values: Mapping[str, str]) -> str:
    """A text with `$NAME` and `${NAME}` replaced; a name that nothing has set becomes ''."""
    return REFERENCE.sub(lambda match: values.get(match[1] or match[2], ""), text)
