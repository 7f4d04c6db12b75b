"""The loopback port: how a build's processes reach this one, and nobody else does.

Promises that every implementation keeps (tests/contracts/loopback_contract.py):

- What is served is reached on 127.0.0.1 of the container's own network, over plain TCP.
- `answer` is called from threads of the server's, also from several at once, with all bytes up to
  the first empty line; what it returns is sent, and the connection closed.
- A client that says nothing holds up no other one.
- After `close` nobody is answered. It may be called twice.
"""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

Answer = Callable[[bytes], bytes]


class Served(Protocol):
    """A server on the loopback of a container."""

    @property
    def port(self) -> int:
        """Its TCP port."""

    def close(self) -> None:
        """Serve no more."""


@runtime_checkable
class Loopback(Protocol):
    """An ability of some containers."""

    def serve(self, answer: Answer) -> Served | None:
        """Serve from now on; None where we have no way into the container's network."""
