"""Values from Parameter Store and Secrets Manager, through boto3's own chain of credentials."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from cachetools import TTLCache

from localbuild.plan.references import Reference, read_reference, region_of
from localbuild.ports.secrets import Resolution, SecretFailure, SecretFault, SecretRequest
from localbuild.secrets.asking import ask_all
from localbuild.secrets.aws_calls import Answer, Question
from localbuild.secrets.aws_clients import AwsSettings, Clients, prepare_clients
from localbuild.secrets.aws_round import Round
from localbuild.secrets.faults import Trouble, call_errors, silence, trouble_of
from localbuild.secrets.values import value_of
from localbuild.terms import VariableType

KEPT = 1_000
KEPT_S = 300.0


@lru_cache(maxsize=8)
def open_aws(settings: AwsSettings) -> "AwsSecrets":
    """The one of this process: builds with the same settings share answers. Asks nobody."""
    return AwsSecrets(settings)


class AwsSecrets:
    """Implements the port Secrets. Values are kept for five minutes, faults are not.

    One build asks at a time, so that others find its answers instead of asking for them again.
    """

    def __init__(self, settings: AwsSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._kept: TTLCache[Question, str] = TTLCache(maxsize=KEPT, ttl=KEPT_S)
        self._clients: Clients | None = None

    def resolve(self, requests: Sequence[SecretRequest]) -> Resolution:
        """The value or the failure of each request."""
        wanted = {request: _read(request) for request in requests}
        with self._lock:
            answers = self._answers(_questions(wanted.values()))
        values: dict[str, str] = {}
        failures: list[SecretFailure] = []
        for request, reference in wanted.items():
            found = _found(reference, answers)
            if isinstance(found, Trouble):
                failures.append(self._failure(request, found))
            else:
                values[request.variable] = found
        return Resolution(values=values, failures=tuple(failures))

    def _answers(self, questions: Sequence[Question]) -> Mapping[Question, Answer]:
        known = {q: value for q in questions if (value := self._kept.get(q)) is not None}
        fresh = self._ask([q for q in questions if q not in known])
        for question, answer in fresh.items():
            if not isinstance(answer, Trouble):
                self._kept[question] = answer
        if any(isinstance(answer, Trouble) and answer.general for answer in fresh.values()):
            self._clients = None  # another build may have other credentials
        return {**known, **fresh}

    def _ask(self, questions: Sequence[Question]) -> Mapping[Question, Answer]:
        if not questions:
            return {}
        clients = self._open()
        if isinstance(clients, Trouble):
            return dict.fromkeys(questions, clients)
        return Round(clients, self._settings).ask(questions)

    def _open(self) -> Clients | Trouble:
        """The clients; to load the library takes a fifth of a second, credentials may take more."""
        if self._clients is not None:
            return self._clients
        settings = self._settings
        try:
            make, patience_s = prepare_clients(settings)
            [clients] = ask_all([make], patience_s)
        except call_errors() as error:
            return trouble_of(error, "AWS", settings.profile, settings.endpoint_url)
        except ValueError as error:  # boto3's own word for an address that is none
            return Trouble(fault=SecretFault.WRONG, message=f"AWS cannot be asked: {error}")
        if clients is None:
            return silence("what AWS's credentials come from", "", patience_s)
        self._clients = clients
        return clients

    def _failure(self, request: SecretRequest, trouble: Trouble) -> SecretFailure:
        hints = trouble.hints
        there = region_of(request.reference)
        if there and there != self._settings.region and trouble.fault is SecretFault.MISSING:
            hints = (*hints, f"localbuild run --region {there}")
        return SecretFailure(
            request=request, fault=trouble.fault, message=trouble.message, hints=hints
        )


def _read(request: SecretRequest) -> Reference | Trouble:
    if request.type is VariableType.PLAINTEXT:
        return Trouble(fault=SecretFault.MISSING, message="nobody has given a value for it")
    try:
        return read_reference(request.type, request.reference)
    except ValueError as error:
        return Trouble(fault=SecretFault.WRONG, message=str(error))


def _questions(wanted: Iterable[Reference | Trouble]) -> tuple[Question, ...]:
    """Each once, however many keys of its answer are wanted."""
    return tuple(dict.fromkeys(r.question for r in wanted if isinstance(r, Reference)))


def _found(reference: Reference | Trouble, answers: Mapping[Question, Answer]) -> Answer:
    if isinstance(reference, Trouble):
        return reference
    answer = answers[reference.question]
    if isinstance(answer, Trouble):
        return answer
    try:
        return value_of(answer, reference.json_key)
    except ValueError as error:
        return Trouble(fault=SecretFault.WRONG, message=str(error))
