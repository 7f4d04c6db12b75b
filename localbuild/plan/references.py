"""References to values in AWS, taken apart: names of parameters, and secrets with their fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from localbuild.plan.expansion import REFERENCE
from localbuild.terms import VariableType

_ARN_FIELDS = 7
_SUFFIX = ("json-key", "version-stage", "version-id")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretVersion:
    """One version of one secret; '' for both stage and id is AWSCURRENT."""

    secret_id: str
    stage: str = ""
    version_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter by its name or ARN, with a selector (`:3`, `:label`) where there is one."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A value: what to ask for, and the key in the answer, '' for the whole of it."""

    question: Parameter | SecretVersion
    json_key: str = ""


def read_reference(type: VariableType, text: str) -> Reference:
    """A reference of that type, taken apart. Raises ValueError, which quotes it.

    A secret is `secret-id[:json-key[:version-stage[:version-id]]]`; positions may be empty. Its id
    may be a full ARN, whose own colons count for it: 7 fields. Stage and id are both passed on:
    the service judges whether they fit.
    Source: buildspec reference, env/parameter-store and env/secrets-manager.
    """
    if type is VariableType.SECRETS_MANAGER:
        return _read_secret(text)
    if not text.strip():
        raise ValueError(f"'{text}' names no parameter")
    return Reference(question=Parameter(name=text))


def _read_secret(text: str) -> Reference:
    fields = text.split(":")
    own = _ARN_FIELDS if fields[0] == "arn" else 1
    if len(fields) < own or not fields[own - 1].strip():
        raise ValueError(f"'{text}' names no secret")
    suffix = fields[own:]
    if len(suffix) > len(_SUFFIX):
        raise ValueError(f"'{text}' has more fields than secret-id:{':'.join(_SUFFIX)}")
    json_key, stage, version_id = (*suffix, "", "", "")[: len(_SUFFIX)]
    version = SecretVersion(secret_id=":".join(fields[:own]), stage=stage, version_id=version_id)
    return Reference(question=version, json_key=json_key)


def region_of(text: str) -> str:
    """The region that an ARN names, '' for a name."""
    fields = text.split(":")
    return fields[3] if fields[0] == "arn" and len(fields) > 3 else ""


def expand_reference(text: str, variables: Mapping[str, str]) -> str:
    """A reference with `$NAME` and `${NAME}` replaced by the values of plain variables.

    No name in either service can hold a `$`, so nothing that works is changed. Raises ValueError
    that names a variable that is not set.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in variables:
            raise ValueError(f"'{text}': ${name} is not set")
        return variables[name]

    return REFERENCE.sub(value, text)
