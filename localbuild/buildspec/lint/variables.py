"""Rules about environment variables: unset exports, reserved names, literal values."""

import re
from collections.abc import Iterator

from localbuild.buildspec.lint.commands import commands, warning
from localbuild.buildspec.model import Buildspec, Variable
from localbuild.errors import Problem

BUILT_IN = ("AWS_", "CODEBUILD_")


def lb204_exported_but_never_set(buildspec: Buildspec) -> Iterator[Problem]:
    """A file that is sourced may set anything, so then nothing is said."""
    texts = [command.value for _, command in commands(buildspec)]
    if any(re.search(r"(^|[\s;&|(])(source|\.|eval)\s", text) for text in texts):
        return
    known = {variable.name.value for variable in _variables(buildspec)}
    for text in texts:
        known.update(re.findall(r"(?<![\w$-])(?<!\$\{)[A-Za-z_]\w*", text))
    for name in buildspec.env.exported_variables:
        if name.value not in known and not name.value.startswith(BUILT_IN):
            message = f"nothing here sets '{name.value}', which is exported"
            hint = f"set it in a command: - {name.value}=…"
            yield warning("LB204", message, name.place, hint)


def _variables(buildspec: Buildspec) -> tuple[Variable, ...]:
    env = buildspec.env
    return (*env.variables, *env.parameter_store, *env.secrets_manager)


def lb207_reserved_name(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: buildspec reference, env: names with CODEBUILD_ are reserved."""
    for variable in _variables(buildspec):
        if variable.name.value.upper().startswith("CODEBUILD_"):
            message = f"'{variable.name.value}' begins with CODEBUILD_, which is reserved"
            yield warning("LB207", message, variable.name.place)


def lb208_literal_value(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: buildspec reference, env/variables: $PATH is not expanded."""
    for variable in buildspec.env.variables:
        value = variable.value.value
        if value == "$LATEST" or not re.search(r"\$(\{?[A-Za-z_]|\()", value):
            continue
        name = variable.name.value
        message = f"the value of '{name}' is taken literally, '$' included"
        hint = f'set it in a command: - export {name}="…"'
        yield warning("LB208", message, variable.value.place, hint)
