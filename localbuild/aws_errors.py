"""What botocore's errors mean, by their classes' names: nobody loads it to ask. Pure."""

from typing import Any

_SIGN_IN = frozenset(
    (
        "CredentialRetrievalError",
        "LoginRefreshTokenExpired",
        "NoCredentialsError",
        "PartialCredentialsError",
        "ProfileNotFound",
        "SSOError",
        "SSOTokenLoadError",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
    )
)
_NETWORK = frozenset(
    (
        "ConnectionError",
        "HTTPClientError",
        "HTTPException",
        "IncompleteReadError",
        "ResponseStreamingError",
    )
)


def answer_of(error: Exception) -> dict[str, Any]:
    """An error's answer; {} where there was none: `response` may be None, too."""
    return getattr(error, "response", None) or {}


def text_of(error: Exception) -> str:
    """What it says, on one line; its class's name where it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__


def is_kind(error: Exception, name: str) -> bool:
    """Whether its class, or one above, has that name."""
    return name in _kinds(error)


def is_sign_in(error: Exception) -> bool:
    """Whether there are no credentials, or none that hold."""
    return bool(_kinds(error) & _SIGN_IN)


def is_network(error: Exception) -> bool:
    """Whether an answer did not come, or not to its end."""
    return bool(_kinds(error) & _NETWORK) or isinstance(error, OSError)


def _kinds(error: Exception) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}
