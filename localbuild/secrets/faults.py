"""What it means that AWS gave no value: the kind of fault, what to say of it, what to do."""

from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from localbuild.aws_errors import answer_of, is_kind, is_network, is_sign_in, text_of
from localbuild.ports.secrets import SecretFault

_MISSING = ("ResourceNotFoundException", "ParameterNotFound", "ParameterVersionNotFound")
_DENIED = ("AccessDeniedException", "AccessDenied", "KMSAccessDeniedException")
_SIGN_IN_CODES = (
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
)
_AGAIN = ("ThrottlingException", "TooManyRequestsException", "Throttling")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a question has no answer. `general`: any other question would end in the same."""

    fault: SecretFault
    message: str
    hints: tuple[str, ...] = ()
    general: bool = False


def call_errors() -> tuple[type[Exception], ...]:
    """All that a call may end in; whatever else there is would be a bug of ours."""
    from botocore.exceptions import BotoCoreError, ClientError
    from urllib3.exceptions import HTTPError

    return (BotoCoreError, ClientError, HTTPError, HTTPException, OSError)


def silence(service: str, endpoint: str, seconds: float) -> Trouble:
    """Of a service that has not answered."""
    where = f" at {endpoint}" if endpoint else ""
    return Trouble(
        fault=SecretFault.UNAVAILABLE,
        message=f"{service}{where} gives no answer within {seconds:g} s",
        hints=_network_hints(endpoint),
        general=True,
    )


def trouble_of(error: Exception, service: str, profile: str, endpoint: str) -> Trouble:
    """The trouble that a call ended in. `endpoint` is one of the user's choice, or ''."""
    answer = answer_of(error)
    if answer:
        return _answered(answer, service, profile)
    text = text_of(error)
    if is_sign_in(error):
        return _sign_in(f"no AWS credentials: {text}", profile)
    if is_network(error) or is_kind(error, "ResponseParserError"):
        return Trouble(
            fault=SecretFault.UNAVAILABLE,
            message=f"{service} cannot be asked: {text}",
            hints=_network_hints(endpoint),
            general=True,
        )
    return Trouble(fault=SecretFault.WRONG, message=f"{service} cannot be asked: {text}")


def _answered(answer: dict[str, Any], service: str, profile: str) -> Trouble:
    """The service's own words, as CodeBuild passes them on: `Code: message`."""
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    code = str(answer.get("Error", {}).get("Code", ""))
    words = " ".join(str(answer.get("Error", {}).get("Message", "")).split())
    said = f"{code or status}: {words}".removesuffix(": ")
    if code in _SIGN_IN_CODES:
        return _sign_in(said, profile)
    if code in _AGAIN or status == 429 or status >= 500:
        said = f"{service} cannot be asked: {said}"
        return Trouble(fault=SecretFault.UNAVAILABLE, message=said, general=True)
    if code in _MISSING:
        return Trouble(fault=SecretFault.MISSING, message=said)
    denied = code in _DENIED or status in (401, 403)
    return Trouble(fault=SecretFault.DENIED if denied else SecretFault.WRONG, message=said)


def _sign_in(said: str, profile: str) -> Trouble:
    option = f" --profile {profile}" if profile else ""
    hints = (
        f"aws sts get-caller-identity{option}",
        f"aws sso login{option}" if profile else "localbuild run --profile NAME",
    )
    return Trouble(fault=SecretFault.DENIED, message=said, hints=hints, general=True)


def _network_hints(endpoint: str) -> tuple[str, ...]:
    return (f"is {endpoint} the right --endpoint-url?",) if endpoint else ()
