"""Finding the engine: option, environment, Docker context, default socket; and its refusals."""

import os
import platform
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from localbuild.errors import EngineError, EngineLostError, EngineUnavailableError, UsageError

API_TIMEOUT_S = 120
PROBE_TIMEOUT_S = 15
KNOCK_TIMEOUT_S = 10
LOWEST_API = "1.41"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A client of the engine's API. `shares_kernel`: a FIFO of ours works in its containers."""

    api: Any
    name: str = "docker"
    endpoint: str = ""
    shares_kernel: bool = False


def connect(docker_host: str, context: str) -> Connection:
    """Reach the engine, at the newest version of the API that it knows.

    Precedence: `docker_host`, `context`, DOCKER_HOST, DOCKER_CONTEXT, the current context.
    Raises EngineUnavailableError, and UsageError for a context that does not exist.
    """
    from docker.api.client import APIClient
    from docker.errors import DockerException
    from requests.exceptions import RequestException

    if docker_host and "://" not in docker_host:
        raise UsageError(
            f"--docker-host {docker_host} is no URL",
            hints=("--docker-host unix:///var/run/docker.sock", "--docker-host tcp://HOST:2375"),
        )
    arguments = _arguments(docker_host, context)
    where = str(arguments.get("base_url") or "unix:///var/run/docker.sock")
    _knock(where)
    try:
        with closing(APIClient(version=LOWEST_API, timeout=PROBE_TIMEOUT_S, **arguments)) as probe:
            found = probe.version(api_version=False)
        api = APIClient(version=found["ApiVersion"], timeout=API_TIMEOUT_S, **arguments)
    except (DockerException, RequestException) as error:
        raise refusal(where, error) from error
    near = where.startswith(("unix://", "http+unix://"))
    same = found.get("KernelVersion") == platform.release() and sys.platform == "linux"
    return Connection(api=api, name=_name(found), endpoint=where, shares_kernel=near and same)


def _name(found: Mapping[str, Any]) -> str:
    """What answers there, for people: nothing else is decided by it."""
    parts = (str(part.get("Name", "")) for part in found.get("Components") or ())
    return "podman" if any(part.startswith("Podman") for part in parts) else "docker"


def _knock(where: str) -> None:
    """Try a Unix socket ourselves: the SDK leaves one open that it could not connect."""
    scheme, _, path = where.partition("://")
    if scheme not in ("unix", "http+unix"):
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knocking:
            knocking.settimeout(KNOCK_TIMEOUT_S)
            knocking.connect(path)
    except OSError as error:
        raise refusal(where, error) from error


def _arguments(docker_host: str, context: str) -> dict[str, Any]:
    if docker_host:
        return {"base_url": docker_host}
    if context:
        return _context_arguments(context)
    if os.environ.get("DOCKER_HOST"):
        from docker.utils import kwargs_from_env

        return dict(kwargs_from_env())
    return _context_arguments(os.environ.get("DOCKER_CONTEXT", ""))


def _context_arguments(name: str) -> dict[str, Any]:
    """Of the named or the current context. The SDK takes the default for an unknown name."""
    from docker.context import ContextAPI
    from docker.context.config import get_current_context_name

    wanted = name or get_current_context_name()
    if wanted != "default" and ContextAPI.get_context(wanted) is None:
        known = ", ".join(sorted(c.name for c in ContextAPI.contexts()))
        raise UsageError(
            f"Docker context '{wanted}' not found; there are: {known}",
            hints=("docker context ls", "localbuild --context NAME …"),
        )
    return dict(ContextAPI.kwargs_from_context(wanted))


def _user_name() -> str:
    """The name of who runs this: after `su`, USER may still be another one."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return str(os.getuid())


def refusal(where: str, error: Exception) -> EngineUnavailableError:
    """Why nobody answers there, and what to try."""
    if isinstance(error, PermissionError) or "Permission denied" in str(error):
        user = _user_name()
        return EngineUnavailableError(
            f"permission denied on the engine's socket {where} (uid {os.getuid()})",
            hints=(
                f"sudo usermod -aG docker {user}   and log in again",
                "or a rootless engine: --docker-host unix://$XDG_RUNTIME_DIR/docker.sock",
            ),
        )
    return EngineUnavailableError(
        f"no Docker engine answers at {where}",
        hints=(
            "start it: sudo systemctl start docker   (Docker Desktop, colima: start the app)",
            "or name another one: localbuild --docker-host URL …, --context NAME, DOCKER_HOST",
        ),
    )


@contextmanager
def engine_calls(what: str) -> Iterator[None]:
    """Turn a connection that breaks while we talk to the engine into EngineLostError."""
    from requests.exceptions import ConnectionError as RequestsConnectionError
    from requests.exceptions import Timeout

    try:
        yield
    except (RequestsConnectionError, Timeout, ConnectionError) as error:
        raise EngineLostError(
            f"lost the connection to the engine while {what}",
            hints=("docker info", "look at the engine's log: journalctl -u docker"),
        ) from error


@contextmanager
def engine_answers(what: str) -> Iterator[None]:
    """Like `engine_calls`; and what the engine refuses becomes an EngineError."""
    from docker.errors import APIError

    try:
        with engine_calls(what):
            yield
    except APIError as error:
        raise EngineError(
            f"the engine failed while {what}: {error.explanation or error}"
        ) from error
