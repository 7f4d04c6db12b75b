"""Named volumes of a Docker engine."""

from typing import Any

from localbuild.engines.docker.connection import engine_answers, engine_calls
from localbuild.errors import EngineError


def list_volumes(api: Any, prefix: str) -> tuple[str, ...]:
    """The names of all volumes that begin so. Raises EngineError."""
    with engine_answers("listing volumes"):
        found = api.volumes(filters={"name": prefix}).get("Volumes") or ()
    return tuple(sorted(v["Name"] for v in found if str(v["Name"]).startswith(prefix)))


def drop_volume(api: Any, name: str) -> bool:
    """Remove one; False where it is in use or not there. Raises EngineError."""
    from docker.errors import APIError

    try:
        with engine_calls("removing a volume"):
            api.remove_volume(name)
    except APIError as error:
        if error.status_code in (404, 409):
            return False
        raise EngineError(f"volume {name}: {error.explanation}") from error
    return True
