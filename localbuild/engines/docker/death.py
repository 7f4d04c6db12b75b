"""A container's last state: what the engine knows of its end, ending it, and removing it."""

import time
from contextlib import suppress
from typing import Any

from localbuild.engines.docker.connection import engine_answers, engine_calls
from localbuild.errors import EngineLostError

GONE_S = 5.0
SHUTDOWN_S = 0.5
_PAUSE_S = 0.05


def last_state(api: Any, container: str) -> dict[str, Any]:
    """The state once the container has ended; one that will not end is killed.

    Raises EngineLostError: it was the engine that has gone.
    """
    state = _wait_for_end(api, container)
    with engine_calls("a command ran"):
        time.sleep(SHUTDOWN_S)  # an engine that is shutting down ends containers first
        api.ping()
    return state


def kill(api: Any, container: str) -> None:
    """End a container now; one that is gone already is fine."""
    from docker.errors import APIError

    with suppress(APIError, EngineLostError), engine_calls("stopping the container"):
        api.kill(container)


def remove(api: Any, container: str, patience_s: float = GONE_S) -> bool:
    """End and remove a container; False where somebody else does, or the engine will not.

    Podman refuses to end one that is ending by itself at that moment, and is asked again. Raises
    EngineLostError.
    """
    from docker.errors import APIError

    end = time.monotonic() + patience_s
    while True:
        try:
            with engine_calls("removing a container"):
                api.remove_container(container, force=True, v=True)
            return True
        except APIError as error:
            if error.status_code in (404, 409) or time.monotonic() >= end:
                return False
        time.sleep(_PAUSE_S)


def _wait_for_end(api: Any, container: str) -> dict[str, Any]:
    end = time.monotonic() + GONE_S
    while (state := _state(api, container)).get("Running"):
        if time.monotonic() > end:
            kill(api, container)
            return state
        time.sleep(_PAUSE_S)
    return state


def _state(api: Any, container: str) -> dict[str, Any]:
    """As the engine has it; nothing of a container that somebody has removed."""
    from docker.errors import NotFound

    with engine_answers("asking for the container's state"):
        try:
            return dict(api.inspect_container(container)["State"])
        except NotFound:
            return {}
