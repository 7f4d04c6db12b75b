"""The rule about secrets that stand in the file as plain text."""

import re
from collections.abc import Iterator

from localbuild.buildspec.lint.commands import warning
from localbuild.buildspec.model import Buildspec
from localbuild.errors import Problem

NAME = (
    r"(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|SECRET_?(ACCESS_?)?KEY)$"
)
VALUE = (
    r"^(AKIA|ASIA)[0-9A-Z]{16}$"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|^gh[pousr]_[A-Za-z0-9]{20,}$|^github_pat_\w{20,}$|^glpat-[\w-]{20,}$"
    r"|^xox[abprs]-[\w-]{10,}$"
    r"|^[a-z+]+://[^/\s:@]+:[^/\s:@$]+@"
)
HARMLESS = r"^(\$.*|arn:.*|https?://.*|/.*|true|false|yes|no|none|null|\*+|<.*>|[0-9]{1,7})$"


def lb501_plain_secret(buildspec: Buildspec) -> Iterator[Problem]:
    """A value that is a key by its form, or whose variable's name says that it is a secret."""
    for variable in buildspec.env.variables:
        name, value = variable.name.value, variable.value.value
        named = re.search(NAME, name, re.IGNORECASE) and len(value) >= 6
        if re.search(VALUE, value) or (named and not re.match(HARMLESS, value, re.IGNORECASE)):
            yield warning(
                "LB501",
                f"the value of '{name}' looks like a secret in plain text",
                variable.value.place,
                f"keep it in Secrets Manager: env: / secrets-manager: / {name}: my-secret:key",
            )
