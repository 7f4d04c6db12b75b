"""Implements the port Credentials: the user's own as variables, or from an endpoint of ours.

The endpoint speaks the protocol of container credentials, which every SDK of AWS knows. They take
a full URI on loopback only, so it is served in the container's own network. Source: SDKs and Tools
Reference Guide, "Container credential provider".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Protocol

from localbuild.errors import SecretsError, StatusCode, UsageError
from localbuild.ports.engine import Container
from localbuild.ports.loopback import Loopback, Served
from localbuild.ports.mask import Mask
from localbuild.secrets.answers import PATH, answer_request, credentials_answer, failure
from localbuild.secrets.aws_clients import AwsSettings
from localbuild.secrets.chain import Keys
from localbuild.secrets.faults import Trouble, call_errors, trouble_of

_NO_WAY = (
    "--aws-credentials endpoint: there is no way into the container's network from here, and its "
    "image has no python3 to listen there"
)
_HINTS = ("localbuild run --aws-credentials env",)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class KeySource(Protocol):
    """What `Chain` is."""

    @property
    def settings(self) -> AwsSettings:
        """The way to AWS."""

    def keys(self) -> Keys:
        """The keys as they are now."""

    def identity(self, keys: Keys) -> str:
        """Whose they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Giver:
    """Where keys come from; `mask` learns them first; `tell` is told whose they are, if anybody."""

    chain: KeySource
    mask: Mask
    tell: Callable[[str], None] | None = None

    def keys(self) -> Keys:
        """The keys as they are now, masked. Raises what `Chain.keys` does."""
        keys = self.chain.keys()
        for value in (keys.access_key_id, keys.secret_access_key, keys.token):
            self.mask.add(value)
        return keys

    def first_keys(self, way: str) -> Keys:
        """The same at a build's begin. Raises SecretsError."""
        try:
            keys = self.keys()
        except call_errors() as error:
            trouble = self.trouble(error)
            raise SecretsError(
                f"--aws-credentials {way}: {trouble.message}",
                status_code=StatusCode.CLIENT_ERROR,
                hints=trouble.hints,
            ) from error
        if self.tell is not None:
            self.tell(f"aws-credentials {way}: {self._whose(keys)}")
        return keys

    def trouble(self, error: Exception) -> Trouble:
        """What it means that there are no keys."""
        settings = self.chain.settings
        return trouble_of(error, "AWS", settings.profile, settings.endpoint_url)

    def _whose(self, keys: Keys) -> str:
        until = f", until {keys.expires.astimezone(UTC):%H:%M:%S} UTC" if keys.expires else ""
        return f"{self.chain.identity(keys) or f'key {keys.hint}'}{until}"


class EnvironmentCredentials:
    """As variables, which end when they end."""

    def __init__(self, giver: Giver) -> None:
        self._giver = giver
        self._keys: Keys | None = None

    def fetch(self) -> None:
        """Have them."""
        self._keys = self._giver.first_keys("env")

    def open_in(self, container: Container) -> Mapping[str, str]:  # noqa: ARG002 - the port's
        """The variables that every SDK asks first."""
        if self._keys is None:
            return {}
        found = {
            "AWS_ACCESS_KEY_ID": self._keys.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self._keys.secret_access_key,
            "AWS_SESSION_TOKEN": self._keys.token,
        }
        return {name: value for name, value in found.items() if value}

    def close(self) -> tuple[str, ...]:
        """Nothing is open."""
        return ()


class EndpointCredentials:
    """From an endpoint on the container's loopback, for whoever has its token; never stale."""

    def __init__(self, giver: Giver, now: Callable[[], datetime] = _utc_now) -> None:
        self._giver = giver
        self._now = now
        self._token = token_urlsafe(32)
        self._served: Served | None = None
        self._faults: dict[str, None] = {}

    def fetch(self) -> None:
        """See that there are any."""
        self._giver.mask.add(self._token)
        self._giver.first_keys("endpoint")

    def open_in(self, container: Container) -> Mapping[str, str]:
        """Serve them, and say where."""
        served = container.serve(self.answer) if isinstance(container, Loopback) else None
        if served is None:
            raise UsageError(_NO_WAY, hints=_HINTS)
        self._served = served
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{served.port}{PATH}",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": self._token,
        }

    def close(self) -> tuple[str, ...]:
        """Serve no more."""
        if self._served is not None:
            self._served.close()
        faults = tuple(self._faults)
        self._faults.clear()
        return faults

    def answer(self, head: bytes) -> bytes:
        """The response to an HTTP request's head."""
        return answer_request(head, self._token, self._credentials)

    def _credentials(self) -> bytes:
        try:
            return credentials_answer(self._giver.keys(), self._now())
        except call_errors() as error:
            message = self._giver.trouble(error).message
            self._faults[f"they could not be refreshed: {message}"] = None
            return failure(500, "CredentialsUnavailable", message)
