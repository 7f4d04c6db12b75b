"""One round of questions to AWS: in few requests, several at once, all of them answered."""

from collections.abc import Mapping, Sequence
from functools import partial

from localbuild.secrets.asking import ask_all
from localbuild.secrets.aws_calls import Answer, Question, Request, call, requests_for, service_of
from localbuild.secrets.aws_clients import AwsSettings, Clients
from localbuild.secrets.faults import Trouble, call_errors, silence, trouble_of


class Round:
    """Asks; a service that does not answer at all is asked nothing more.

    AWS denies a request of ten where it denies one of them, and does not always say which: those
    are asked for one by one then.
    """

    def __init__(self, clients: Clients, settings: AwsSettings) -> None:
        self._clients = clients
        self._settings = settings
        self._down: dict[str, Trouble] = {}
        self._refused: list[Question] = []

    def ask(self, questions: Sequence[Question]) -> Mapping[Question, Answer]:
        """The answer to each question."""
        found = self._ask(tuple(requests_for(questions)))
        singly: tuple[Request, ...] = tuple((question,) for question in self._refused)
        return {**found, **self._ask(singly)}

    def _ask(self, requests: Sequence[Request]) -> dict[Question, Answer]:
        settings = self._settings
        asked = [partial(self._answer, request) for request in requests]
        found: dict[Question, Answer] = {}
        for request, answers in zip(requests, ask_all(asked, settings.patience_s), strict=True):
            if answers is None:
                silent = silence(service_of(request), settings.endpoint_url, settings.patience_s)
                answers = dict.fromkeys(request, silent)
            found |= answers
        return found

    def _answer(self, request: Request) -> dict[Question, Answer]:
        service = service_of(request)
        if service in self._down:
            return dict.fromkeys(request, self._down[service])
        try:
            return call(self._clients, request)
        except call_errors() as error:
            settings = self._settings
            trouble = trouble_of(error, service, settings.profile, settings.endpoint_url)
        if trouble.general:
            self._down[service] = trouble
        elif len(request) > 1:
            self._refused += request
        return dict.fromkeys(request, trouble)
