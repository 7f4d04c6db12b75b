"""The user's own AWS credentials, as AWS's own tools find them: profile, SSO, roles, files."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from localbuild.secrets.aws_clients import AwsSettings, open_session

_IDENTITY_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """A set of keys. `token` is '' and `expires` None for those that last."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str = field(default="", repr=False)
    expires: datetime | None = None

    @property
    def hint(self) -> str:
        """The key's id as far as it may be shown: `AKIA...WXYZ`."""
        return f"{self.access_key_id[:4]}...{self.access_key_id[-4:]}"


class Chain:
    """Finds them through boto3's chain; what was found is asked again, and refreshes itself.

    Safe to be used by several threads.
    """

    def __init__(self, settings: AwsSettings) -> None:
        self._settings = settings
        self._found: Any = None

    def keys(self) -> Keys:
        """The keys as they are now. Raises botocore's errors, NoCredentialsError for none.

        Those that last are looked for anew each time: a file may hold others by now.
        """
        found = self._found or self._find()
        frozen = found.get_frozen_credentials()
        expires = getattr(found, "_expiry_time", None)
        self._found = found if expires is not None else None
        return Keys(
            access_key_id=str(frozen.access_key),
            secret_access_key=str(frozen.secret_key),
            token=str(frozen.token or ""),
            expires=expires,
        )

    def identity(self, keys: Keys) -> str:
        """Whose keys they are: an ARN, '' where AWS does not say so at once."""
        import boto3
        from botocore.config import Config

        from localbuild.secrets.faults import call_errors

        config = Config(
            connect_timeout=_IDENTITY_S,
            read_timeout=_IDENTITY_S,
            retries={"total_max_attempts": 1},
        )
        try:
            client = boto3.session.Session().client(
                "sts",
                region_name=self._settings.region or None,
                endpoint_url=self._settings.endpoint_url or None,
                aws_access_key_id=keys.access_key_id,
                aws_secret_access_key=keys.secret_access_key,
                aws_session_token=keys.token or None,
                config=config,
            )
            return str(client.get_caller_identity()["Arn"])
        except call_errors():
            return ""

    @property
    def settings(self) -> AwsSettings:
        """The way to AWS."""
        return self._settings

    def _find(self) -> Any:
        from botocore.exceptions import NoCredentialsError

        found = open_session(self._settings).get_credentials()
        if found is None:
            raise NoCredentialsError
        return found
