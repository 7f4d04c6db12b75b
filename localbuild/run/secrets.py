"""The values that a build fetches before anything of it runs, or the end of it, every fault told.

They are fetched before an engine is asked for anything: nobody waits for an image to hear that a
parameter is missing. Source: reference of CodeBuild's behaviour, 1.4 and 2.3.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from localbuild.errors import SecretsError, StatusCode
from localbuild.plan.environment import BuildIdentity, compose_environment
from localbuild.plan.model import BuildPlan, Notice, PlannedSecret, PlannedVariable
from localbuild.plan.references import expand_reference
from localbuild.ports.secrets import (
    Resolution,
    SecretFailure,
    SecretFault,
    SecretRequest,
)
from localbuild.run.download import begin_refusal
from localbuild.run.outcome import StoppedError
from localbuild.run.reporter import Reporter
from localbuild.run.services import Services
from localbuild.run.waiting import wait_for
from localbuild.terms import VariableType

CODE = "LB604"
_STATUS_CODES = {
    VariableType.PARAMETER_STORE: StatusCode.DECRYPTED_VARIABLES_ERROR,
    VariableType.SECRETS_MANAGER: StatusCode.SECRETS_MANAGER_ERROR,
    VariableType.PLAINTEXT: StatusCode.CLIENT_ERROR,
}
"""In this order: of two that failed, the first is the phase's."""


def fetch_secrets(
    plan: BuildPlan,
    identity: BuildIdentity,
    services: Services,
    reporter: Reporter,
    check: Callable[[], None],
) -> tuple[PlannedVariable, ...]:
    """The plan's secrets with their values, which are masked from now on.

    Raises SecretsError where one cannot be had, after a warning for each; StoppedError where
    `check` does meanwhile. Both end the build in DOWNLOAD_SOURCE.
    """
    if not plan.secrets:
        return ()
    began = reporter.clock.monotonic()
    try:
        found = wait_for(partial(_resolve, plan, identity, services), check)
    except StoppedError:
        begin_refusal(plan, reporter)
        raise
    short = [name for name, value in found.values.items() if not services.mask.add(value)]
    reporter.measured("secrets", reporter.clock.monotonic() - began)
    if short:
        reporter.warn(f"too short to be masked in what is written: {', '.join(short)}")
    if found.failures:
        begin_refusal(plan, reporter)
        raise _refusal(plan.secrets, found.failures, reporter)
    return tuple(
        PlannedVariable(name=s.name, value=found.values[s.name], origin=s.origin)
        for s in plan.secrets
    )


def with_values(plan: BuildPlan, values: tuple[PlannedVariable, ...]) -> BuildPlan:
    """The plan of the container's environment; no other part of a build gets to see it."""
    return replace(plan, variables=plan.variables + values)


def _resolve(plan: BuildPlan, identity: BuildIdentity, services: Services) -> Resolution:
    known = {v.name: v.value for v in compose_environment(plan, identity, ())}
    requests: list[SecretRequest] = []
    failures: dict[str, SecretFailure] = {}
    for secret in plan.secrets:
        asked = SecretRequest(variable=secret.name, type=secret.type, reference=secret.reference)
        try:
            requests.append(replace(asked, reference=expand_reference(asked.reference, known)))
        except ValueError as error:
            failures[secret.name] = SecretFailure(
                request=asked, fault=SecretFault.WRONG, message=str(error)
            )
    found = services.secrets.resolve(requests)
    failures |= {failure.request.variable: failure for failure in found.failures}
    ordered = tuple(failures[s.name] for s in plan.secrets if s.name in failures)
    return Resolution(values=found.values, failures=ordered)


def _refusal(
    secrets: Iterable[PlannedSecret], failures: Sequence[SecretFailure], reporter: Reporter
) -> SecretsError:
    """What to end the build with; every failure is told with its place."""
    places = {secret.name: secret for secret in secrets}
    for failure in failures:
        place = places[failure.request.variable]
        message = f"{place.name}: {failure.message}"
        reporter.notice(Notice(code=CODE, message=message, line=place.line), place.file)
    type = min((f.request.type for f in failures), key=list(_STATUS_CODES).index)
    messages = dict.fromkeys(f.message for f in failures if f.request.type is type)
    return SecretsError(
        "; ".join(messages), status_code=_STATUS_CODES[type], hints=_hints(failures)
    )


def _hints(failures: Sequence[SecretFailure]) -> tuple[str, ...]:
    """What the source of the values advises, then the options that stand in for them all."""
    advice = dict.fromkeys(hint for failure in failures for hint in failure.hints)
    options = " ".join(f"--fake-secret {f.request.variable}=VALUE" for f in failures)
    return (*advice, f"localbuild run {options}")
