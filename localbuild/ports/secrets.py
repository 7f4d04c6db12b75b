"""The secrets port: where the values come from that a build must not show.

Promises that every implementation keeps (tests/contracts/secrets_contract.py):

- `resolve` answers every request: with a value or with a failure, never with both, and the
  failures stand in the order of the requests. It raises nothing.
- All that can be asked for is asked for: one failure hides no other.
- It takes bounded time, whoever does not answer.
- It may be called from several threads at once.
- No message and no `repr` holds a value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from localbuild.terms import VariableType


class SecretFault(StrEnum):
    """Why a value could not be had."""

    MISSING = "missing"
    DENIED = "denied"
    UNAVAILABLE = "unavailable"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRequest:
    """A variable whose value is wanted. `type` PLAINTEXT: the user gives it, `reference` is ''."""

    variable: str
    type: VariableType
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFailure:
    """A request without a value. `message` is one line, the service's own words where it has some.

    `hints` can be pasted or followed.
    """

    request: SecretRequest
    fault: SecretFault
    message: str
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The values by variable, and what could not be had."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    failures: tuple[SecretFailure, ...] = ()


class Secrets(Protocol):
    """A source of secret values."""

    def resolve(self, requests: Sequence[SecretRequest]) -> Resolution:
        """The value or the failure of each request. Variables are named once."""


class NoSecrets:
    """Has no value at all."""

    def resolve(self, requests: Sequence[SecretRequest]) -> Resolution:
        """A failure of each request."""
        return Resolution(
            failures=tuple(
                SecretFailure(request=r, fault=SecretFault.MISSING, message=_missing(r))
                for r in requests
            )
        )


def _missing(request: SecretRequest) -> str:
    if request.type is VariableType.PARAMETER_STORE:
        return f"parameter does not exist: {request.reference}"
    if request.type is VariableType.SECRETS_MANAGER:
        return f"secret does not exist: {request.reference}"
    return "nobody has given a value for it"
