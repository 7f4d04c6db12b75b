"""Containers that stay on a Docker engine: found by name, listed, and removed again."""

import time
from contextlib import suppress
from typing import Any

from localbuild.engines.docker.connection import engine_answers
from localbuild.engines.docker.death import remove
from localbuild.engines.docker.owner import BUILD_LABEL, KEEP_LABEL
from localbuild.errors import EngineError
from localbuild.ports.engine import ContainerSpec
from localbuild.ports.kept import KEPT_DAYS, KEPT_OF_LABEL, FoundContainer

_DAY_S = 24 * 3600
_LOOKING = "looking for containers that were kept"


class KeptContainers:
    """Those of one engine; an entry is what its list of containers has of one."""

    def __init__(self, api: Any) -> None:
        self._api = api

    def find(self, name: str) -> FoundContainer | None:
        """The container of that very name; a filter finds parts of names, too."""
        return next((_found(e) for e in self._entries() if _name(e) == name), None)

    def all(self) -> tuple[FoundContainer, ...]:
        """All that have stopped and stay."""
        return tuple(_found(entry) for entry in self._entries() if is_kept(entry))

    def drop(self, name: str) -> bool:
        """Remove one that has stopped."""
        entry = next((e for e in self._entries() if _name(e) == name and is_kept(e)), None)
        return entry is not None and remove(self._api, entry["Id"])

    def drop_others(self, spec: ContainerSpec) -> None:
        """Remove those in whose place the spec's container stays."""
        word = dict(spec.labels).get(KEPT_OF_LABEL)
        if not word:
            return
        with suppress(EngineError):  # they go another time
            for entry in self._entries():
                labels = entry.get("Labels") or {}
                same = labels.get(KEPT_OF_LABEL) == word and _name(entry) != spec.name
                if same and is_kept(entry):
                    remove(self._api, entry["Id"], patience_s=0)

    def _entries(self) -> list[dict[str, Any]]:
        with engine_answers(_LOOKING):
            return list(self._api.containers(all=True, filters={"label": BUILD_LABEL}))


def is_kept(entry: dict[str, Any]) -> bool:
    """Whether a container has stopped and stays."""
    labels = entry.get("Labels") or {}
    return bool(labels.get(KEEP_LABEL) == "yes" and entry["State"] == "exited")


def is_over_age(entry: dict[str, Any]) -> bool:
    """Whether it has stayed for as long as one does that nobody has asked to keep."""
    labels = entry.get("Labels") or {}
    age_s = time.time() - int(entry["Created"])
    return bool(labels.get(KEPT_OF_LABEL)) and age_s > KEPT_DAYS * _DAY_S


def _found(entry: dict[str, Any]) -> FoundContainer:
    labels = entry.get("Labels") or {}
    keep = labels.get(KEEP_LABEL) == "yes"
    return FoundContainer(
        name=_name(entry),
        build=str(labels.get(BUILD_LABEL, "")),
        created_s=float(entry["Created"]),
        is_running=entry["State"] == "running",
        is_kept=keep,
        is_asked_for=keep and not labels.get(KEPT_OF_LABEL),
    )


def _name(entry: dict[str, Any]) -> str:
    return str(entry["Names"][0]).lstrip("/")
