"""The way to AWS: boto3's own credentials, and clients that do not wait long."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

PATIENCE_S = 10.0
"""How long a service may say nothing."""

SIGN_IN_PATIENCE_S = 120.0
"""How long a person may take for a code, or a program for a browser."""

_ASK_SOMEBODY = ("mfa_serial", "credential_process", "sso_session", "sso_start_url")


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSettings:
    """The way to the services. '' = as the environment and the user's AWS configuration say."""

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    patience_s: float = PATIENCE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """Clients of both services; safe to be used by several threads."""

    ssm: Any = field(repr=False)
    secretsmanager: Any = field(repr=False)


def open_session(settings: AwsSettings) -> Any:
    """A session of botocore's. None of its clients waits long, nor do those that fetch credentials.

    Reads files only. Raises what botocore does for a profile that does not exist.
    """
    from botocore.config import Config
    from botocore.session import Session

    session = Session(profile=settings.profile or None)
    if settings.region:  # a role is assumed there, too
        session.set_config_variable("region", settings.region)
    config = Config(
        connect_timeout=min(3.0, settings.patience_s),
        read_timeout=min(8.0, settings.patience_s),
        retries={"total_max_attempts": 3, "mode": "standard"},
        user_agent_extra="localbuild",
    )
    session.set_default_client_config(config)
    return session


def prepare_clients(settings: AwsSettings) -> tuple[Callable[[], Clients], float]:
    """What makes the clients, and how long that may take: it may ask servers, or a person.

    Raises what `open_session` does.
    """
    import boto3

    core = open_session(settings)
    session = boto3.session.Session(botocore_session=core)
    profiles = (core.full_config.get("profiles") or {}).values()
    asks = any(key in profile for profile in profiles for key in _ASK_SOMEBODY)
    patience_s = SIGN_IN_PATIENCE_S if asks else PATIENCE_S
    return lambda: _make_clients(session, settings.endpoint_url), patience_s


def _make_clients(session: Any, endpoint_url: str) -> Clients:
    from botocore.exceptions import NoCredentialsError

    credentials = session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    credentials.get_frozen_credentials()  # a role is assumed now, not within the first question
    ssm, secretsmanager = (
        session.client(name, endpoint_url=endpoint_url or None)
        for name in ("ssm", "secretsmanager")
    )
    return Clients(ssm=ssm, secretsmanager=secretsmanager)
