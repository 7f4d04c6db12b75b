"""The questions to AWS: parameters ten at a time, and one version of a secret at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from localbuild.plan.references import Parameter, SecretVersion
from localbuild.ports.secrets import SecretFault
from localbuild.secrets.aws_clients import Clients
from localbuild.secrets.faults import Trouble

AT_MOST = 10
"""Names in a request. Source: API reference, GetParameters."""

Question = Parameter | SecretVersion
Answer = str | Trouble
Request = tuple[Question, ...]
"""Questions that are asked at once: parameters, or one version of a secret."""


def requests_for(questions: Iterable[Question]) -> Iterator[Request]:
    """The questions in as few requests as there can be."""
    parameters: list[Question] = []
    for question in questions:
        if isinstance(question, Parameter):
            parameters.append(question)
        else:
            yield (question,)
    for start in range(0, len(parameters), AT_MOST):
        yield tuple(parameters[start : start + AT_MOST])


def service_of(request: Request) -> str:
    """What people call the service that answers it."""
    return "Parameter Store" if isinstance(request[0], Parameter) else "Secrets Manager"


def call(clients: Clients, request: Request) -> dict[Question, Answer]:
    """The answer to each question. Raises what boto3 does."""
    answers: dict[Question, Answer] = {}
    parameters = [q for q in request if isinstance(q, Parameter)]
    if parameters:
        answers |= _get_parameters(clients.ssm, parameters)
    for question in request:
        if isinstance(question, SecretVersion):
            answers[question] = _get_secret(clients.secretsmanager, question)
    return answers


def _get_parameters(ssm: Any, parameters: Sequence[Parameter]) -> dict[Question, Answer]:
    names = [parameter.name for parameter in parameters]
    found = ssm.get_parameters(Names=names, WithDecryption=True).get("Parameters", ())
    return {parameter: _value(parameter.name, found) for parameter in parameters}


def _get_secret(secretsmanager: Any, version: SecretVersion) -> Answer:
    wanted = {"SecretId": version.secret_id}
    if version.stage:
        wanted["VersionStage"] = version.stage
    if version.version_id:
        wanted["VersionId"] = version.version_id
    answer = secretsmanager.get_secret_value(**wanted)
    if "SecretString" not in answer:
        return Trouble(
            fault=SecretFault.WRONG, message="the secret is binary, and a variable holds text"
        )
    return str(answer["SecretString"])


def _value(name: str, found: Iterable[Mapping[str, Any]]) -> Answer:
    """Among the answers, which come in any order and call a parameter by its name or ARN."""
    for parameter in found:
        if name in _names(parameter):
            return str(parameter["Value"])
    return Trouble(fault=SecretFault.MISSING, message=f"parameter does not exist: {name}")


def _names(parameter: Mapping[str, Any]) -> set[str]:
    """All that a parameter may have been asked for by; a selector is `:3` or `:label`."""
    plain = {str(parameter[key]) for key in ("Name", "ARN") if parameter.get(key)}
    selectors = {str(parameter.get("Selector") or ""), f":{parameter.get('Version')}"}
    return {name + selector for name in plain for selector in selectors}
