"""Dynamic references of templates: `{{resolve:ssm:NAME}}`, as a variable of CodeBuild names them.

Source: CloudFormation User Guide, dynamic references; API reference, EnvironmentVariable.
"""

import re

from localbuild.project.values import Reference
from localbuild.terms import VariableType

_WHOLE = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]+)\}\}")
PART = re.compile(r"\{\{resolve:[^{}]*\}\}")
_ARN_FIELDS = 7
_SECRET_STRING = "SecretString"


def whole_reference(text: str) -> Reference | None:
    """What a text that is nothing but a dynamic reference refers to; else None."""
    found = _WHOLE.fullmatch(text.strip())
    if found is None:
        return None
    if found[1] == "secretsmanager":
        return Reference(type=VariableType.SECRETS_MANAGER, name=_secret(found[2]))
    return Reference(type=VariableType.PARAMETER_STORE, name=found[2])


def _secret(written: str) -> str:
    """`id:SecretString:key:stage:version` is `id:key:stage:version`; an id may be an ARN."""
    fields = written.split(":")
    own = _ARN_FIELDS if fields[0] == "arn" else 1
    rest = fields[own:]
    if rest[:1] in ([_SECRET_STRING], [""]):
        rest = rest[1:]
    return ":".join((*fields[:own], *rest)).rstrip(":")
