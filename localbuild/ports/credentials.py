"""The credentials port: how a build gets the user's own AWS credentials.

Promises that every implementation keeps:

- Every value is masked before it is anywhere where a build could print it.
- Nothing is written to a disk, and no message and no `repr` holds a value.
- Order: `fetch`, then `open_in`, each once; `close` at any time, and twice.
"""

from collections.abc import Mapping
from typing import Protocol

from localbuild.ports.engine import Container

VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
)
"""What a build's environment may get."""


class Credentials(Protocol):
    """The user's own credentials for one build."""

    def fetch(self) -> None:
        """Have them. Raises SecretsError where there are none."""

    def open_in(self, container: Container) -> Mapping[str, str]:
        """Variables for the container's environment. Raises UsageError where there is no way."""

    def close(self) -> tuple[str, ...]:
        """Let go of what was opened; what went wrong meanwhile, a line each."""
