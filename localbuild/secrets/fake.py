"""Values that the user gives: `--secret`, and `--fake-secret` for one that lies with AWS."""

from collections.abc import Mapping, Sequence

from localbuild.plan.references import SecretVersion, read_reference
from localbuild.ports.secrets import (
    NoSecrets,
    Resolution,
    SecretFailure,
    SecretFault,
    SecretRequest,
    Secrets,
)
from localbuild.secrets.values import value_of
from localbuild.terms import VariableType

_NOTHING = NoSecrets()


class FakeSecrets:
    """Implements the port Secrets from what is held in memory; the rest is for `otherwise`.

    `given` is asked for the variable's name first, then for the reference as it is written, then
    for the secret's id: that value stands for the whole secret, out of which a JSON key is taken.
    """

    def __init__(self, given: Mapping[str, str], otherwise: Secrets = _NOTHING) -> None:
        self._given = given
        self._otherwise = otherwise

    def resolve(self, requests: Sequence[SecretRequest]) -> Resolution:
        """The value or the failure of each request."""
        values: dict[str, str] = {}
        failures: dict[str, SecretFailure] = {}
        others: list[SecretRequest] = []
        for request in requests:
            try:
                found = self._find(request)
            except ValueError as error:
                failures[request.variable] = _failure(request, SecretFault.WRONG, str(error))
                continue
            if found is None:
                others.append(request)
            else:
                values[request.variable] = found
        rest = self._otherwise.resolve(others)
        failures |= {failure.request.variable: failure for failure in rest.failures}
        return Resolution(
            values={**values, **rest.values},
            failures=tuple(failures[r.variable] for r in requests if r.variable in failures),
        )

    def _find(self, request: SecretRequest) -> str | None:
        """Raises ValueError for one that has no such key or that no variable can hold."""
        for name in (request.variable, request.reference):
            if name in self._given:
                return value_of(self._given[name], "")
        if request.type is VariableType.PLAINTEXT:
            return None
        reference = read_reference(request.type, request.reference)
        if not isinstance(reference.question, SecretVersion):
            return None
        whole = self._given.get(reference.question.secret_id)
        return None if whole is None else value_of(whole, reference.json_key)


def _failure(request: SecretRequest, fault: SecretFault, message: str) -> SecretFailure:
    return SecretFailure(request=request, fault=fault, message=message)
